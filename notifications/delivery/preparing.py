"""Ask the gates again and find the words: what a claimed message is about to be, just before it leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone as clock

from merchants.ids import uuid7
from notifications import facts as event_facts
from notifications import links, templates
from notifications.channels.base import Parcel
from notifications.channels.registry import CHANNELS
from notifications.delivery.consents import Consents
from notifications.delivery.turn import Turn
from notifications.facts import Facts, Loaded
from notifications.models import ChannelKind, State, TemplateVersion
from notifications.models.messages import DRILL
from notifications.planning import Target
from notifications.policy import gates
from notifications.policy.gates import Situation, Verdict
from notifications.reasons import Reason
from notifications.recipients import choose_language
from notifications.rendering import MissingValue, TemplateErrors
from notifications.routing import Choice, Errand
from notifications.setup import Setup, Setups
from orders.models import Event, Order


@dataclass(slots=True)
class Ready:
    """A message that may leave: what goes, and the row that says so before it does.

    `has_other` says that another account could take it at once should this one refuse.
    """

    message: Turn
    parcel: Parcel
    row: dict[str, Any]
    has_other: bool = False


@dataclass(slots=True)
class Prepared:
    """What became of a claimed batch: what may leave, and the rows of what may not (yet)."""

    ready: list[Ready] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)
    dropped: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)


def prepare(
    messages: Sequence[Turn],
    *,
    setups: Setups,
    known: Mapping[UUID, Loaded] | None = None,
    consents: Consents | None = None,
) -> Prepared:
    """Decide about claimed messages now. Events and consents may be given, loaded in this very moment."""
    merchant_ids = {message.merchant_id for message in messages}
    setup = setups.of(merchant_ids)
    loaded = dict(known or {})
    missing = {message.event_id for message in messages if message.event_id} - loaded.keys()
    if missing:
        loaded |= event_facts.load(Event.objects.filter(pk__among=missing))
    subjects = [_subject(message, loaded, setup) for message in messages]
    if consents is None:
        consents = Consents(
            merchant_ids,
            [subject.target.address for subject in subjects],
            [message.customer_id for message in messages if message.customer_id],
        )
    prepared = Prepared()
    for message, subject in zip(messages, subjects, strict=True):
        _decide(message, subject, prepared, setup=setup, consents=consents)
    return prepared


@dataclass(slots=True)
class _Subject:
    """Whom and what a message is about, as of now."""

    event: str
    facts: Facts
    target: Target
    version: TemplateVersion | None


def _subject(message: Turn, loaded: Mapping[UUID, Loaded], setup: Setup) -> _Subject:
    version = _version(message, setup)
    event = loaded.get(message.event_id) if message.event_id else None
    if event is None:
        kind = version.template.event if version else ""
        return _Subject(kind, _trial_facts(message, kind), _kept_target(message), version)
    target = _kept_target(message)
    if message.recipient == "customer" and event.customer:
        merchant = event.facts["merchant"]
        target = CHANNELS[message.channel].target(
            event.customer, country=merchant["country"], timezone=merchant["timezone"]
        )
    return _Subject(event.kind, event.facts, target, version)


def _kept_target(message: Turn) -> Target:
    return Target(message.address, message.country, message.timezone)


def _trial_facts(message: Turn, kind: str) -> Facts:
    """Return what a test send talks about: the order it was asked for, else a made-up one."""
    if message.order_id:
        order = Order.objects.select_related("customer", "merchant__brand").get(pk=message.order_id)
        return templates.complete(
            event_facts.of_order(order, kind=kind), event=kind, language=message.language
        )
    return templates.sample_facts(kind, message.language) if kind else {}


def _version(message: Turn, setup: Setup) -> TemplateVersion | None:
    """Return the wording in force now: of the planned language, or the next best if that one is gone."""
    wordings = {w.language: w for w in setup.wordings(message.merchant_id, message.template, message.channel)}
    language = choose_language(list(wordings), [message.language])
    return setup.versions[wordings[language].version_id] if language else None


def _decide(
    message: Turn, subject: _Subject, prepared: Prepared, *, setup: Setup, consents: Consents
) -> None:
    now = clock.now()
    channel = CHANNELS[message.channel]
    consent = consents.of(message.merchant_id, message.channel, subject.target.address, message.customer_id)
    # A person who asked for it by hand (a resend, a test) overrides the rule, never the recipient.
    by_hand = message.step > 0 or message.event_id is None
    rule = None if by_hand or message.rule_id is None else setup.rules_by_id.get(message.rule_id)
    choice = None
    if subject.version:
        errand = Errand(
            message.merchant_id,
            subject.target.country,
            message.category,
            subject.version.template_id,
            tried=message.gateway_id,
            only=message.gateway_id if message.recipient == DRILL else None,
        )
        choice = channel.choose(setup, errand, now=now)
    answers = gates.ask(
        Situation(
            now=now,
            event="" if by_hand else subject.event,
            channel=message.channel,
            category=message.category,
            address=subject.target.address,
            country=subject.target.country,
            timezone=subject.target.timezone,
            has_template=subject.version is not None,
            opted_out=consent.opted_out,
            refused=consent.refused,
            quiet_from=consent.quiet_from,
            quiet_until=consent.quiet_until,
            is_rule_on=by_hand or rule is not None,
            match=rule.match if rule else "all",
            conditions=rule.conditions if rule else (),
            facts=subject.facts,
            expires_at=message.expires_at,
            route=choice.route if choice else gates.Route(),
        )
    )
    record = gates.record(answers, at=now, when="sent")
    if choice and choice.passed:
        record["passed"] = [{"gateway": id, "why": why.value} for id, why in choice.passed]
    kept = [*message.gates[:1], record] if message.gates else [record]
    last = answers[-1]
    if last.verdict is Verdict.HOLD:
        prepared.held.append(_row(message, State.HELD, gates=kept, reason=last.reason, due_at=last.until))
    elif last.verdict is Verdict.DROP:
        prepared.dropped.append(_row(message, State.DROPPED, gates=kept, reason=last.reason, finished_at=now))
    elif subject.version is not None and choice is not None:
        _render(message, subject, subject.version, prepared, setup=setup, choice=choice, kept=kept, now=now)


def _row(message: Turn, state: str, **values: Any) -> dict[str, Any]:
    return {"id": message.id, "state": state, "claim": None, "claimed_until": None, **values}


def _render(
    message: Turn,
    subject: _Subject,
    version: TemplateVersion,
    prepared: Prepared,
    *,
    setup: Setup,
    choice: Choice,
    kept: list[Any],
    now: datetime,
) -> None:
    template = version.template
    try:
        is_mail = message.channel == ChannelKind.EMAIL
        wording = templates.wording_of(version, setup.brands.get(message.merchant_id) if is_mail else None)
        rendered = wording.render(
            subject.facts,
            language=template.language,
            timezone=subject.target.timezone,
            links=links.of_message(message.id) if wording.uses_links else None,
        )
    except MissingValue as fault:
        names = ", ".join(fault.names)[:500]
        prepared.failed.append(_failed(message, Reason.MISSING_VALUE, kept, names, now=now))
        return
    except TemplateErrors as fault:
        prepared.failed.append(_failed(message, Reason.BAD_TEMPLATE, kept, str(fault)[:500], now=now))
        return
    parcel = Parcel(
        message_id=message.id,
        attempt_id=uuid7(),
        merchant_id=message.merchant_id,
        address=subject.target.address,
        country=subject.target.country,
        category=message.category,
        rendered=rendered,
        way=choice.way,
        is_drill=message.recipient == DRILL,
    )
    channel = CHANNELS[message.channel]
    channel.pack(parcel, setup, facts=subject.facts, template_id=version.template_id)
    if parcel.gateway_id:
        setup.trials[parcel.gateway_id] += 1
    row = {
        "id": message.id,
        "state": State.SENDING,
        "gates": kept,
        "reason": "",
        "tries": message.tries + 1,
        "address": subject.target.address,
        "country": subject.target.country,
        "language": template.language,
        "template_version_id": version.pk,
        "gateway_id": parcel.gateway_id,
        "subject": rendered.subject[:250],
        "body": channel.words(parcel),
        "parts": channel.parts(parcel),
    }
    prepared.ready.append(Ready(message, parcel, row, has_other=choice.others > message.tries))


def _failed(message: Turn, reason: str, kept: list[Any], detail: str, *, now: datetime) -> dict[str, Any]:
    kept = [*kept[:-1], kept[-1] | {"detail": detail}]
    return _row(message, State.FAILED, gates=kept, reason=reason, error="content", finished_at=now)
