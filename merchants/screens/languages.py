"""Ask for a language by its name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from merchants import places


class LanguageField(forms.CharField):
    """A language is chosen by its name; its tag is what is kept.

    A tag that another system wrote and nobody would choose stays what it is.
    """

    widget = forms.Select

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        bound = super().get_bound_field(form, field_name)
        known = str(bound.value() or "")
        choices = dict([] if self.required else [("", "—")]) | dict(places.language_choices())
        if known not in choices:
            choices[known] = places.language_name(known) or "—"
        self.widget.choices = list(choices.items())
        return bound

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}
