"""What merchants with sending limits have used of them.

Parts are counted when a text is about to leave, on the merchant's day of that moment, and given back when
the vendor refuses the text: another attempt counts again, on its own day. What nobody knows the outcome of
stays counted. Only merchants who have a limit are counted, from its first moment on.

Whoever changes a count holds the merchant's limits locked until the transaction ends, hence no limit is
exceeded by workers that count at the same time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest

from merchants.models import Merchant
from notifications.limits import alerts, budgets
from notifications.limits.budgets import Used
from notifications.models import Scope, SendingLimit, Usage
from notifications.setup import Setup


class Account(NamedTuple):
    """What parts are counted on."""

    merchant_id: UUID
    scope: str
    day: date

    @property
    def month(self) -> Account:
        return self._replace(day=self.day.replace(day=1))


class Spending(NamedTuple):
    """The parts of one text that is about to leave, or has."""

    account: Account
    parts: int


class _Counts:
    """What is counted for merchants, from the beginning of the month of a day."""

    def __init__(self, merchant_ids: Iterable[UUID], *, since: date) -> None:
        self._days: Counter[Account] = Counter()
        self._months: Counter[Account] = Counter()
        rows = Usage.objects.filter(merchant__in=list(merchant_ids), day__gte=since.replace(day=1))
        for merchant_id, scope, day, parts in rows.values_list("merchant_id", "scope", "day", "parts"):
            self.add(Account(merchant_id, scope, day), parts)

    def add(self, account: Account, parts: int) -> None:
        self._days[account] += parts
        self._months[account.month] += parts

    def used(self, account: Account) -> Used:
        return Used(self._days[account], self._months[account.month])


class Budgets:
    """What is left of the limits of some merchants at one moment: for the gate, which does not count."""

    def __init__(self, setup: Setup, *, now: datetime) -> None:
        self._setup = setup
        self._days = {
            merchant_id: budgets.day_of(now, setup.merchants[merchant_id].timezone)
            for merchant_id in setup.limits
        }
        self._counts = _Counts(self._days, since=min(self._days.values())) if self._days else None
        self._until: dict[tuple[UUID, str], datetime | None] = {}

    def until(self, merchant_id: UUID, country: str) -> datetime | None:
        """Return until when a text to this country has to wait, or None when it need not."""
        limits = self._setup.limits.get(merchant_id)
        if not limits or self._counts is None:
            return None
        merchant = self._setup.merchants[merchant_id]
        key = (merchant_id, budgets.scope_of(country, home=merchant.country))
        if key not in self._until:
            day = self._days[merchant_id]
            used = self._counts.used(Account(*key, day))
            full = budgets.exceeded(limits, used, scope=key[1], parts=1)
            self._until[key] = budgets.next_room(full, day=day, timezone=merchant.timezone)
        return self._until[key]


def spending(setup: Setup, merchant_id: UUID, *, country: str, parts: int, at: datetime) -> Spending | None:
    """Return what a text that leaves at a moment is counted as, or None where nothing is counted."""
    if not parts or merchant_id not in setup.limits:
        return None
    merchant = setup.merchants[merchant_id]
    scope = budgets.scope_of(country, home=merchant.country)
    return Spending(Account(merchant_id, scope, budgets.day_of(at, merchant.timezone)), parts)


def reserve(spendings: Sequence[Spending | None]) -> list[datetime | None]:
    """Count texts that are about to leave, each that still fits; call it in the transaction that says so.

    Return for each None when it may leave, else until when it has to wait; then it was not counted. The
    merchant's team is told when a limit is nearly or wholly used up.
    """
    limits = _locked(one.account.merchant_id for one in spendings if one)
    if not limits:
        return [None] * len(spendings)
    counts = _Counts(limits, since=min(one.account.day for one in spendings if one))
    before: dict[Account, Used] = {}
    refused: dict[Account, list[SendingLimit]] = defaultdict(list)
    answers: list[datetime | None] = []
    for one in spendings:
        until = None
        if one and one.account.merchant_id in limits:
            account, of_merchant = one.account, limits[one.account.merchant_id]
            used = counts.used(account)
            before.setdefault(account, used)
            full = budgets.exceeded(of_merchant, used, scope=account.scope, parts=one.parts)
            if full:
                refused[account] += full
                until = budgets.next_room(full, day=account.day, timezone=full[0].merchant.timezone)
            else:
                counts.add(account, one.parts)
        answers.append(until)
    after = {account: counts.used(account) for account in before}
    _write({account: used.day for account, used in after.items() if used != before[account]})
    for account, used in before.items():
        alerts.tell(
            [limit for limit in limits[account.merchant_id] if limit.scope == account.scope],
            day=account.day,
            before=used,
            after=after[account],
            refused=refused[account],
        )
    return answers


def give_back(spendings: Iterable[Spending | None]) -> None:
    """Take back what `reserve` counted for texts that certainly did not leave; call it in a transaction."""
    parts: Counter[Account] = Counter()
    for one in spendings:
        if one:
            parts[one.account] += one.parts
    _locked(account.merchant_id for account in parts)
    for account, count in sorted(parts.items()):
        # A limit that is younger than the text did not count it.
        left = Greatest(F("parts") - count, Value(0))
        Usage.objects.filter(**account._asdict()).update(parts=left)


def used_now(merchant: Merchant, *, now: datetime) -> dict[str, Used]:
    """Return what the merchant has used today and this month, by scope."""
    day = budgets.day_of(now, merchant.timezone)
    counts = _Counts([merchant.pk], since=day)
    return {scope: counts.used(Account(merchant.pk, scope, day)) for scope in Scope.values}


def _locked(merchant_ids: Iterable[UUID]) -> dict[UUID, list[SendingLimit]]:
    """Return the limits of merchants as they are now, locked in an order that all keep."""
    wanted = set(merchant_ids)
    found: dict[UUID, list[SendingLimit]] = {}
    if wanted:
        rows: QuerySet[SendingLimit] = SendingLimit.objects.filter(merchant__in=wanted)
        for limit in rows.select_related("merchant").select_for_update(of=("self",)).order_by("id"):
            found.setdefault(limit.merchant_id, []).append(limit)
    return found


def _write(counted: Mapping[Account, int]) -> None:
    Usage.objects.bulk_create(
        [Usage(**account._asdict(), parts=parts) for account, parts in sorted(counted.items())],
        update_conflicts=True,
        unique_fields=["merchant", "scope", "day"],
        update_fields=["parts"],
    )
