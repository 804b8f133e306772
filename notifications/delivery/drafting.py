"""Plan events: what each leads to, written as messages before anything is done about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone as clock

from merchants.ids import uuid7
from notifications import planning
from notifications.channels.registry import CHANNELS
from notifications.delivery.consents import Consents
from notifications.delivery.preparing import Ready, prepare
from notifications.delivery.turn import COLUMNS, Turn
from notifications.delivery.writing import admit, write_new
from notifications.facts import Loaded, load
from notifications.models import State
from notifications.planning import Consent, Draft, Target
from notifications.policy import gates
from notifications.policy.gates import Verdict
from notifications.recipients import Person
from notifications.routing import Errand
from notifications.setup import Setup, Setups
from orders.events import Silence
from orders.models import Event


@dataclass(slots=True)
class Drafted:
    """How many events were planned, and those of their messages that leave now, as they travel together.

    `more_at` is when the first of those that a rate limit holds may go.
    """

    events: int = 0
    batches: Sequence[list[Ready]] = ()
    more_at: datetime | None = None


def draft(lane: str, *, limit: int, setups: Setups) -> Drafted:
    """Plan up to `limit` events that are not yet planned, oldest first.

    The messages and the mark on their events are written in one transaction; another planner skips
    the same events, and if it did not, no message could be written twice. What is due now in this
    lane is decided about at once, and leaves in the same breath.
    """
    now = clock.now()
    with transaction.atomic():
        waiting = Event.objects.filter(lane=lane, planned_at=None).order_by("recorded_at")
        loaded = load(waiting.select_for_update(skip_locked=True, of=("self",))[:limit])
        if not loaded:
            return Drafted()
        setup = setups.of(event.merchant_id for event in loaded.values())
        told = [event for event in loaded.values() if event.silence == Silence.NONE]
        told = [event for event in told if setup.rules.get((event.merchant_id, event.kind))]
        consents = _consents(told, setup) if told else None
        drafts = _plan(told, setup, consents, now=now) if consents else []
        rows = [_row(one, loaded[one.event_id], now=now) for one in drafts]
        turns = [_turn(row) for row in rows if row["lane"] == lane and row["state"] == State.DUE]
        prepared = prepare(turns, setups=setups, known=loaded, consents=consents)
        more_at = admit(prepared)
        batches = write_new(rows, prepared)
        Event.objects.filter(pk__among=loaded).update(planned_at=now)
    return Drafted(len(loaded), batches, more_at)


def _plan(events: Sequence[Loaded], setup: Setup, consents: Consents, *, now: datetime) -> list[Draft]:
    """Plan events that have rules."""
    drafts: list[Draft] = []
    for event in events:
        rules = setup.rules[event.merchant_id, event.kind]
        needs_team = any(recipient.startswith("role:") for rule in rules for recipient in rule.recipients)
        drafts += planning.plan(
            planning.EventFacts(event.id, event.kind, event.occurred_at, event.lane, event.facts),
            rules,
            customer=event.customer,
            team=setup.teams.get(event.merchant_id, {}) if needs_team else {},
            around=_surroundings(event, setup, consents, now=now),
            now=now,
        )
    return drafts


def _consents(events: Sequence[Loaded], setup: Setup) -> Consents:
    addresses: set[str] = set()
    for event in events:
        if event.customer:
            addresses |= {event.customer.phone, event.customer.email.lower()}
        for rule in setup.rules[event.merchant_id, event.kind]:
            for recipient in rule.recipients:
                kind, _, rest = recipient.partition(":")
                if kind == "role":
                    addresses |= {
                        person.email for person in setup.teams.get(event.merchant_id, {}).get(rest, ())
                    }
                elif rest:
                    addresses.add(rest.lower())
    return Consents(
        setup.merchant_ids, addresses, [event.customer_id for event in events if event.customer_id]
    )


def _surroundings(event: Loaded, setup: Setup, consents: Consents, *, now: datetime) -> planning.Surroundings:
    merchant = event.facts["merchant"]

    def target(channel: str, person: Person) -> Target:
        return CHANNELS[channel].target(person, country=merchant["country"], timezone=merchant["timezone"])

    def consent(channel: str, address: str, person: Person) -> Consent:
        return consents.of(event.merchant_id, channel, address, person.customer_id)

    def route(channel: str, country: str, wording: planning.Wording) -> gates.Route:
        errand = Errand(event.merchant_id, country, wording.category, wording.template_id)
        return CHANNELS[channel].choose(setup, errand, now=now).route

    return planning.Surroundings(
        target=target,
        wordings=partial(setup.wordings, event.merchant_id),
        consent=consent,
        route=route,
        languages=(merchant["language"],),
    )


def _turn(row: dict[str, Any]) -> Turn:
    return Turn(**{name: row[name] for name in COLUMNS})


def _row(one: Draft, event: Loaded, *, now: datetime) -> dict[str, Any]:
    """Return a draft as a row of Message."""
    last = one.answers[-1]
    state = _state(one, now=now)
    return {
        "id": uuid7(),
        "merchant_id": event.merchant_id,
        "event_id": event.id,
        "rule_id": one.rule_id,
        "order_id": event.order_id,
        "customer_id": one.person.customer_id,
        "recipient": one.person.key,
        "channel": one.channel,
        "step": 0,
        "category": one.wording.category if one.wording else "transactional",
        "lane": one.lane,
        "template": one.template,
        "template_version_id": one.wording.version_id if one.wording else None,
        "language": one.wording.language if one.wording else "",
        "address": one.target.address,
        "country": one.target.country,
        "timezone": one.target.timezone,
        "state": state,
        "due_at": one.due_at,
        "expires_at": one.expires_at,
        "look_at": None,
        "tries": 0,
        "gateway_id": None,
        "reason": last.reason,
        "error": "",
        "gates": [gates.record(one.answers, at=now, when="planned")],
        "subject": "",
        "body": "",
        "parts": 0,
        "created_at": now,
        "finished_at": now if state == State.DROPPED else None,
    }


def _state(one: Draft, *, now: datetime) -> str:
    if one.verdict is Verdict.DROP:
        return State.DROPPED
    if one.verdict is Verdict.HOLD:
        return State.HELD
    return State.PLANNED if one.due_at > now else State.DUE
