"""What the services refuse, said beside the fields of a form."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.errors import AlreadyExists, InvalidInput
from orders.screens import tones
from orders.statuses import IllegalTransition


@contextmanager
def in_words(fields: Collection[str] = (), *, names: Mapping[str, str] | None = None) -> Iterator[None]:
    """Turn what a service refuses into a `ValidationError`.

    It stands at the field of its name if that is one of `fields` (`names` says which fields go by
    another name there), else above the form.
    """
    try:
        yield
    except InvalidInput as fault:
        raise _at(fault.field, str(fault.detail), fault.code, fields, names or {}) from fault
    except AlreadyExists as fault:
        text = _("There is one of this name already.")
        raise _at(fault.field, text, "already_exists", fields, names or {}) from fault
    except IllegalTransition as fault:
        raise ValidationError(sentence(fault), code="illegal_transition") from fault


def _at(
    field: str, text: str, code: str, fields: Collection[str], names: Mapping[str, str]
) -> ValidationError:
    name = names.get(field, field)
    error = ValidationError(text, code=code)
    return ValidationError({name: error}) if name in fields else error


def sentence(fault: IllegalTransition) -> str:
    """Return what was wrong with a change of status, and what would be right."""
    current = tones.label(fault.subject, fault.current)
    legal = pgettext("between words of a list", ", ").join(
        str(tones.label(fault.subject, status)) for status in fault.legal
    )
    if not legal:
        return _("It is “%(current)s” by now, which is final.") % {"current": current}
    return _("It is “%(current)s” by now. What may follow: %(legal)s.") % {"current": current, "legal": legal}
