"""Fields that keep their content from whoever reads the database."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    TextField = models.TextField[Any, Any]
else:
    TextField = models.TextField


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _current() -> MultiFernet:
    return _box(tuple(settings.FIELD_KEYS))


class EncryptedJSONField(TextField):
    """A JSON value, encrypted whole with the first of FIELD_KEYS and read with any of them.

    Raises `cryptography.fernet.InvalidToken` when no key opens a stored value. To rotate, put a
    new key first and run `manage.py rotate_field_keys`.
    """

    def from_db_value(self, value: str | None, *_: object) -> Any:
        return None if value is None else json.loads(_current().decrypt(value.encode()))

    def to_python(self, value: Any) -> Any:
        return value

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        return _current().encrypt(json.dumps(value, separators=(",", ":")).encode()).decode()

    def value_to_string(self, obj: models.Model) -> str:
        """Serialise encrypted: a dump holds no secret."""
        return self.get_prep_value(self.value_from_object(obj)) or ""
