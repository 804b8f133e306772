"""What the gateways' tests are given: texts, accounts, and a world that answers from a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from notifications.gateways.base import Account, Text
from notifications.outbound import Request, Response

NOW = datetime(2026, 11, 22, 10, 26, 19, tzinfo=UTC)


def text(**fields: Any) -> Text:
    return Text(**({"reference": "r1", "phone": "+8613800138000", "body": "Shipped"} | fields))


def account(kind: str, *, endpoint: str = "", sender: str = "", **credentials: str) -> Account:
    return Account(kind=kind, endpoint=endpoint, credentials=credentials, sender=sender)


@dataclass
class World:
    """The world of one test: answers each request by `answer`, and remembers them all."""

    answer: Callable[[Request], Response | Exception] = lambda request: Response(500, b"")
    requests: list[Request] = field(default_factory=list)

    async def __call__(self, request: Request, /, *, timeout: float) -> Response:
        self.requests.append(request)
        answer = self.answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer
