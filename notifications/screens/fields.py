"""Form fields that several of these screens share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from merchants.places import country_choices


class CountriesField(forms.CharField):
    """Countries as two-letter codes, written one after the other; cleaned to a list of them."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "label": _("Countries"),
            "required": False,
            "max_length": 2_000,
            "help_text": _("Two-letter codes, such as CN, HK, US. Empty: everywhere."),
        }
        super().__init__(**defaults | kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [
            code for code in re.split(r"[\s,;，、；]+", str(super().to_python(value) or "").upper()) if code
        ]


def named_countries(codes: Sequence[str]) -> str:
    """Return countries as people read them, a few by name."""
    if not codes:
        return str(_("everywhere"))
    names = dict(country_choices())
    shown = [names.get(code, code) for code in codes[:3]]
    more = len(codes) - len(shown)
    return pgettext("between words of a list", ", ").join(shown) + (f" +{more}" if more > 0 else "")
