"""What an event leads to: rules, people and channels made into drafts of messages. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from notifications import conditions
from notifications.policy import gates
from notifications.recipients import Person, choose_language, resolve

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A rule as the planner sees it; durations in seconds."""

    id: UUID
    event: str
    match: str
    conditions: Sequence[Mapping[str, Any]]
    recipients: Sequence[str]
    channels: Sequence[str]
    strategy: str
    template: str
    delay: int = 0
    useful: int = 86_400
    lane: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """One active template: which version says it in which language."""

    template_id: UUID
    version_id: UUID
    language: str
    category: str


@dataclass(frozen=True, slots=True)
class EventFacts:
    id: UUID
    kind: str
    occurred_at: datetime
    lane: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Target:
    """An address on a channel, and whose rules of time and place hold for it."""

    address: str
    country: str = ""
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person refused, as far as one address goes."""

    opted_out: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    quiet_from: Any = None
    quiet_until: Any = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the planner may ask about the merchant's world; each call is a look-up in what was loaded."""

    target: Callable[[str, Person], Target]
    wordings: Callable[[str, str], Sequence[Wording]]
    consent: Callable[[str, str, Person], Consent]
    route: Callable[[str, str, Wording], gates.Route]
    languages: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A message about to be written. `answers` are the gates'; the last one decided."""

    event_id: UUID
    rule_id: UUID
    person: Person
    channel: str
    target: Target
    wording: Wording | None
    template: str
    lane: str
    due_at: datetime
    expires_at: datetime
    answers: Sequence[gates.Answer] = field(default_factory=tuple)

    @property
    def verdict(self) -> gates.Verdict:
        return self.answers[-1].verdict


def matching(event: EventFacts, rules: Iterable[RuleFacts]) -> list[RuleFacts]:
    """Return the rules that the event triggers."""
    return [
        rule
        for rule in rules
        if rule.event == event.kind and conditions.hold(rule.match, rule.conditions, event.facts)
    ]


def plan(
    event: EventFacts,
    rules: Iterable[RuleFacts],
    *,
    customer: Person | None,
    team: Mapping[str, Sequence[Person]],
    around: Surroundings,
    now: datetime,
) -> list[Draft]:
    """Return every message the event leads to, with what the gates say of it now.

    With the strategy "all" a person gets a draft per channel; with "first_available" one draft, on
    the first channel whose gates do not drop it (else the first channel's, to say why not).
    """
    drafts: list[Draft] = []
    seen: set[tuple[str, str, str]] = set()
    for rule in matching(event, rules):
        for person in resolve(rule.recipients, customer=customer, team=team):
            options: list[Draft] = []
            for channel in rule.channels:
                draft = _draft(event, rule, person, channel, around=around, now=now, seen=seen)
                options.append(draft)
                if rule.strategy == "first_available" and draft.verdict is not gates.Verdict.DROP:
                    options = [draft]
                    break
            chosen = options if rule.strategy == "all" else options[:1]
            drafts.extend(chosen)
            seen.update((draft.channel, draft.target.address, draft.template) for draft in chosen)
    return drafts


def _draft(
    event: EventFacts,
    rule: RuleFacts,
    person: Person,
    channel: str,
    *,
    around: Surroundings,
    now: datetime,
    seen: set[tuple[str, str, str]],
) -> Draft:
    target = around.target(channel, person)
    wordings = {wording.language: wording for wording in around.wordings(rule.template, channel)}
    order_language = (event.facts.get("order") or {}).get("language") or ""
    wishes = [wish for wish in (person.language, order_language, *around.languages) if wish]
    language = choose_language(list(wordings), wishes)
    wording = wordings[language] if language else None
    category = wording.category if wording else "transactional"
    due_at = event.occurred_at + timedelta(seconds=rule.delay) if rule.delay else now
    expires_at = max(due_at, now if rule.delay == 0 else due_at) + timedelta(seconds=rule.useful)
    consent = around.consent(channel, target.address, person)
    answers = gates.ask(
        gates.Situation(
            now=max(now, due_at),
            event=event.kind,
            channel=channel,
            category=category,
            address=target.address,
            country=target.country,
            timezone=target.timezone,
            has_template=wording is not None,
            opted_out=consent.opted_out,
            refused=consent.refused,
            quiet_from=consent.quiet_from,
            quiet_until=consent.quiet_until,
            is_duplicate=(channel, target.address, rule.template) in seen,
            match=rule.match,
            conditions=rule.conditions,
            facts=event.facts,
            expires_at=expires_at,
            route=around.route(channel, target.country, wording) if wording else gates.Route(),
        )
    )
    last = answers[-1]
    return Draft(
        event_id=event.id,
        rule_id=rule.id,
        person=person,
        channel=channel,
        target=target,
        wording=wording,
        template=rule.template,
        lane=rule.lane or ("bulk" if category == "marketing" else event.lane),
        due_at=last.until if last.verdict is gates.Verdict.HOLD and last.until else max(now, due_at),
        expires_at=expires_at,
        answers=answers,
    )
