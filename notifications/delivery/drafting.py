"""Plan events: what each leads to, written as messages before anything is done about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import compress
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone as clock

from merchants.ids import uuid7
from notifications import planning
from notifications.channels.registry import CHANNELS
from notifications.delivery.concluding import AWAY
from notifications.delivery.consents import Consents
from notifications.delivery.preparing import Ready, prepare
from notifications.delivery.turn import COLUMNS, Turn
from notifications.delivery.writing import Interrupted, admit, write_new
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

log = structlog.get_logger(__name__)

# How long this process leaves an event alone that cannot be planned, and when it gives it up (after that the
# news is old). It may be our fault, or its own.
PUT_OFF = timedelta(minutes=10)
GIVE_UP = timedelta(days=1)


@dataclass(slots=True)
class Drafted:
    """How many events were planned, and those of their messages that leave now, as they travel together.

    `more_at` is when the first of those that a rate limit holds may go; `has_more` says that something was
    planned that nobody has decided about, or that fewer were planned than wait.
    """

    events: int = 0
    batches: Sequence[list[Ready]] = ()
    more_at: datetime | None = None
    has_more: bool = False


def draft(lane: str, *, limit: int, setups: Setups) -> Drafted:
    """Plan up to `limit` events that are not yet planned, oldest first.

    The messages and the mark on their events are written in one transaction; another planner skips
    the same events, and if it did not, no message could be written twice. What is due now in this
    lane is decided about at once, and leaves in the same breath.

    Where something in that goes wrong the messages are only written, and each has its turn later (`take`).
    An event that cannot even be planned holds up nobody: half as many are planned, and half of those, until
    it is found, and it is put off. Raises `Interrupted`.
    """
    try:
        return _draft(lane, limit=limit, setups=setups)
    except (*AWAY, Interrupted):
        raise
    except Exception as fault:
        log.exception("messages cannot be decided about as they are planned", fault=type(fault).__name__)
    return replace(_only_plan(lane, limit=limit, setups=setups), has_more=True)


def _only_plan(lane: str, *, limit: int, setups: Setups) -> Drafted:
    found: list[UUID] = []
    try:
        return _draft(lane, limit=limit, setups=setups, decides=False, found=found)
    except (*AWAY, Interrupted):
        raise
    except Exception as fault:
        if limit == 1 or len(found) == 1:
            _put_off(found or list(_waiting(lane).values_list("pk", flat=True)[:1]), fault)
            return Drafted(1)
    return _only_plan(lane, limit=(len(found) or limit) // 2, setups=setups)


def _draft(
    lane: str, *, limit: int, setups: Setups, decides: bool = True, found: list[UUID] | None = None
) -> Drafted:
    """Plan, and decide about what is due unless told otherwise; note in `found` which events these are."""
    now = clock.now()
    batches: Sequence[list[Ready]] = ()
    try:
        with transaction.atomic():
            loaded = load(_waiting(lane).select_for_update(skip_locked=True, of=("self",))[:limit])
            if not loaded:
                return Drafted()
            if found is not None:
                found += loaded
            setup = setups.of(event.merchant_id for event in loaded.values())
            told = [event for event in loaded.values() if event.silence == Silence.NONE]
            told = [event for event in told if setup.rules.get((event.merchant_id, event.kind))]
            consents = _consents(told, setup) if told else None
            drafts = _plan(told, setup, consents, now=now) if consents else []
            rows = [_row(one, loaded[one.event_id], now=now) for one in drafts]
            is_due = [decides and row["lane"] == lane and row["state"] == State.DUE for row in rows]
            turns = [_turn(row) for row in compress(rows, is_due)]
            prepared = prepare(turns, setups=setups, known=loaded, consents=consents)
            more_at = admit(prepared)
            batches = write_new(rows, prepared)
            Event.objects.filter(pk__among=loaded).update(planned_at=now)
    except AWAY as fault:
        raise Interrupted(batches) from fault
    return Drafted(len(loaded), batches, more_at)


# The events that this process leaves alone for a while, and until when.
_put_off_until: dict[UUID, datetime] = {}


def _waiting(lane: str) -> QuerySet[Event]:
    waiting: QuerySet[Event] = Event.objects.filter(lane=lane, planned_at=None).order_by("recorded_at")
    if _put_off_until:
        now = clock.now()
        for id in [id for id, until in _put_off_until.items() if until <= now]:
            del _put_off_until[id]
        waiting = waiting.exclude(pk__in=list(_put_off_until))
    return waiting


def _put_off(ids: Sequence[UUID], fault: Exception) -> None:
    """Leave an event alone for a while, or for ever when it is old."""
    now = clock.now()
    for id in ids:
        log.error("an event is put off", id=str(id), fault=type(fault).__name__, exc_info=fault)
        _put_off_until[id] = now + PUT_OFF
    Event.objects.filter(pk__in=ids, planned_at=None, recorded_at__lt=now - GIVE_UP).update(planned_at=now)


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
