"""Write events that follow from no order: stock, memberships, the weather."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant
from orders import normalise
from orders.errors import AlreadyExists, InvalidInput
from orders.events import FREE_KINDS, EventKind
from orders.models import Customer, Event


def record_event(
    merchant: Merchant,
    *,
    kind: str,
    data: dict[str, Any] | None = None,
    customer: Customer | None = None,
    occurred_at: datetime | None = None,
    external_id: str = "",
) -> Event:
    """Return a new event that follows from no order (FREE_KINDS).

    Raises `AlreadyExists` when the merchant's system told of its `external_id` before.
    """
    if kind not in FREE_KINDS:
        raise InvalidInput(
            "kind", "unknown_kind", _("Only events that follow from no order, shipment or return are posted.")
        )
    event = Event(
        merchant=merchant,
        kind=EventKind(kind),
        data=normalise.json_object(data or {}, field="data"),
        customer=customer,
        dedupe=f"api:{external_id}" if external_id else None,
    )
    event.occurred_at = normalise.happened(occurred_at) or event.recorded_at
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError as error:
        if event.dedupe and Event.objects.filter(merchant=merchant, dedupe=event.dedupe).exists():
            raise AlreadyExists("external_id", external_id) from error
        raise
    return event
