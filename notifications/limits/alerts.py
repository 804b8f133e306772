"""Tell the merchant's team that a sending limit is nearly or wholly used up, once for each period."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from notifications.announcing import announce
from notifications.limits.budgets import Used, first_day
from notifications.models import SendingLimit
from orders.events import EventKind

# A limit is nearly used up from here on (percent).
NEAR = 80


def tell(
    limits: Iterable[SendingLimit],
    *,
    day: date,
    before: Used,
    after: Used,
    refused: Collection[SendingLimit] = (),
) -> None:
    """Write the events of limits that have come near or to their end, or `refused` a text for want of room.

    Called while the limits are locked. A limit that is changed is news again.
    """
    for limit in limits:
        was, now = before.of(limit.period), after.of(limit.period)
        if was < limit.most <= now or limit in refused:
            _tell_once(EventKind.LIMIT_REACHED, limit, day=day, used=now)
        elif was * 100 < limit.most * NEAR <= now * 100:
            _tell_once(EventKind.LIMIT_NEAR, limit, day=day, used=now)


def _tell_once(kind: EventKind, limit: SendingLimit, *, day: date, used: int) -> None:
    begun = first_day(limit.period, day)
    announce(
        limit.merchant_id,
        kind,
        data={"scope": limit.scope, "period": limit.period, "used": used, "most": limit.most},
        dedupe=f"{kind}:{limit.scope}:{limit.period}:{begun}:{limit.most}",
    )
