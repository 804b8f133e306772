"""Vendors are asked what is left, now and then, and the team hears once when it is little."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django.core.cache import cache
from django.utils import timezone as clock
from structlog.testing import capture_logs

from notifications import balances
from notifications.gateways.base import Account, Unanswered
from notifications.gateways.registry import GATEWAYS
from notifications.gateways.sandbox import Sandbox
from notifications.gateways.terms import Balance
from notifications.models import Bucket, GatewayAccount
from notifications.outbound import NoAnswer, NotSent, Request, Response
from orders.models import Event
from tests.builders import a_gateway, a_merchant

pytestmark = pytest.mark.django_db


class Purse(Sandbox):
    """A vendor whose answer is the balance itself."""

    kind: ClassVar[str] = "purse"
    tells_balance: ClassVar[bool] = True

    def build_balance(self, account: Account, *, now: Any, nonce: str = "") -> Request:
        return Request("GET", f"https://purse.example/{account.sender}")

    def parse_balance(self, response: Response) -> Balance:
        if response.status != 200:
            raise Unanswered("no answer")
        return Balance(Decimal(response.body.decode()), "CNY")


class Vendor:
    """The other end of the exchange: answers with what it has, counts how often it was asked."""

    def __init__(self) -> None:
        self.left: Any = "100.00"
        self.asked: list[str] = []

    async def __call__(self, request: Request, /, *, timeout: float) -> Response:
        self.asked.append(request.url.rpartition("/")[2])
        await asyncio.sleep(0)
        if isinstance(self.left, Exception):
            raise self.left
        return Response(200, str(self.left).encode()) if self.left else Response(500, b"")


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Vendor:
    monkeypatch.setitem(GATEWAYS, "purse", Purse())
    return Vendor()


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def a_purse(**fields: Any) -> GatewayAccount:
    return a_gateway(fields.pop("merchant", None) or a_merchant(), kind="purse", **fields)


def later(row: GatewayAccount, **ago: float) -> None:
    """Let time pass since the account was asked."""
    GatewayAccount.objects.filter(pk=row.pk).update(balance_at=clock.now() - timedelta(**ago))
    Bucket.objects.all().delete()


def alerts() -> list[dict[str, Any]]:
    return list(
        Event.objects.filter(kind="gateway.balance_low").order_by("id").values_list("data", flat=True)
    )


def test_it_writes_down_what_is_left(vendor, loop) -> None:
    row = a_purse()
    assert balances.poll(vendor, loop=loop) == 1
    row.refresh_from_db()
    assert (row.balance, row.balance_unit) == (Decimal("100.00"), "CNY")
    assert row.balance_at is not None
    assert clock.now() - row.balance_at < timedelta(minutes=1)
    assert alerts() == []


@pytest.mark.parametrize(
    ("floor", "minutes", "is_asked"), [("5", 14, False), ("5", 16, True), (None, 59, False), (None, 61, True)]
)
def test_an_account_with_a_floor_is_asked_more_often(vendor, loop, floor, minutes, is_asked) -> None:
    later(a_purse(balance_floor=floor), minutes=minutes)
    assert balances.poll(vendor, loop=loop) == is_asked


def test_only_accounts_in_use_are_asked_whose_vendor_tells(vendor, loop) -> None:
    a_purse(sender="USED")
    a_purse(sender="OFF", is_active=False)
    a_purse(sender="GONE").archive()
    a_gateway(a_merchant(), kind="kannel", sender="DUMB")
    balances.poll(vendor, loop=loop)
    assert vendor.asked == ["USED"]


def test_no_more_are_asked_than_is_said(vendor, loop) -> None:
    for _ in range(3):
        a_purse()
    assert [balances.poll(vendor, loop=loop, limit=2) for _ in range(3)] == [2, 1, 0]


@pytest.mark.parametrize("trouble", [NotSent("away"), NoAnswer("time-out"), "", "NaN", "1e15", "much"])
def test_a_vendor_who_does_not_say_is_asked_again_at_the_next_turn(vendor, loop, trouble) -> None:
    row = a_purse(balance="7.00", balance_floor="5")
    vendor.left = trouble
    with capture_logs() as logs:
        assert balances.poll(vendor, loop=loop) == 0
        assert balances.poll(vendor, loop=loop) == 0
    assert len(vendor.asked) == 1
    assert len(logs) == 1
    row.refresh_from_db()
    assert (row.balance, row.balance_at) == (Decimal("7.00"), None)
    Bucket.objects.all().delete()
    vendor.left = "9"
    assert balances.poll(vendor, loop=loop) == 1


def test_one_who_does_not_say_keeps_nobody_else_from_it(vendor, loop) -> None:
    class Moody(Vendor):
        async def __call__(self, request: Request, /, *, timeout: float) -> Response:
            if request.url.endswith("BAD"):
                raise NoAnswer("time-out")
            return await super().__call__(request, timeout=timeout)

    a_purse(sender="BAD")
    good = a_purse(sender="GOOD")
    assert balances.poll(Moody(), loop=loop) == 1
    good.refresh_from_db()
    assert good.balance == 100


def test_the_team_hears_once_that_it_is_little(vendor, loop) -> None:
    row = a_purse(name="Main", balance_floor="50")
    vendor.left = "49.999"
    balances.poll(vendor, loop=loop)
    assert alerts() == []  # 50.00
    for left in ("49.5", "20", "3"):
        later(row, minutes=16)
        vendor.left = left
        balances.poll(vendor, loop=loop)
    assert alerts() == [{"gateway": "Main", "balance": "49.50", "unit": "CNY", "floor": "50.00"}]
    assert Event.objects.get().merchant == row.merchant


def test_it_hears_again_after_a_rise_but_not_within_a_day(vendor, loop, time_machine) -> None:
    row = a_purse(balance_floor="50")
    start = clock.now()
    told = []
    for hours, left in ((0, 40), (5, 90), (6, 40), (20, 45), (25, 30), (40, 20), (72, 10), (73, 60), (74, 5)):
        time_machine.move_to(start + timedelta(hours=hours), tick=False)
        later(row, minutes=61)
        vendor.left = left
        before = len(alerts())
        balances.poll(vendor, loop=loop)
        told += [hours] * (len(alerts()) - before)
    assert told == [0, 25, 74]


def test_a_lost_mark_is_no_news_on_the_same_day(vendor, loop, time_machine) -> None:
    row = a_purse(balance_floor="50")
    vendor.left = "40"
    noon = clock.now().replace(hour=12)
    for hours in (0, 1, 24):
        time_machine.move_to(noon + timedelta(hours=hours), tick=False)
        later(row, minutes=16)
        cache.clear()
        balances.poll(vendor, loop=loop)
    assert len(alerts()) == 2


def test_a_floor_that_is_taken_away_or_raised_counts_at_once(vendor, loop) -> None:
    row = a_purse(balance_floor=None)
    vendor.left = "40"
    balances.poll(vendor, loop=loop)
    assert alerts() == []
    GatewayAccount.objects.filter(pk=row.pk).update(balance_floor="50")
    later(row, minutes=16)
    balances.poll(vendor, loop=loop)
    assert len(alerts()) == 1
