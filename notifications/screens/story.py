"""One message's story: the event, the rule that answered, what the gates said, what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from merchants.masking import without_contacts
from merchants.models import Membership
from merchants.screens.base import Text, Tone
from notifications.models import Attempt, GatewayAccount, Message, Receipt, State
from notifications.models.messages import DRILL
from notifications.outcomes import ReceiptKind
from notifications.policy.gates import GATES as ASKED
from notifications.screens import words
from notifications.screens.rule_words import delay_words

# The links of a message open the person's own pages; nobody should do so by clicking through the story.
_OWN_LINKS = re.compile(r"(https?://[^\s/]+(?:/[^\s/]+)*?/[uptk]/)[\w-]{16,}")


@dataclass(frozen=True)
class Gate:
    """What one gate said: allow, hold or drop; unasked when an earlier one decided."""

    label: Text
    answer: str


@dataclass(frozen=True)
class Step:
    """One line of the story."""

    tone: Tone
    title: Text
    at: datetime | None = None
    notes: Sequence[str] = ()
    gates: Sequence[Gate] = ()
    quote: str = ""
    badge: Text = ""
    facts: Mapping[Text, str] = field(default_factory=dict)


def why(message: Message) -> tuple[Tone, str]:
    """Return in one sentence why it was sent, or why not."""
    tone = words.TONES[message.state]
    reason = words.reason_of(message.reason)
    match message.state:
        case State.PLANNED:
            text = _("It waits for its time: %(when)s.") % {"when": words.moment(message.due_at)}
        case State.DUE | State.SENDING:
            text = _("It is on its way out.")
        case State.HELD:
            until = words.moment(message.due_at)
            text = _("Held until %(until)s: %(reason)s") % {"until": until, "reason": reason}
        case State.RETRY:
            text = _("The gateway could not take it. It is tried again at %(when)s. %(error)s") % {
                "when": words.moment(message.due_at),
                "error": words.error_of(message.error),
            }
        case State.UNKNOWN:
            text = _(
                "Whether it was sent is not known: the gateway did not answer. It is asked; nothing is sent"
                " twice meanwhile."
            )
        case State.ACCEPTED:
            text = _("It was sent, %(cause)s. No word yet whether it arrived.") % {"cause": _cause(message)}
        case State.DELIVERED:
            text = _("It was sent, %(cause)s, and it arrived.") % {"cause": _cause(message)}
        case State.SEEN:
            text = _("It was sent, %(cause)s, and the person has seen it.") % {"cause": _cause(message)}
        case State.UNDELIVERED:
            text = _("It was sent but did not arrive: %(reason)s") % {"reason": reason}
        case State.FAILED:
            text = _("It was not sent: %(reason)s %(error)s") % {
                "reason": reason,
                "error": words.error_of(message.error),
            }
        case _:
            text = _("It was not sent: %(reason)s") % {"reason": reason}
    return tone, text.strip()


def _cause(message: Message) -> str:
    if message.recipient == DRILL:
        return _("because the gateway was to be tried out")
    if message.event is None:
        return _("because somebody asked for a test")
    if message.step:
        return _("because somebody asked for it again")
    rule = message.rule.name if message.rule else "—"
    return _("because the rule “%(rule)s” answers to “%(event)s”") % {
        "rule": rule,
        "event": words.event_of(message),
    }


def steps_of(
    message: Message, attempts: Iterable[Attempt], receipts: Iterable[Receipt], who: Membership
) -> list[Step]:
    """Return the story, first things first."""
    names = _gateway_names(message)
    steps = [*_beginning(message), *(_asking(kept, who, message, names) for kept in message.gates)]
    later = [*(_attempt(one, who) for one in attempts), *(_receipt(one, who) for one in receipts)]
    return steps + sorted(later, key=lambda step: step.at or message.created_at)


def _beginning(message: Message) -> list[Step]:
    if message.event is None:
        return []
    event = Step("info", words.event_of(message), message.event.occurred_at, badge=_("Event"))
    if message.rule is None:
        return [event]
    notes = []
    if delay := message.rule.delay_seconds:
        notes.append(_("Timing: %(delay)s.") % {"delay": delay_words(delay)})
    return [event, Step("info", message.rule.name, message.created_at, notes, badge=_("Rule"))]


_WHEN = {
    "planned": lambda: _("The gates were asked when it was planned"),
    "sent": lambda: _("The gates were asked before it was sent"),
}


def _gateway_names(message: Message) -> dict[str, str]:
    """Return what the accounts are called that were passed over, those too that are no more."""
    ids = {one["gateway"] for kept in message.gates for one in kept.get("passed", ())}
    if not ids:
        return {}
    rows = GatewayAccount._base_manager.filter(merchant=message.merchant_id, pk__in=ids)
    return {str(id): name for id, name in rows.values_list("pk", "name")}


def _asking(kept: Mapping[str, Any], who: Membership, message: Message, names: Mapping[str, str]) -> Step:
    when, answer = kept.get("when", ""), kept.get("answer", "allow")
    at = parse_datetime(kept["at"]) if kept.get("at") else None
    if when in {"resent", "tested"}:
        title = _("Somebody asked for it again") if when == "resent" else _("Somebody asked for a test")
        by = kept.get("by", "")
        if message.recipient == DRILL and not by:
            # By a script, or by itself.
            return Step("info", _("The gateway was to be tried out"), at, badge=_("Trial"))
        return Step("info", title, at, [without_contacts(by, who)] if by else [], badge=_("By hand"))
    notes = []
    if answer != "allow":
        notes.append(words.reason_of(kept.get("reason", "")))
    if kept.get("until"):
        notes.append(_("Until %(until)s.") % {"until": words.moment(kept["until"])})
    if kept.get("detail"):
        notes.append(without_contacts(str(kept["detail"]), who))
    for one in kept.get("passed", ()):
        notes.append(
            _("%(gateway)s was passed over: %(why)s.")
            % {
                "gateway": names.get(one["gateway"], _("A gateway")),
                "why": words.obstacle_of(one["why"]),
            }
        )
    if kept.get("passed") and answer == "allow" and message.gateway:
        notes.append(_("So it took %(gateway)s.") % {"gateway": message.gateway.name})
    tone: Tone = "good" if answer == "allow" else "wait" if answer == "hold" else "bad"
    title = _WHEN.get(when, lambda: _("The gates were asked"))()
    return Step(tone, title, at, notes, gates=_gates(kept))


def _gates(kept: Mapping[str, Any]) -> list[Gate]:
    allowed = set(kept.get("allowed", ()))
    answers = dict.fromkeys(allowed, "allow")
    if kept.get("gate"):
        answers[kept["gate"]] = kept["answer"]
    order = [gate.__name__ for gate in ASKED]
    names = [name for name in order if name in answers] + [name for name in answers if name not in order]
    return [Gate(words.GATES.get(name) or name, answers[name]) for name in names]


OUTCOMES: dict[str, Tone] = {
    Attempt.Outcome.STARTED: "info",
    Attempt.Outcome.ACCEPTED: "good",
    Attempt.Outcome.REFUSED: "bad",
    Attempt.Outcome.UNKNOWN: "wait",
}


def _attempt(attempt: Attempt, who: Membership) -> Step:
    gateway = attempt.gateway.name if attempt.gateway else _("Mail server")
    facts: dict[Text, str] = {}
    if attempt.finished_at:
        took = (attempt.finished_at - attempt.started_at).total_seconds()
        facts[_("Took")] = _("%(milliseconds)d ms") % {"milliseconds": round(took * 1000)}
    if attempt.code:
        facts[_("Code")] = attempt.code
    if attempt.provider_id:
        facts[_("Vendor's number")] = attempt.provider_id
    facts[_("Our reference")] = attempt.id.hex
    return Step(
        OUTCOMES[attempt.outcome],
        _("Attempt %(number)d through %(gateway)s") % {"number": attempt.number, "gateway": gateway},
        attempt.started_at,
        [words.error_of(attempt.error)] if attempt.error else [],
        quote=without_contacts(attempt.text, who),
        badge=attempt.get_outcome_display(),
        facts=facts,
    )


def _receipt(receipt: Receipt, who: Membership) -> Step:
    tone, title = words.RECEIPTS[ReceiptKind(receipt.kind)]
    facts: dict[Text, str] = {_("Code"): receipt.code} if receipt.code else {}
    return Step(
        tone,
        title,
        receipt.received_at,
        [words.error_of(receipt.error)] if receipt.error else [],
        quote=without_contacts(receipt.text, who),
        badge=_("Receipt"),
        facts=facts,
    )


def seen_text(message: Message) -> str:
    """Return what the person saw, without the links that are theirs alone."""
    return _OWN_LINKS.sub(r"\1…", message.body)
