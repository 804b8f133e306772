"""The forms of a review: hand in what the vendor wants to know, or note by hand how it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from notifications.gateways.reviewing import Field
from notifications.models import Review
from notifications.reviewing.fields import LONGEST_BODY, LONGEST_FIELD

PREFIX = "field_"
VARIABLES_HELP = _("One per line: the vendor's name = our placeholder, such as: number = order.number")


class VariablesField(forms.CharField):
    """A vendor's variables, one a line; cleaned to names and placeholders."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "label": _("Variables"),
            "required": False,
            "max_length": 4_000,
            "widget": forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
            "help_text": VARIABLES_HELP,
        }
        super().__init__(**defaults | kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return "\n".join(f"{name} = {placeholder}" for name, placeholder in value.items())
        return value

    def clean(self, value: Any) -> Any:
        found: dict[str, str] = {}
        for line in filter(None, map(str.strip, super().clean(value).splitlines())):
            name, separator, wanted = (part.strip() for part in line.partition("="))
            if not separator or not name:
                message = format_lazy(_("“{line}” is not of the form: name = placeholder."), line=line[:80])
                raise forms.ValidationError(message, code="no_pair")
            found[name] = wanted
        return found


class TextOnFileField(forms.CharField):
    """A template as the vendor writes it."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "label": _("Text on file"),
            "required": False,
            "max_length": LONGEST_BODY,
            "widget": forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        }
        super().__init__(**defaults | kwargs)


class NoteForm(forms.Form):
    """Where a signature stands, as a person knows it."""

    state = forms.ChoiceField(label=_("State"), choices=Review.choices)
    code = forms.CharField(
        label=_("Vendor's code"),
        required=False,
        max_length=60,
        help_text=_("What the vendor's console calls it, such as SMS_123456789."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        help_text=_("What the vendor said, above all when they rejected it."),
    )
    stays_in_use = forms.BooleanField(
        label=_("What was approved before stays in use"),
        required=False,
        help_text=_("Untick it if the vendor no longer takes that either."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.initial.get("stays_in_use"):
            del self.fields["stays_in_use"]


class TemplateNoteForm(NoteForm):
    """Where a template stands, and what the vendor has of it."""

    body = TextOnFileField(help_text=_("As the vendor has it, with the vendor's variables in it."))
    params = VariablesField()
    field_order = ("code", "body", "params", "state", "reason")


class SubmitForm(forms.Form):
    """What the vendor wants to know, by the vendor's own names."""

    def __init__(self, *args: Any, wanted: Iterable[Field], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in wanted:
            self.fields[PREFIX + field.name] = _made(field)

    def entered(self) -> dict[str, Any]:
        """Return what was entered, with the vendor's fields by their own names."""
        fields = {
            name.removeprefix(PREFIX): value
            for name, value in self.cleaned_data.items()
            if name.startswith(PREFIX)
        }
        rest = {name: value for name, value in self.cleaned_data.items() if not name.startswith(PREFIX)}
        return rest | {"fields": fields}

    def names(self) -> dict[str, str]:
        """Return under which name each of the vendor's fields stands in this form."""
        return {
            f"fields.{name.removeprefix(PREFIX)}": name for name in self.fields if name.startswith(PREFIX)
        }


class TemplateSubmitForm(SubmitForm):
    body = TextOnFileField(
        label=_("Text for the vendor"),
        required=True,
        help_text=_(
            "Your wording as the vendor writes it; where it had conditions, as for the sample order."
        ),
    )
    params = VariablesField()


def _made(field: Field) -> forms.Field:
    options: dict[str, Any] = {
        "label": field.label,
        "help_text": field.help,
        "required": field.is_required,
        "initial": field.default,
    }
    if field.choices:
        blank = () if field.is_required else (("", "—"),)
        return forms.ChoiceField(choices=(*blank, *field.choices), **options)
    widget = (
        forms.TextInput()
        if field.name.endswith("Id")
        else forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
    )
    return forms.CharField(max_length=LONGEST_FIELD, widget=widget, **options)
