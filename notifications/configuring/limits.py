"""Sending limits: how many parts of texts may leave on a day or in a month, at home and abroad."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant, User
from notifications.configuring.entries import Entries
from notifications.configuring.releasing import ask_again
from notifications.models import Period, Scope, SendingLimit
from notifications.reasons import Reason

log = structlog.get_logger(__name__)

FIELDS: Final = ("scope", "period", "most")
MOST: Final = 1_000_000_000


def save_limit(
    merchant: Merchant, *, data: Mapping[str, Any], limit: SendingLimit | None = None, by: User | None = None
) -> SendingLimit:
    """Make a limit or change one; what `data` does not name stays as it is. Raises `InvalidSettings`.

    Called inside the merchant's scope. Texts are counted from the first limit's first moment on. What waits
    for room is asked again soon.
    """
    entries = Entries(data, known=FIELDS, current=limit)
    entries.choice("scope", Scope.values, needed=True)
    entries.choice("period", Period.values, needed=True)
    entries.fixed("scope")
    entries.fixed("period")
    if entries.entered("most", needed=True):
        entries.whole("most", least=0, most=MOST)
    if limit is None and not entries.is_wrong("scope", "period"):
        same = SendingLimit.objects.filter(scope=entries.value("scope"), period=entries.value("period"))
        if same.exists():
            entries.refuse("period", "taken", _("There is a limit for this already; change that one."))
    entries.check()
    row = limit or SendingLimit(merchant=merchant)
    with transaction.atomic():
        entries.keep(row, by=by, name="period")
        ask_again(merchant, Reason.BUDGET)
    return row


def remove_limit(limit: SendingLimit, *, by: User | None = None) -> None:
    """Take a limit away; what waited for room in it is asked again soon."""
    removed = str(limit.pk)
    with transaction.atomic():
        limit.delete()
        ask_again(limit.merchant, Reason.BUDGET)
    log.info("setting_removed", setting="sendinglimit", id=removed, by=by.pk if by else None)
