"""Form fields that several of these screens share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from merchants.places import country_choices


class CountriesField(forms.MultipleChoiceField):
    """Countries, ticked by name; those that are chosen stand first. Cleaned to a list of ISO 3166 codes."""

    # A class, so that the style sheet makes a box of them and the script a search.
    widget = forms.CheckboxSelectMultiple(attrs={"class": "country"})

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "label": _("Countries"),
            "required": False,
            "choices": country_choices,
            "help_text": _("None ticked: everywhere."),
        }
        super().__init__(**defaults | kwargs)

    def prepare_value(self, value: Any) -> Any:
        chosen = set(value or ())
        self.widget.choices = sorted(country_choices(), key=lambda choice: choice[0] not in chosen)
        return value


def named_countries(codes: Sequence[str]) -> str:
    """Return countries as people read them, a few by name."""
    if not codes:
        return str(_("everywhere"))
    names = dict(country_choices())
    shown = [names.get(code, code) for code in codes[:3]]
    more = len(codes) - len(shown)
    return pgettext("between words of a list", ", ").join(shown) + (f" +{more}" if more > 0 else "")
