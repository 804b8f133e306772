"""The one wire from orders: a new event wakes the planner once its transaction has committed."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from notifications import queueing
from orders.models import Event


@receiver(post_save, sender=Event, dispatch_uid="wake the planner")
def wake_the_planner(sender: type[Event], instance: Event, created: bool, **_: Any) -> None:
    """Queue a wake-up for the event's lane; many events of one transaction queue one."""
    if created:
        transaction.on_commit(lambda: queueing.wake(instance.lane))
