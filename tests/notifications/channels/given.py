"""Mails for the tests of how mail leaves."""

from __future__ import annotations

from itertools import count
from typing import Any

from notifications.channels.mime import Mail

_numbers = count(1)


def a_mail(**fields: Any) -> Mail:
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "reference": f"{number:032x}",
        "sender_name": "Lanting Tea",
        "sender": "shop@lanting.example",
        "recipient": f"customer{number}@mail.example",
        "subject": "Your order A-1",
        "text": "We have your order.",
    }
    return Mail(**defaults | fields)
