"""Let the gates ask again about what waits for something that was changed just now."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone as clock

from merchants.models import Merchant
from merchants.ownership import inside
from notifications.models import Message, State
from notifications.reasons import Reason
from notifications.setup import FRESH


def ask_again(merchant: Merchant, *reasons: Reason) -> None:
    """Ask again soon about what is held for these reasons: it would wait for what held it otherwise.

    Not before every worker knows of the change; and not while what was changed is locked, for workers lock
    the messages first.
    """

    def release() -> None:
        with inside(merchant):
            soon = clock.now() + timedelta(seconds=2 * FRESH)
            Message.objects.filter(state=State.HELD, reason__in=reasons, due_at__gt=soon).update(due_at=soon)

    transaction.on_commit(release)
