"""Read the JSON of a vendor, who may say anything."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

Fields = Mapping[str, Any]


def read_object(body: bytes, *, number: Callable[[str], Any] | None = None) -> Fields:
    """Return the fields of a JSON object, numbers made by `number`; none when it is no JSON object."""
    try:
        answer = json.loads(body, parse_int=number, parse_float=number)
    except (ValueError, ArithmeticError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def word(fields: Fields, name: str) -> str:
    """Return a field as text; empty when it is not there."""
    value = fields.get(name)
    return "" if value is None else str(value)
