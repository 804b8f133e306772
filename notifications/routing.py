"""Which gateway account takes a text: by country, in the merchant's order, the first that can."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from notifications.gateways.registry import GATEWAYS
from notifications.models import GatewayAccount, Review
from notifications.policy.gates import Route
from notifications.setup import Setup

# The states of a vendor's review in which a template may be used.
USABLE = {Review.APPROVED, Review.FILED, Review.USABLE}


@dataclass(frozen=True, slots=True)
class Choice:
    """The way a message would take: open or not and why, and the channel's own `way` (a gateway account…)."""

    route: Route
    way: Any = None


def covers(account: GatewayAccount, country: str) -> bool:
    return not account.countries or country in account.countries


def choose(setup: Setup, merchant_id: UUID, *, country: str, template_id: UUID, now: datetime) -> Choice:
    """Return the account that takes a text of this template to this country, or why none does."""
    accounts = [
        account
        for account in setup.gateways.get(merchant_id, ())
        if account.kind in GATEWAYS and covers(account, country)
    ]
    if not accounts:
        return Choice(Route(is_open=False, reason="no_gateway"))
    if country == "CN" and not setup.signature(merchant_id, country):
        return Choice(Route(is_open=False, reason="no_signature"))
    able = [account for account in accounts if _has_template(setup, account, template_id)]
    if not able:
        return Choice(Route(is_open=False, reason="no_vendor_template"))
    for account in able:
        if account.paused_until is None or account.paused_until <= now:
            return Choice(Route(), account)
    until = min(account.paused_until for account in able if account.paused_until)
    return Choice(Route(is_open=False, reason="gateway_paused", until=until))


def _has_template(setup: Setup, account: GatewayAccount, template_id: UUID) -> bool:
    if not GATEWAYS[account.kind].needs_template:
        return True
    vendor = setup.vendor_templates.get((template_id, account.pk))
    return vendor is not None and bool(vendor.code) and vendor.state in USABLE
