"""The sandbox takes what it is given and fails where it is told to."""

from __future__ import annotations

import asyncio

import pytest

from notifications.gateways.sandbox import Sandbox
from notifications.outcomes import ErrorClass, Outcome, Result
from tests.notifications.gateways.given import NOW, World, account, text


def send(phone: str, **fields: str) -> Result:
    world = World()
    (result,) = asyncio.run(
        Sandbox().send([text(phone=phone, **fields)], account("sandbox", sender="Lanting"), world, now=NOW)
    )
    assert world.requests == []
    return result


def test_it_shows_the_text_with_its_signature() -> None:
    result = send("+8613800138000", body="您的订单已发货", signature="云栖", reference="r1")

    assert result.outcome is Outcome.ACCEPTED
    assert result.provider_id == "sandbox-r1"
    assert result.shown is not None
    assert (result.shown.address, result.shown.sender) == ("+8613800138000", "Lanting")
    assert result.shown.text == "【云栖】您的订单已发货"


@pytest.mark.parametrize(
    ("ending", "error"),
    [
        ("990001", ErrorClass.RECIPIENT),
        ("990002", ErrorClass.TRANSIENT),
        ("990004", ErrorClass.CONTENT),
        ("990005", ErrorClass.RATE_RECIPIENT),
        ("990006", ErrorClass.BALANCE),
        ("990007", ErrorClass.OPTED_OUT),
    ],
)
def test_some_numbers_are_refused(ending: str, error: ErrorClass) -> None:
    result = send("+86138" + "00" + ending)

    assert (result.outcome, result.error, result.shown) == (Outcome.REFUSED, error, None)


def test_one_number_leaves_the_outcome_unknown() -> None:
    assert send("+8613800990003").outcome is Outcome.UNKNOWN
