"""What a person or a script entered about a review, read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from notifications.configuring import FieldError, InvalidSettings
from notifications.configuring.entries import Entries
from notifications.gateways.reviewing import Field
from notifications.models import VendorTemplate
from notifications.placeholders import find
from notifications.reviewing.comparing import comparison_of
from notifications.reviewing.words import finding_text
from notifications.vendor_wording import Finding, Kind

# A picture of a document travels as text.
LONGEST_FIELD: Final = 1_500_000
LONGEST_BODY: Final = 1_000
LONGEST_NAME: Final = 40
MOST_VARIABLES: Final = 60


def refuse(field: str, code: str, message: Any) -> InvalidSettings:
    return InvalidSettings([FieldError(field, code, message)])


def read_fields(entries: Entries, wanted: Iterable[Field]) -> None:
    """Read what the vendor wants to know, by his own names; what may be left out and is stays out."""
    given = entries.data.get("fields") or {}
    if entries.is_wrong("fields"):
        return
    if not isinstance(given, Mapping):
        entries.refuse("fields", "not_an_object", _("Write an object of names and values."))
        return
    known = {field.name: field for field in wanted}
    for name in given:
        if name not in known:
            entries.refuse(f"fields.{str(name)[:60]}", "unknown_field", _("The vendor asks no such thing."))
    found: dict[str, str] = {}
    for name, field in known.items():
        path, value = f"fields.{name}", given.get(name, "")
        if not isinstance(value, str) or len(value) > LONGEST_FIELD:
            entries.refuse(path, "not_a_text", _("Write a text."))
            continue
        value = value.strip() or field.default
        choices = [choice for choice, _label in field.choices]
        if not value and field.is_required:
            entries.refuse(path, "required", format_lazy(_("{name} is needed."), name=field.label))
        elif value and choices and value not in choices:
            message = format_lazy(_("Choose one of: {choices}."), choices=", ".join(choices))
            entries.refuse(path, "unknown_choice", message)
        elif value:
            found[name] = value
    entries.values["fields"] = found


def read_body(entries: Entries, *, needed: bool = False) -> None:
    """Read the text on file as it is."""
    if not entries.entered("body", needed=needed):
        return
    value = entries.data["body"]
    if not isinstance(value, str):
        entries.refuse("body", "not_a_text", _("Write a text."))
    elif len(value) > LONGEST_BODY:
        message = _("At most {most} characters; this has {count}.")
        entries.refuse("body", "too_long", format_lazy(message, most=LONGEST_BODY, count=len(value)))
    elif needed and not value.strip():
        entries.refuse("body", "required", _("This is needed."))
    else:
        entries.values["body"] = value.replace("\r\n", "\n").strip()


def read_params(entries: Entries, *, event: str) -> None:
    """Read which placeholder fills each of the vendor's variables, by any of its names."""
    if not entries.entered("params"):
        return
    given = entries.data["params"]
    if not isinstance(given, Mapping) or len(given) > MOST_VARIABLES:
        entries.refuse("params", "not_an_object", _("Write an object of names and values."))
        return
    found: dict[str, str] = {}
    for name, wanted in given.items():
        placeholder = find(wanted.strip("{} "), event) if isinstance(wanted, str) else None
        if placeholder is None:
            finding = Finding(Kind.UNKNOWN_PLACEHOLDER, ours=str(wanted), theirs=str(name))
            entries.refuse(f"params.{str(name)[:LONGEST_NAME]}", "unknown_placeholder", finding_text(finding))
        elif not name.strip() or len(name) > LONGEST_NAME:
            entries.refuse("params", "bad_name", _("A variable's name has 1 to 40 characters."))
        else:
            found[name.strip()] = placeholder.name
    entries.values["params"] = found


def check_equivalence(entries: Entries, review: VendorTemplate) -> None:
    """Refuse variables and a text that do not fit each other; other words are no error."""
    if entries.is_wrong("body", "params"):
        return
    review.body, review.params = (
        entries.values.get(name, getattr(review, name)) for name in ("body", "params")
    )
    for finding in comparison_of(review).findings:
        if finding.kind in {Kind.UNMAPPED, Kind.NO_SUCH_VARIABLE, Kind.UNKNOWN_PLACEHOLDER}:
            entries.refuse("params", str(finding.kind), finding_text(finding))
