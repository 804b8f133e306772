"""The gateway that docs/adding-a-gateway.md shows does what the page says."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.base import BadPush, ForgedPush, Gateway, Push
from notifications.outbound import Response
from notifications.outcomes import ErrorClass, Outcome, ReceiptKind, Result
from tests.notifications.gateways import given as g

PAGE = Path(settings.BASE_DIR) / "docs" / "adding-a-gateway.md"
ACCOUNT = g.account("postbird", sender="Acme", api_key="k3y")


def _from_the_page() -> Gateway:
    found = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    names: dict[str, Any] = {"__name__": "postbird"}
    exec(compile(found[1], str(PAGE), "exec"), names)
    gateway: Gateway = names["Postbird"]()
    return gateway


POSTBIRD = _from_the_page()


def read(body: bytes, status: int = 200) -> Result:
    (result,) = POSTBIRD.parse([g.text()], Response(status, body))
    return result


def push(told: Any, *, key: str = "k3y") -> Push:
    body = json.dumps(told).encode()
    signature = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    return Push("POST", {}, {}, body, headers={"x-postbird-signature": signature})


def test_it_sends() -> None:
    request = POSTBIRD.build(
        [g.text(signature="云栖", receipt_url="https://s.example/h")], ACCOUNT, now=g.NOW
    )

    assert (request.method, request.url) == ("POST", "https://api.postbird.example/send")
    assert json.loads(request.body) == {
        "from": "Acme",
        "to": "+8613800138000",
        "text": "【云栖】Shipped",
        "ref": "r1",
        "report_to": "https://s.example/h",
    }


@pytest.mark.parametrize(
    ("status", "body", "outcome", "error"),
    [
        (200, b'{"id":"p1"}', Outcome.ACCEPTED, None),
        (400, b'{"error":"bad_number"}', Outcome.REFUSED, ErrorClass.RECIPIENT),
        (500, b'{"error":"no_credit"}', Outcome.REFUSED, ErrorClass.BALANCE),
        (400, b'{"error":"new"}', Outcome.REFUSED, ErrorClass.CONFIG),
        (404, b"<html>", Outcome.REFUSED, ErrorClass.CONFIG),
        (500, b'{"error":"new"}', Outcome.UNKNOWN, None),
        (502, b"<html>", Outcome.UNKNOWN, None),
        (200, b"", Outcome.UNKNOWN, None),
        (200, b"[]", Outcome.UNKNOWN, None),
    ],
)
def test_it_reads_answers(status: int, body: bytes, outcome: Outcome, error: ErrorClass | None) -> None:
    assert (read(body, status).outcome, read(body, status).error) == (outcome, error)


def test_it_reads_reports_of_the_vendor_only() -> None:
    told = push({"id": "p1", "ref": "r1", "state": "arrived"})
    POSTBIRD.check_push(told, ACCOUNT)
    (facts,) = POSTBIRD.parse_push(told)

    assert (facts.kind, facts.reference, facts.provider_id) == (ReceiptKind.DELIVERED, "r1", "p1")
    with pytest.raises(ForgedPush):
        POSTBIRD.check_push(push({}, key="guess"), ACCOUNT)
    with pytest.raises(ForgedPush):
        POSTBIRD.check_push(push({}, key=""), g.account("postbird"))


@given(st.integers(100, 599), st.binary(max_size=50), st.text())
def test_nothing_makes_it_stumble(status: int, body: bytes, words: str) -> None:
    read(body, status)
    for told in (
        Push("POST", {}, {}, body),
        push({"id": words, "ref": words, "state": words}),
        push([words]),
    ):
        with contextlib.suppress(BadPush):
            POSTBIRD.parse_push(told)
        with contextlib.suppress(ForgedPush):
            POSTBIRD.check_push(told, ACCOUNT)
