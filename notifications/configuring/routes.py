"""Routes: which accounts take the texts of a kind, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import structlog
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant, User
from notifications.configuring.entries import Entries
from notifications.models import Category, GatewayAccount, Route
from notifications.routing import covers

log = structlog.get_logger(__name__)

FIELDS: Final = ("country", "category", "gateways")
# Nobody waits for an eleventh account to be tried.
MOST_GATEWAYS: Final = 10


def save_route(
    merchant: Merchant, *, data: Mapping[str, Any], route: Route | None = None, by: User | None = None
) -> Route:
    """Make a route or change one; what `data` does not name stays as it is. Raises `InvalidSettings`.

    Called inside the merchant's scope. An empty country or category is any.
    """
    entries = Entries(data, known=FIELDS, current=route)
    entries.country("country")
    entries.choice("category", ["", *Category.values])
    if entries.entered("gateways", needed=True):
        _read_gateways(entries)
    elif route and "country" in entries.values and not entries.is_wrong("gateways"):
        _check_cover(entries, route.gateways)
    _refuse_a_second(entries)
    entries.check()
    row = route or Route(merchant=merchant)
    entries.keep(row, by=by, name="country")
    return row


def remove_route(route: Route, *, by: User | None = None) -> None:
    """Take a route away: its texts go the way of the next one that speaks of them."""
    removed = str(route.pk)
    route.delete()
    log.info("setting_removed", setting="route", id=removed, by=by.pk if by else None)


def _read_gateways(entries: Entries) -> None:
    given = entries.data["gateways"]
    if not isinstance(given, list) or len(given) > MOST_GATEWAYS:
        message = format_lazy(_("Write a list of at most {most} gateways."), most=MOST_GATEWAYS)
        entries.refuse("gateways", "not_a_list", message)
    elif not given:
        entries.refuse("gateways", "required", _("Name one gateway at least."))
    else:
        ids = [_id(one) for one in given]
        known = {account.pk for account in GatewayAccount.objects.filter(pk__in=[one for one in ids if one])}
        for place, one in enumerate(ids):
            if one not in known:
                entries.refuse(f"gateways[{place}]", "unknown_gateway", _("There is no such gateway."))
            elif one in ids[:place]:
                entries.refuse(f"gateways[{place}]", "twice", _("This one is named before already."))
        if not entries.is_wrong("gateways"):
            entries.values["gateways"] = [str(one) for one in ids]
            _check_cover(entries, entries.values["gateways"])


def _id(given: Any) -> UUID | None:
    try:
        return given if isinstance(given, UUID) else UUID(given) if isinstance(given, str) else None
    except ValueError:
        return None


def _check_cover(entries: Entries, ids: list[str]) -> None:
    """Refuse accounts that do not send to the route's country."""
    country = entries.value("country") or ""
    if not country or entries.is_wrong("country"):
        return
    accounts = {str(account.pk): account for account in GatewayAccount.objects.filter(pk__in=ids)}
    for place, one in enumerate(ids):
        if one in accounts and not covers(accounts[one], country):
            message = format_lazy(_("{name} does not send to this country."), name=accounts[one].name)
            entries.refuse(f"gateways[{place}]", "not_covered", message)


def _refuse_a_second(entries: Entries) -> None:
    if entries.is_wrong("country", "category"):
        return
    rows = Route.objects.filter(
        country=entries.value("country") or "", category=entries.value("category") or ""
    )
    if entries.current is not None:
        rows = rows.exclude(pk=entries.current.pk)
    if rows.exists():
        entries.refuse("country", "taken", _("There is a route for this already; change that one."))
