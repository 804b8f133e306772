"""Tell the team what we find out about our own sending: an event, which their rules turn into mail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone as clock

from orders.events import OWN_KINDS, EventKind
from orders.models import Event


def announce(merchant_id: UUID, kind: EventKind, *, data: dict[str, Any], dedupe: str) -> bool:
    """Write an event of OWN_KINDS, once for each `dedupe`. Return whether it is new."""
    if kind not in OWN_KINDS:
        raise ValueError(f"{kind} is not ours to announce")
    try:
        with transaction.atomic():
            Event.objects.create(
                merchant_id=merchant_id, kind=kind, data=data, occurred_at=clock.now(), dedupe=dedupe
            )
    except IntegrityError:
        return False
    return True
