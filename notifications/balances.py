"""What is left of the money at vendors who tell: asked now and then, and the team told when it runs low."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone as clock
from redis.exceptions import RedisError

from notifications import limits
from notifications.announcing import announce
from notifications.channels.sms import account_of
from notifications.gateways.base import Exchange, Unanswered
from notifications.gateways.registry import GATEWAYS
from notifications.gateways.terms import Balance
from notifications.heartbeat import beating
from notifications.limits import Claim
from notifications.models import GatewayAccount
from notifications.outbound import NoAnswer, NotSent
from orders.events import EventKind, Lane

log = structlog.get_logger(__name__)

# How often an account is asked: one whose balance has a floor, and any other.
WATCHED = timedelta(minutes=15)
UNWATCHED = timedelta(hours=1)
# Nobody is told twice about an account within so much time (seconds).
HOLD_OFF = 24 * 3600
# More than a row can hold, and than anybody has.
MOST = Decimal(10) ** 12


def poll(exchange: Exchange, *, loop: asyncio.AbstractEventLoop, limit: int = 50) -> int:
    """Ask up to `limit` accounts whose time has come what is left. Return how many said so.

    Called where every merchant may be seen. An account that gives no answer keeps the balance it had and
    is asked again when its time comes next.
    """
    accounts = _due(clock.now(), limit=limit)
    if not accounts:
        return 0
    answers = loop.run_until_complete(beating(_ask_all(accounts, exchange), lane=Lane.BULK))
    told = [(row, answer) for row, answer in zip(accounts, answers, strict=True) if answer]
    for row, balance in told:
        _keep(row, balance)
    return len(told)


def _due(now: datetime, *, limit: int) -> list[GatewayAccount]:
    """Return accounts to ask now; no other worker asks them too."""
    kinds = [kind for kind, gateway in GATEWAYS.items() if gateway.tells_balance]
    is_due = Q(balance_at=None) | Q(balance_at__lte=now - UNWATCHED)
    is_due |= Q(balance_floor__isnull=False, balance_at__lte=now - WATCHED)
    rows = GatewayAccount.objects.filter(is_due, kind__in=kinds, is_active=True)
    # In no order: those that never answer must not keep the others waiting.
    accounts = list(rows.order_by("?")[:limit])
    turns = [[Claim(f"balance:{row.pk.hex}", 1, _every(row).total_seconds())] for row in accounts]
    waits = limits.buckets().take(turns)
    return [row for row, wait in zip(accounts, waits, strict=True) if not wait]


def _every(row: GatewayAccount) -> timedelta:
    return UNWATCHED if row.balance_floor is None else WATCHED


async def _ask_all(rows: Sequence[GatewayAccount], exchange: Exchange) -> list[Balance | None]:
    return list(await asyncio.gather(*(_ask(row, exchange) for row in rows)))


async def _ask(row: GatewayAccount, exchange: Exchange) -> Balance | None:
    gateway, account = GATEWAYS[row.kind], account_of(row)
    try:
        request = gateway.build_balance(account, now=clock.now())
        balance = gateway.parse_balance(await exchange(request, timeout=gateway.timeout))
        if abs(balance.amount) < MOST:
            return replace(balance, amount=round(balance.amount, 2))
        raise Unanswered("the balance is none that can be")
    except (NotSent, NoAnswer, Unanswered) as fault:
        log.info("a balance is not known", gateway=str(row.pk), kind=row.kind, fault=type(fault).__name__)
    except Exception as fault:
        log.exception("a balance could not be asked", kind=row.kind, fault=type(fault).__name__)
    return None


def _keep(row: GatewayAccount, balance: Balance) -> None:
    """Write down what is left, and tell the team when that is news."""
    now = clock.now()
    GatewayAccount.objects.filter(pk=row.pk).update(
        balance=balance.amount, balance_unit=balance.unit, balance_at=now
    )
    try:
        _tell(row, balance, now)
    except RedisError as fault:
        log.warning("a balance could not be compared yet", gateway=str(row.pk), fault=type(fault).__name__)


def _tell(row: GatewayAccount, balance: Balance, now: datetime) -> None:
    """Tell the team once when a balance is below its floor, and again only after a rise.

    A mark says that they were told; a rise leaves it for the rest of the hold-off. Where the cache loses
    it they hear once more, on another day.
    """
    mark = f"balance_low:{row.pk.hex}"
    told_at: float | None = cache.get(mark)
    if row.balance_floor is None or balance.amount >= row.balance_floor:
        if told_at is not None:
            cache.set(mark, told_at, max(told_at + HOLD_OFF - now.timestamp(), 0))
    elif told_at is None:
        announce(
            row.merchant_id,
            EventKind.GATEWAY_BALANCE_LOW,
            data={
                "gateway": row.name,
                "balance": str(balance.amount),
                "unit": balance.unit,
                "floor": str(row.balance_floor),
            },
            dedupe=f"{EventKind.GATEWAY_BALANCE_LOW}:{row.pk.hex}:{now:%Y-%m-%d}",
        )
        cache.set(mark, now.timestamp(), None)
