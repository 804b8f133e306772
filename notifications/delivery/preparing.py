"""Ask the gates again and find the words: what a message is about to be, just before it leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone as clock

from merchants.ids import uuid7
from notifications import links
from notifications.channels.base import Parcel
from notifications.channels.registry import CHANNELS
from notifications.delivery.consents import Consents
from notifications.delivery.subjects import Subject, subjects_of, wording_of
from notifications.delivery.turn import Turn
from notifications.facts import Loaded
from notifications.limits.usage import Budgets, Spending
from notifications.models import ChannelKind, State, TemplateVersion
from notifications.models.messages import DRILL
from notifications.policy import gates
from notifications.policy.gates import Situation, Verdict
from notifications.reasons import Reason
from notifications.rendering import MissingValue, TemplateErrors
from notifications.routing import Choice, Errand
from notifications.setup import Setup, Setups


@dataclass(slots=True)
class Ready:
    """A message that may leave: what goes, and the row that says so before it does.

    `at` is the moment of the decision; `has_other` says that another account could take it at once should
    this one refuse, `other_at` when one could that rests; `spending` is what it counts for in the merchant's
    budget.
    """

    message: Turn
    parcel: Parcel
    row: dict[str, Any]
    at: datetime
    has_other: bool = False
    other_at: datetime | None = None
    spending: Spending | None = None


@dataclass(slots=True)
class Prepared:
    """What was decided about messages: what may leave, and the rows of what may not (yet)."""

    setup: Setup
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
    """Decide about messages now. Events and consents may be given, loaded in this very moment."""
    merchant_ids = {message.merchant_id for message in messages}
    setup = setups.of(merchant_ids)
    subjects = subjects_of(messages, setup, known=known or {})
    if consents is None:
        consents = Consents(
            merchant_ids,
            [subject.target.address for subject in subjects],
            [message.customer_id for message in messages if message.customer_id],
        )
    prepared = Prepared(setup)
    around = _Around(consents, Budgets(setup, now=clock.now()))
    for message, subject in zip(messages, subjects, strict=True):
        _decide(message, subject, prepared, around)
    return prepared


@dataclass(slots=True)
class _Around:
    """What is known of people and of the merchants' budgets at this moment."""

    consents: Consents
    budgets: Budgets

    def until(self, message: Turn, country: str) -> datetime | None:
        """Return until when the merchant's budget holds a message, if it does."""
        is_text = message.channel == ChannelKind.SMS
        return self.budgets.until(message.merchant_id, country) if is_text else None


def _decide(message: Turn, subject: Subject, prepared: Prepared, around: _Around) -> None:
    now, setup = clock.now(), prepared.setup
    channel = CHANNELS[message.channel]
    is_text = message.channel == ChannelKind.SMS
    consent = around.consents.of(
        message.merchant_id, message.channel, subject.target.address, message.customer_id
    )
    # A person who asked for it by hand (a resend, a test) overrides the rule, never the recipient.
    by_hand = message.step > 0 or message.event_id is None
    rule = None if by_hand or message.rule_id is None else setup.rules_by_id.get(message.rule_id)
    choice = None
    # The wording may have become an advertisement since the message was planned.
    category = message.category
    if subject.version:
        category = subject.version.template.category
        errand = Errand(
            message.merchant_id,
            subject.target.country,
            category,
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
            category=category,
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
            budget_until=around.budgets.until(message.merchant_id, subject.target.country)
            if is_text
            else None,
            route=choice.route if choice else gates.Route(),
        )
    )
    record = gates.record(answers, at=now, when="sent")
    if choice and choice.passed:
        record["passed"] = [{"gateway": id, "why": why.value} for id, why in choice.passed]
    kept = [*message.gates[:1], record] if message.gates else [record]
    last = answers[-1]
    if last.verdict is Verdict.HOLD:
        prepared.held.append(held_row(message, gates=kept, reason=last.reason, until=last.until or now))
    elif last.verdict is Verdict.DROP:
        row = {"id": message.id, "state": State.DROPPED, "gates": kept, "reason": last.reason}
        prepared.dropped.append(row | {"finished_at": now})
    elif subject.version is not None and choice is not None:
        _render(message, subject, subject.version, prepared, choice=choice, kept=kept, now=now)


def held_row(message: Turn, *, gates: list[Any], reason: str, until: datetime) -> dict[str, Any]:
    """Return the changed columns of a message that waits, no longer than it is of use."""
    if message.expires_at is not None:
        until = min(until, message.expires_at)
    return {"id": message.id, "state": State.HELD, "gates": gates, "reason": reason, "due_at": until}


def _render(
    message: Turn,
    subject: Subject,
    version: TemplateVersion,
    prepared: Prepared,
    *,
    choice: Choice,
    kept: list[Any],
    now: datetime,
) -> None:
    template, setup = version.template, prepared.setup
    try:
        wording = wording_of(message, version, setup)
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
        category=template.category,
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
        "look_at": now + timedelta(seconds=settings.DELIVERY["sending_seconds"]),
        "gates": kept,
        "reason": "",
        "tries": message.tries + 1,
        "address": subject.target.address,
        "country": subject.target.country,
        "category": template.category,
        "language": template.language,
        "template_version_id": version.pk,
        "gateway_id": parcel.gateway_id,
        "subject": rendered.subject[:250],
        "body": channel.words(parcel),
        "parts": channel.parts(parcel),
    }
    has_other = choice.others > message.tries
    prepared.ready.append(Ready(message, parcel, row, now, has_other=has_other, other_at=choice.other_at))


def _failed(message: Turn, reason: str, kept: list[Any], detail: str, *, now: datetime) -> dict[str, Any]:
    kept = [*kept[:-1], kept[-1] | {"detail": detail}]
    ended = {"id": message.id, "state": State.FAILED, "gates": kept, "reason": reason}
    return ended | {"error": "content", "finished_at": now}
