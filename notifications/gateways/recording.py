"""Keep what goes over the wire for a drill, without secrets."""

from __future__ import annotations

import time
from typing import Any

from notifications.gateways.base import Account, Exchange, Gateway, tidy
from notifications.outbound import NoAnswer, NotSent, Request, Response

LONGEST = 4_000
# Headers that prove who we are: made of the secret, if they are not the secret itself.
SECRET_HEADERS = frozenset({"authorization", "x-acs-security-token", "x-amz-security-token"})


class Recorder:
    """An `Exchange` that remembers: {method, url, headers, body, status, answer, milliseconds}.

    `status` is 0 when there was no answer, and `answer` says why.
    """

    def __init__(self, exchange: Exchange, gateway: Gateway, account: Account) -> None:
        self._exchange, self._gateway, self._account = exchange, gateway, account
        self.exchanges: list[dict[str, Any]] = []

    async def __call__(self, request: Request, /, *, timeout: float) -> Response:
        began = time.monotonic()
        kept = {
            "method": request.method,
            "url": self._fit(request.url),
            "headers": {
                name: "***" if name.lower() in SECRET_HEADERS else self._fit(value)
                for name, value in request.headers.items()
            },
            "body": self._fit(request.body.decode("utf-8", "replace")),
        }
        status, answer = 0, ""
        try:
            response = await self._exchange(request, timeout=timeout)
            status, answer = response.status, response.body.decode("utf-8", "replace")
        except (NotSent, NoAnswer) as fault:
            answer = str(fault)
            raise
        finally:
            took = round((time.monotonic() - began) * 1000)
            self.exchanges.append(
                kept | {"status": status, "answer": self._fit(answer), "milliseconds": took}
            )
        return response

    def _fit(self, words: str) -> str:
        return tidy(self._gateway.cross_out(words, self._account), LONGEST)
