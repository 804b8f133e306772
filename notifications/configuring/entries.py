"""What was entered, read field by field: what is right is collected, what is wrong is said."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import IntegrityError, models, transaction
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from merchants.models import User
from orders import normalise
from orders.errors import InvalidInput

log = structlog.get_logger(__name__)
MOST_COUNTRIES = 250


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with a field: its path, a stable code, a sentence for people."""

    field: str
    code: str
    message: str | Promise


class InvalidSettings(Exception):
    """Settings that may not be kept. `errors` says why, each beside its field; nothing was changed."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = list(errors)
        super().__init__("; ".join(f"{error.field}: {error.code}" for error in self.errors))


class Entries:
    """Settings as a person or a script entered them, for a new row or, with `current`, a present one.

    Each method reads one field into `values` or says what is wrong with it. A field that is not there
    stays as it is; a new row lacks it, which is an error where it is `needed`. A name outside `known`
    is an error.
    """

    def __init__(
        self, data: Mapping[str, Any], *, known: Collection[str], current: models.Model | None = None
    ) -> None:
        self.data, self.current = data, current
        self.values: dict[str, Any] = {}
        self.errors: list[FieldError] = []
        for name, value in data.items():
            if name not in known:
                self.refuse(_shown(name), "unknown_field", _("There is no such setting."))
            elif not is_storable(value):
                self.refuse(name, "invalid_text", _("This text holds characters that cannot be kept."))

    def refuse(self, field: str, code: str, message: str | Promise) -> None:
        """Say what is wrong with a field; the first thing said of it stands."""
        if field not in {error.field for error in self.errors}:
            self.errors.append(FieldError(field, code, message))

    def is_wrong(self, *names: str) -> bool:
        """Say whether something was found wrong with any of these fields or within them."""
        return any(error.field.split("[")[0].split(".")[0] in names for error in self.errors)

    def value(self, name: str) -> Any:
        """Return what a field is going to hold: as entered, else as it stands; None when neither is there."""
        return self.values.get(name, getattr(self.current, name, None) if self.current else None)

    def entered(self, name: str, *, needed: bool = False) -> bool:
        """Say whether there is a value to read; note where one is lacking."""
        if name in self.data:
            return not self.is_wrong(name)
        if needed and self.current is None:
            self.refuse(name, "required", _("This is needed."))
        return False

    def text(self, name: str, *, most: int, needed: bool = False) -> None:
        """Read one line of text."""
        if not self.entered(name, needed=needed):
            return
        value = self.data[name]
        if not isinstance(value, str):
            self.refuse(name, "not_a_text", _("Write a text."))
            return
        value = normalise.one_line(unicodedata.normalize("NFC", value))
        if needed and not value:
            self.refuse(name, "required", _("This is needed."))
        elif len(value) > most:
            self.refuse(
                name,
                "too_long",
                format_lazy(_("At most {most} characters; this has {count}."), most=most, count=len(value)),
            )
        else:
            self.values[name] = value

    def choice(self, name: str, choices: Collection[str], *, needed: bool = False) -> None:
        if not self.entered(name, needed=needed):
            return
        if not isinstance(self.data[name], str) or self.data[name] not in choices:
            self.refuse(
                name,
                "unknown_choice",
                format_lazy(_("Choose one of: {choices}."), choices=", ".join(choices)),
            )
        else:
            self.values[name] = str(self.data[name])

    def whole(self, name: str, *, least: int, most: int) -> None:
        """Read a whole number."""
        if not self.entered(name):
            return
        value = self.data[name]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.refuse(
                name,
                "out_of_range",
                format_lazy(_("Write a whole number from {least} to {most}."), least=least, most=most),
            )
        else:
            self.values[name] = value

    def flag(self, name: str) -> None:
        if not self.entered(name):
            return
        if not isinstance(self.data[name], bool):
            self.refuse(name, "not_a_flag", _("Say true or false."))
        else:
            self.values[name] = self.data[name]

    def countries(self, name: str = "countries") -> None:
        """Read a list of ISO 3166 codes, each kept once; empty means everywhere."""
        if not self.entered(name):
            return
        value = self.data[name]
        if not isinstance(value, list) or len(value) > MOST_COUNTRIES:
            self.refuse(name, "not_a_list", _("Write a list."))
            return
        codes = [self._country(f"{name}[{place}]", code) for place, code in enumerate(value)]
        if not self.is_wrong(name):
            self.values[name] = list(dict.fromkeys(codes))

    def country(self, name: str) -> None:
        """Read one ISO 3166 code; empty means any."""
        if self.entered(name):
            self.values[name] = "" if self.data[name] == "" else self._country(name, self.data[name])

    def _country(self, path: str, code: Any) -> str:
        try:
            known = normalise.country(code) if isinstance(code, str) else ""
        except InvalidInput:
            known = ""
        if not known:
            message = _("Name the country by its two letters of ISO 3166, such as CN.")
            self.refuse(path, "unknown_country", message)
        return known

    def fixed(self, name: str) -> None:
        """Refuse a value other than the one that stands: it cannot be changed any more."""
        if (
            self.current is not None
            and name in self.values
            and self.values[name] != getattr(self.current, name)
        ):
            self.refuse(name, "fixed", _("This cannot be changed; make a new one."))

    def unique(self, name: str, rows: models.QuerySet[Any]) -> None:
        """Refuse a value that another of these rows has already."""
        if name not in self.values:
            return
        others = rows.filter(**{name: self.values[name]})
        if self.current is not None:
            others = others.exclude(pk=self.current.pk)
        if others.exists():
            self.refuse(name, "taken", TAKEN)

    def check(self) -> None:
        """Raise `InvalidSettings` when something was found wrong."""
        if self.errors:
            raise InvalidSettings(self.errors)

    def keep(self, row: models.Model, *, by: User | None, name: str) -> None:
        """Write the values into the row; `name` is the field that must be the only one of its kind."""
        for field, value in self.values.items():
            setattr(row, field, value)
        is_new = row._state.adding
        try:
            with transaction.atomic():
                if is_new:
                    row.save(force_insert=True)
                elif self.values:
                    times = {"updated_at"} & {field.name for field in row._meta.fields}
                    # Only what was entered: a worker may be writing the rest (a gateway's pause).
                    row.save(update_fields=[*self.values, *times])
        except IntegrityError as error:
            # Somebody else took the name between our look and our write.
            raise InvalidSettings([FieldError(name, "taken", TAKEN)]) from error
        self.note(row, is_new=is_new, by=by)

    def note(self, row: models.Model, *, is_new: bool, by: User | None) -> None:
        """Leave in the log who entered what, without the values."""
        log.info(
            "setting_added" if is_new else "setting_changed",
            setting=row._meta.model_name,
            id=str(row.pk),
            fields=sorted(set(self.data) & {field.name for field in row._meta.fields}),
            by=by.pk if by else None,
        )


TAKEN = _("There is one of this name already.")


def is_storable(value: Any) -> bool:
    """Say whether every text in a JSON value can be kept: no NUL, no half of a character."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, Mapping):
        return all(is_storable(name) and is_storable(part) for name, part in value.items())
    if isinstance(value, list | tuple):
        return all(map(is_storable, value))
    return True


def _shown(name: object) -> str:
    """Return an unknown name short and printable enough to repeat."""
    return normalise.one_line(str(name))[:60]
