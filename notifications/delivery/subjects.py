"""Whom and what messages are about, as of now: facts, address, and the wording in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from notifications import facts as event_facts
from notifications import query_codes, templates
from notifications.channels.registry import CHANNELS
from notifications.delivery.turn import Turn
from notifications.facts import Facts, Loaded
from notifications.models import ChannelKind, TemplateVersion
from notifications.planning import Target
from notifications.recipients import choose_language
from notifications.rendering import TemplateErrors, Wording
from notifications.setup import Setup
from orders.models import Event, Order


@dataclass(slots=True)
class Subject:
    """Whom and what a message is about, as of now."""

    event: str
    facts: Facts
    target: Target
    version: TemplateVersion | None


def subjects_of(messages: Sequence[Turn], setup: Setup, *, known: Mapping[UUID, Loaded]) -> list[Subject]:
    """Return what each message is about; events in `known` were loaded in this very moment."""
    loaded = dict(known)
    missing = {message.event_id for message in messages if message.event_id} - loaded.keys()
    if missing:
        loaded |= event_facts.load(Event.objects.filter(pk__among=missing))
    subjects = [_of(message, loaded, setup) for message in messages]
    _add_query_codes(messages, subjects, setup)
    return subjects


def _of(message: Turn, loaded: Mapping[UUID, Loaded], setup: Setup) -> Subject:
    version = _version(message, setup)
    event = loaded.get(message.event_id) if message.event_id else None
    if event is None:
        kind = version.template.event if version else ""
        return Subject(kind, _trial_facts(message, kind), _kept_target(message), version)
    target = _kept_target(message)
    if message.recipient == "customer" and event.customer:
        merchant = event.facts["merchant"]
        target = CHANNELS[message.channel].target(
            event.customer, country=merchant["country"], timezone=merchant["timezone"]
        )
    return Subject(event.kind, event.facts, target, version)


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


def _add_query_codes(messages: Sequence[Turn], subjects: Sequence[Subject], setup: Setup) -> None:
    """Make the codes of the orders whose texts tell one."""
    wanted = [
        (message, subject)
        for message, subject in zip(messages, subjects, strict=True)
        if message.order_id and subject.version and _tells_query_code(message, subject.version, setup)
    ]
    orders = {message.order_id: message.merchant_id for message, _ in wanted if message.order_id}
    codes = query_codes.of_orders(orders) if orders else {}
    for message, subject in wanted:
        if code := codes.get(message.order_id or message.id):
            subject.facts = event_facts.with_query_code(subject.facts, code)


def _tells_query_code(message: Turn, version: TemplateVersion, setup: Setup) -> bool:
    try:
        return wording_of(message, version, setup).uses_query_code
    except TemplateErrors:
        return False  # it says so itself when it is rendered


def wording_of(message: Turn, version: TemplateVersion, setup: Setup) -> Wording:
    is_mail = message.channel == ChannelKind.EMAIL
    return templates.wording_of(version, setup.brands.get(message.merchant_id) if is_mail else None)
