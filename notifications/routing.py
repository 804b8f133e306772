"""Which gateway account takes a text: the route's order, and what stands in the way of each.

An account that rests (refused as such, or failing) takes nothing. One that is doubted (its receipts
stay away), silent (unanswered texts in flight), on trial after a rest, or just tried in vain, is passed
over while another can take the text. What was passed over is kept with the message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from notifications.gateways.registry import GATEWAYS
from notifications.models import GatewayAccount
from notifications.policy.gates import Route
from notifications.setup import Setup

# How many texts a second each worker gives to an account that is on trial while another can take them.
TRIALS = 5


class Obstacle(StrEnum):
    """Why an account is passed over."""

    NO_TEMPLATE = "no_template"
    NO_SIGNATURE_HERE = "no_signature_here"
    RESTING = "resting"
    DOUBTED = "doubted"
    SILENT = "silent"
    ON_TRIAL = "on_trial"
    JUST_TRIED = "just_tried"


# With these it takes nothing at all; with the others it does if nobody else can.
HARD = frozenset({Obstacle.NO_TEMPLATE, Obstacle.NO_SIGNATURE_HERE, Obstacle.RESTING})


@dataclass(frozen=True, slots=True)
class Errand:
    """What wants a way out. `tried` is the account of its last attempt; `only` the one it must take."""

    merchant_id: UUID
    country: str
    category: str
    template_id: UUID
    tried: UUID | None = None
    only: UUID | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The way a message would take: open or not and why, and the channel's own `way` (a gateway account…).

    `passed` are the ways that would have come first, and why they did not; `others` is how many more
    could take it now; `other_at` is when the first of those that rest may be asked again.
    """

    route: Route
    way: Any = None
    passed: tuple[tuple[str, Obstacle], ...] = ()
    others: int = 0
    other_at: datetime | None = None


def covers(account: GatewayAccount, country: str) -> bool:
    return not account.countries or country in account.countries


def line_of(setup: Setup, merchant_id: UUID, *, country: str, category: str) -> list[GatewayAccount]:
    """Return the active accounts for texts of this kind, the preferred first."""
    accounts = [
        account
        for account in setup.gateways.get(merchant_id, ())
        if account.kind in GATEWAYS and covers(account, country)
    ]
    routes = setup.routes.get(merchant_id, {})
    for key in ((country, category), (country, ""), ("", category), ("", "")):
        if key in routes:
            places = {name: place for place, name in enumerate(routes[key])}
            line = [one for one in accounts if str(one.pk) in places]
            return sorted(line, key=lambda one: places[str(one.pk)])
    return accounts


def choose(setup: Setup, errand: Errand, *, now: datetime) -> Choice:
    """Return the account that takes this text, or why none does.

    While all is well the answer holds for all texts of a kind, for as long as the setup does.
    """
    choice = setup.choices.get(errand)
    if choice is None:
        choice = _choose(setup, errand, now=now)
        if choice.route.is_open and not choice.passed and not choice.way.rests:
            setup.choices[errand] = choice
    return choice


def _choose(setup: Setup, errand: Errand, *, now: datetime) -> Choice:
    if errand.only:
        active = setup.gateways.get(errand.merchant_id, ())
        accounts = [one for one in active if one.pk == errand.only and one.kind in GATEWAYS]
    else:
        accounts = line_of(setup, errand.merchant_id, country=errand.country, category=errand.category)
    if not accounts:
        return Choice(Route(is_open=False, reason="no_gateway"))
    if errand.country == "CN" and not setup.signature(errand.merchant_id, errand.country):
        return Choice(Route(is_open=False, reason="no_signature"))
    found = [(account, obstacle_of(setup, errand, account, now=now)) for account in accounts]
    if errand.only:
        found = [(account, why if why is Obstacle.NO_TEMPLATE else None) for account, why in found]
    usable = [pair for pair in found if pair[1] not in HARD]
    if not usable:
        return Choice(_closed(found))
    chosen = next((pair for pair in usable if pair[1] is None), usable[0])
    before = found[: found.index(chosen)]
    return Choice(
        Route(),
        chosen[0],
        tuple((str(one.pk), why) for one, why in before if why),
        others=len(usable) - 1,
        other_at=_rested_at(found),
    )


def obstacle_of(setup: Setup, errand: Errand, account: GatewayAccount, *, now: datetime) -> Obstacle | None:
    """Return what stands in an account's way now, the hard ones first."""
    if not _has_template(setup, account, errand.template_id):
        return Obstacle.NO_TEMPLATE
    if _has_barred_signature(setup, errand, account):
        return Obstacle.NO_SIGNATURE_HERE
    if account.paused_until and account.paused_until > now:
        return Obstacle.RESTING
    if account.pk == errand.tried:
        return Obstacle.JUST_TRIED
    if account.doubted_until and account.doubted_until > now:
        return Obstacle.DOUBTED
    if account.pk in setup.silent:
        return Obstacle.SILENT
    if account.rests and setup.trials[account.pk] >= TRIALS:
        return Obstacle.ON_TRIAL
    return None


def _closed(found: Sequence[tuple[GatewayAccount, Obstacle | None]]) -> Route:
    until = _rested_at(found)
    is_unsigned = any(why is Obstacle.NO_SIGNATURE_HERE for _, why in found)
    reason = "gateway_paused" if until else "no_vendor_signature" if is_unsigned else "no_vendor_template"
    return Route(is_open=False, reason=reason, until=until)


def _rested_at(found: Sequence[tuple[GatewayAccount, Obstacle | None]]) -> datetime | None:
    """Return when the first of the accounts that rest has rested."""
    resting = [account.paused_until for account, why in found if why is Obstacle.RESTING]
    return min((until for until in resting if until), default=None)


def _has_template(setup: Setup, account: GatewayAccount, template_id: UUID) -> bool:
    if not GATEWAYS[account.kind].needs_template:
        return True
    vendor = setup.vendor_templates.get((template_id, account.pk))
    return vendor is not None and vendor.in_use is not None


def _has_barred_signature(setup: Setup, errand: Errand, account: GatewayAccount) -> bool:
    """Say whether this vendor would refuse the text for its signature."""
    signature = setup.signature_row(errand.merchant_id, errand.country)
    if signature is None or not GATEWAYS[account.kind].adds_signature:
        return False
    return (signature.pk, account.pk) in setup.barred_signatures
