"""The gates: may this message go, must it wait, or is it not sent at all, and why. Pure.

They are asked when a message is planned and again when it is sent, in the order of GATES, up to
the first that does not allow. The same call serves the planner, the deliverer and whoever wants to
know "what would happen".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from notifications import conditions
from notifications.policy.quiet_hours import BY_COUNTRY, DEFAULT, Window, opens_at

Facts = Mapping[str, Any]


class Verdict(StrEnum):
    ALLOW = "allow"
    HOLD = "hold"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gate said. `reason` is a code of `notifications.reasons`, `until` an aware time."""

    gate: str
    verdict: Verdict
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Whether some gateway account can take the message; else why none can."""

    is_open: bool = True
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the gates look at, for one message, now."""

    now: datetime
    event: str
    channel: str
    category: str
    address: str
    country: str = ""
    timezone: str = ""
    has_template: bool = True
    opted_out: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    quiet_from: time | None = None
    quiet_until: time | None = None
    is_duplicate: bool = False
    is_rule_on: bool = True
    match: str = "all"
    conditions: Sequence[Mapping[str, Any]] = ()
    facts: Facts = field(default_factory=dict)
    expires_at: datetime | None = None
    # When the merchant's sending limits leave room again; None while they do.
    budget_until: datetime | None = None
    route: Route = Route()


@cache
def _allow(gate: str) -> Answer:
    return Answer(gate, Verdict.ALLOW)


def _drop(gate: str, reason: str) -> Answer:
    return Answer(gate, Verdict.DROP, reason)


def address(at: Situation) -> Answer:
    return _allow("address") if at.address else _drop("address", "no_address")


def consent(at: Situation) -> Answer:
    return _drop("consent", "opted_out") if at.category in at.opted_out else _allow("consent")


def preference(at: Situation) -> Answer:
    is_refused = f"{at.channel}:{at.category}" in at.refused
    return _drop("preference", "preference") if is_refused else _allow("preference")


def duplicate(at: Situation) -> Answer:
    return _drop("duplicate", "duplicate") if at.is_duplicate else _allow("duplicate")


# Events whose news is worthless once the order or the parcel has moved on: group, statuses that still fit.
_FITS: dict[str, tuple[str, frozenset[str]]] = {
    "order.unpaid": ("order", frozenset({"created", "payment_failed"})),
    "order.payment_failed": ("order", frozenset({"created", "payment_failed"})),
    "order.flagged": ("order", frozenset({"flagged"})),
    "return.pickup_scheduled": ("return", frozenset({"pickup_scheduled"})),
}
_UNTIL_DELIVERED = frozenset(
    f"shipment.{status}"
    for status in (
        *("dispatched", "in_transit", "at_hub", "customs", "customs_cleared", "out_for_delivery"),
        *("ready_for_pickup", "delayed", "failed_attempt", "stalled", "eta_changed"),
    )
)


def is_overtaken(event: str, facts: Facts) -> bool:
    """Say whether what the event tells is no longer so."""
    if event in _FITS:
        group, statuses = _FITS[event]
        return (facts.get(group) or {}).get("status") not in statuses
    if event in _UNTIL_DELIVERED:
        return (facts.get("shipment") or {}).get("status") in {"delivered", "signed"}
    return False


def still_true(at: Situation) -> Answer:
    if not at.is_rule_on:
        return _drop("still_true", "rule_off")
    if is_overtaken(at.event, at.facts):
        return _drop("still_true", "overtaken")
    if not conditions.hold(at.match, at.conditions, at.facts):
        return _drop("still_true", "not_true")
    return _allow("still_true")


def useful_life(at: Situation) -> Answer:
    is_over = at.expires_at is not None and at.expires_at <= at.now
    return _drop("useful_life", "expired") if is_over else _allow("useful_life")


def quiet_hours(at: Situation) -> Answer:
    """Hold what comes at rest: marketing by the country's rule, anything by the person's own."""
    windows: list[Window] = []
    if at.quiet_from is not None and at.quiet_until is not None and at.quiet_from != at.quiet_until:
        windows.append(Window(opens=at.quiet_until, closes=at.quiet_from))
    if at.category == "marketing":
        windows.append(BY_COUNTRY.get(at.country, DEFAULT))
    openings = [opens_at(at.now, window=window, zone_name=at.timezone) for window in windows]
    until = max((opening for opening in openings if opening), default=None)
    if until is None:
        return _allow("quiet_hours")
    return Answer("quiet_hours", Verdict.HOLD, "quiet_hours", until)


def budget(at: Situation) -> Answer:
    if at.budget_until is None:
        return _allow("budget")
    return Answer("budget", Verdict.HOLD, "budget", at.budget_until)


def route(at: Situation) -> Answer:
    if not at.has_template:
        return _drop("route", "no_template")
    if at.route.is_open:
        return _allow("route")
    if at.route.until is not None:
        return Answer(
            "route", Verdict.HOLD, at.route.reason, max(at.route.until, at.now + timedelta(seconds=1))
        )
    return _drop("route", at.route.reason)


GATES: tuple[Callable[[Situation], Answer], ...] = (
    address,
    consent,
    preference,
    duplicate,
    still_true,
    useful_life,
    quiet_hours,
    budget,
    route,
)


def ask(situation: Situation) -> list[Answer]:
    """Ask the gates in order; the last answer decides (all before it allowed)."""
    answers: list[Answer] = []
    for gate in GATES:
        answer = gate(situation)
        answers.append(answer)
        if answer.verdict is not Verdict.ALLOW:
            break
    return answers


def record(answers: Sequence[Answer], *, at: datetime, when: str) -> dict[str, Any]:
    """Return one asking as it is kept on the message: what allowed, and who decided what."""
    last = answers[-1]
    is_open = last.verdict is Verdict.ALLOW
    kept: dict[str, Any] = {
        "when": when,
        "at": at.isoformat(timespec="seconds"),
        "allowed": [answer.gate for answer in answers if answer.verdict is Verdict.ALLOW],
        "answer": last.verdict.value,
    }
    if not is_open:
        kept |= {"gate": last.gate, "reason": last.reason}
        if last.until:
            kept["until"] = last.until.isoformat(timespec="seconds")
    return kept


def held_after_all(kept: Mapping[str, Any], *, gate: str, until: datetime) -> dict[str, Any]:
    """Return the record of an asking that allowed, changed to say what holds the message nevertheless.

    For what is decided only as it is about to leave: `rate_limit`, and a `budget` that others were
    quicker to use up. The reason bears the gate's name.
    """
    return {
        **kept,
        "allowed": [name for name in kept["allowed"] if name != gate],
        "answer": Verdict.HOLD.value,
        "gate": gate,
        "reason": gate,
        "until": until.isoformat(timespec="seconds"),
    }
