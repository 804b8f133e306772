"""Take up what is due: what is to be handed in is written down as handed in before it leaves."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils import timezone as clock

from notifications.models import GatewayAccount, VendorSignature, VendorTemplate
from notifications.reviewing.deciding import give_up
from notifications.reviewing.terms import LEASE, Reviewed, can_ask, is_waiting_to_leave, reviews

# The day by which vendors count.
DAY_OF = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Job:
    """One question to a vendor, or with `is_submission` something that is handed in to him."""

    review: Reviewed
    is_submission: bool


def claim(*, limit: int) -> list[Job]:
    """Return what is due, claimed for a while; who has died since leaves it to be found later."""
    with transaction.atomic():
        return [*_signatures(limit), *_templates(limit)]


def _signatures(limit: int) -> list[Job]:
    rows = VendorSignature.objects.filter(signature__archived_at=None).select_related("signature")
    return _take(_due(rows, limit))


def _templates(limit: int) -> list[Job]:
    rows = VendorTemplate.objects.filter(template__archived_at=None).select_related("template")
    return _take(_paced(_due(rows, limit)))


def _due(rows: Any, limit: int) -> list[Any]:
    due = rows.filter(look_at__lte=clock.now(), gateway__archived_at=None).select_related("gateway__merchant")
    return list(due.select_for_update(skip_locked=True, of=("self",)).order_by("look_at", "id")[:limit])


def _take(rows: Sequence[Reviewed]) -> list[Job]:
    now = clock.now()
    jobs = []
    for review in rows:
        is_submission = is_waiting_to_leave(review)
        if not is_submission and not can_ask(review):
            # Somebody died, or lost the answer, between handing it in and keeping its code.
            give_up(review)
            continue
        review.look_at = now + LEASE
        if is_submission:
            review.submitted_at = now
        review.save(update_fields=["look_at", "submitted_at"])
        jobs.append(Job(review, is_submission))
    return jobs


def _paced(rows: Sequence[VendorTemplate]) -> list[VendorTemplate]:
    """Return the rows without those that may not be handed in yet, which are put off."""
    now = clock.now()
    leaving: defaultdict[UUID, list[VendorTemplate]] = defaultdict(list)
    for review in rows:
        if is_waiting_to_leave(review):
            leaving[review.gateway_id].append(review)
    # Two workers with different rows of one account must not both find that nothing left just now.
    list(GatewayAccount._base_manager.select_for_update().filter(pk__in=leaving).order_by("pk"))
    put_off = set()
    for queue in leaving.values():
        for review, slot in zip(queue, slots(queue[0].gateway, now=now), strict=False):
            if slot > now:
                VendorTemplate.objects.filter(pk=review.pk).update(look_at=slot)
                put_off.add(review.pk)
    return [review for review in rows if review.pk not in put_off]


def slots(account: GatewayAccount, *, now: datetime) -> Iterator[datetime]:
    """Yield, one after the other, when an account may hand in its next templates."""
    reviewing = reviews(account)
    gap = timedelta(seconds=reviewing.seconds_between if reviewing else 0)
    a_day = (reviewing and reviewing.templates_a_day) or sys.maxsize
    handed = VendorTemplate.objects.filter(gateway=account).exclude(submitted_at=None)
    last = handed.aggregate(last=Max("submitted_at"))["last"]
    midnight = now.astimezone(DAY_OF).replace(hour=0, minute=0, second=0, microsecond=0)
    left = a_day - handed.filter(submitted_at__gte=midnight).count()
    slot = max(now, last + gap) if last else now
    while True:
        if left <= 0:
            midnight, left = midnight + timedelta(days=1), a_day
            slot = max(slot, midnight)
        yield slot
        slot, left = slot + gap, left - 1
