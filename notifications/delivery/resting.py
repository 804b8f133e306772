"""Let a gateway account rest, doubt it, and take it back; the team hears of each."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone as clock

from merchants.ids import first_id_at
from notifications.announcing import announce
from notifications.gateways.registry import GATEWAYS
from notifications.models import Attempt, GatewayAccount, State
from notifications.policy import health
from orders.events import EventKind

# Of one account's troubles of one kind the team hears once in so long.
TOLD_ONCE_IN = timedelta(minutes=30)


def rest(account_id: UUID, *, why: str, detail: str = "", until: datetime | None = None) -> bool:
    """Send nothing by an account for a while; return whether it did not rest already.

    `why` is a code (refused, failing, hanging), `detail` the vendor's words. Without `until` the rest is
    the longer the more often the account had to rest.
    """
    now = clock.now()
    with transaction.atomic():
        account = _locked(account_id)
        if account is None or (account.paused_until and account.paused_until > now):
            return False
        account.paused_until = until or health.rest_until(now, rests=account.rests)
        account.paused_reason = detail[:300]
        account.rests = min(account.rests + 1, 99)
        account.save(update_fields=["paused_until", "paused_reason", "rests"])
        _tell(account, EventKind.GATEWAY_SWITCHED, now, why=why, detail=detail, until=account.paused_until)
    return True


def doubt(account_id: UUID, *, detail: str) -> bool:
    """Prefer others to an account for a while; return whether it was not doubted already."""
    now = clock.now()
    with transaction.atomic():
        account = _locked(account_id)
        if account is None or (account.doubted_until and account.doubted_until > now):
            return False
        account.doubted_until = health.doubt_until(now, rests=account.rests)
        account.rests = min(account.rests + 1, 99)
        account.save(update_fields=["doubted_until", "rests"])
        _tell(
            account, EventKind.GATEWAY_SWITCHED, now, why="slow", detail=detail, until=account.doubted_until
        )
    return True


def take_back(account_id: UUID) -> bool:
    """Trust an account again; return whether it was on trial."""
    now = clock.now()
    with transaction.atomic():
        account = _locked(account_id)
        if account is None or not account.rests:
            return False
        account.rests, account.paused_until, account.doubted_until, account.paused_reason = 0, None, None, ""
        account.save(update_fields=["rests", "paused_until", "doubted_until", "paused_reason"])
        _tell(account, EventKind.GATEWAY_BACK, now)
    return True


def find_slow() -> int:
    """Doubt the accounts whose receipts stay away, and trust those again that report as they should.

    Looked at are the texts that were accepted a while ago, by accounts that have reported before.
    """
    now = clock.now()
    slow = timedelta(seconds=settings.DELIVERY["slow_receipt_seconds"])
    reporting = {
        account.pk: account
        for account in GatewayAccount.objects.filter(is_active=True).exclude(reported_at=None)
        if account.kind in GATEWAYS and GATEWAYS[account.kind].reports
    }
    if not reporting:
        return 0
    counted = (
        Attempt.objects.filter(
            pk__range=(first_id_at(now - 5 * slow), first_id_at(now - slow)),
            gateway__in=reporting,
            outcome=Attempt.Outcome.ACCEPTED,
        )
        .order_by()
        .values_list("gateway_id")
        .annotate(Count("pk"), reported=Count("pk", filter=~Q(message__state=State.ACCEPTED)))
    )
    found = 0
    for account_id, accepted, reported in counted:
        if health.is_slow(reported=reported, accepted=accepted):
            found += doubt(account_id, detail=f"{reported}/{accepted}")
        elif accepted >= health.FEWEST_UNREPORTED and _is_only_doubted(reporting[account_id], now):
            take_back(account_id)
    return found


def _is_only_doubted(account: GatewayAccount, now: datetime) -> bool:
    """Say whether nothing else stands against an account; that receipts come ends no other rest."""
    return account.doubted_until is not None and not (account.paused_until and account.paused_until > now)


def _locked(account_id: UUID) -> GatewayAccount | None:
    # Its key stays: whoever writes an attempt by it meanwhile need not wait.
    rows = GatewayAccount.objects.select_for_update(of=("self",), no_key=True)
    found: GatewayAccount | None = rows.filter(pk=account_id).first()
    return found


def _tell(
    account: GatewayAccount,
    kind: EventKind,
    now: datetime,
    *,
    why: str = "",
    detail: str = "",
    until: datetime | None = None,
) -> None:
    data = {"gateway": account.name, "gateway_id": str(account.pk), "why": why, "detail": detail[:300]}
    if until:
        data["until"] = until.isoformat(timespec="seconds")
    window = int(now.timestamp() // TOLD_ONCE_IN.total_seconds())
    announce(account.merchant_id, kind, data=data, dedupe=f"{kind}:{account.pk.hex}:{why}:{window}")
