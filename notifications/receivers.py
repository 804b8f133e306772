"""The wires from below: what notifications does when orders and merchants change."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction
from django.db.migrations import Migration
from django.db.models.signals import post_save
from django.dispatch import receiver

from merchants.models import Merchant
from merchants.ownership import inside
from merchants.signals import merchant_created
from notifications import presets, queueing
from notifications.models import Message, Preferences
from orders.events import Lane
from orders.models import Event
from orders.signals import customer_erased

log = structlog.get_logger(__name__)
_WAKES = {lane: partial(queueing.wake, lane) for lane in Lane.values}


@receiver(post_save, sender=Event, dispatch_uid="wake the planner")
def wake_the_planner(sender: type[Event], instance: Event, created: bool, **_: Any) -> None:
    """Queue a wake-up for the event's lane; the many events of one transaction queue one."""
    wake = _WAKES[instance.lane]
    if created and all(waiting is not wake for _, waiting, _ in transaction.get_connection().run_on_commit):
        transaction.on_commit(wake)


@receiver(merchant_created, dispatch_uid="set up a new merchant")
def set_up(sender: Any, merchant: Merchant, **_: Any) -> None:
    """Give a new merchant the presets, a signature and the sandbox."""
    with inside(merchant):
        presets.install(merchant)


def catch_up(plan: Sequence[tuple[Migration, bool]] = (), **_: Any) -> None:
    """After an upgrade of the database, give every merchant the recipes that are new for their team."""
    if not any(not is_backwards for _migration, is_backwards in plan):
        return
    try:
        presets.catch_up()
    except DatabaseError as fault:
        # Only a part of the migrations was asked for; the last of them comes here again.
        log.warning("recipes could not be brought up to date", fault=type(fault).__name__)


@receiver(customer_erased, dispatch_uid="forget an erased customer")
def forget(sender: Any, customer_id: UUID, merchant_id: UUID, addresses: list[str], **_: Any) -> None:
    """Blank what messages tell about an erased person; that they were told stays."""
    Message.objects.filter(merchant_id=merchant_id, customer_id=customer_id).update(
        address="", subject="", body=""
    )
    Preferences.objects.filter(merchant_id=merchant_id, customer_id=customer_id).delete()
