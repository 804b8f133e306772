"""What the services refuse, said beside the fields of a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from notifications.configuring import InvalidSettings


def owner_of(path: str) -> str:
    """Return the setting that a path of an error is about: `conditions[2]` is about `conditions`."""
    return path.split("[")[0].split(".")[0]


@contextmanager
def beside_fields(form: forms.BaseForm, *, names: Mapping[str, str] | None = None) -> Iterator[None]:
    """Turn `InvalidSettings` into a `ValidationError` with each sentence at its field of the form.

    `names` says which field shows a path or a setting that goes by another name there. What the form
    has no field for is said above it.
    """
    try:
        yield
    except InvalidSettings as fault:
        found: dict[str, list[Any]] = {}
        for error in fault.errors:
            candidates = (error.field, owner_of(error.field))
            wanted = [(names or {}).get(name, name) for name in candidates]
            field = next((name for name in wanted if name in form.fields), NON_FIELD_ERRORS)
            found.setdefault(field, []).append(ValidationError(str(error.message), code=error.code))
        raise ValidationError(found) from fault
