"""Who was told what about an order or a customer, and why not: parts of the pages of the orders' app."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from merchants.masking import contact
from merchants.models import Membership
from merchants.roles import Right
from merchants.screens.base import Text, Tone
from notifications import conditions, facts
from notifications.facts import Loaded
from notifications.models import ChannelKind, Message, OptOut, Preferences, Rule
from notifications.screens import words
from notifications.screens.rule_words import condition_words
from orders.models import Customer, Event, Order
from orders.screens.sections import Section

MOST = 500
FEW = 20
# Most of a message's row is what it said and what the gates answered: its own page shows that.
HEAVY = ("gates", "subject", "body")


@dataclass(frozen=True)
class Line:
    """One message, or one rule that led to none and why."""

    rule: str
    tone: Tone = "plain"
    state: Text = ""
    text: str = ""
    note: str = ""
    message_id: UUID | None = None


def of_events(order: Order, events: Sequence[Event], who: Membership) -> Mapping[UUID, Section]:
    """Return what became of each event: its rules, whether they matched, their messages."""
    kinds = {event.kind for event in events}
    rules = defaultdict(list)
    for rule in Rule.objects.filter(event__in=kinds).order_by("id"):
        rules[rule.event].append(rule)
    sent = defaultdict(list)
    messages = Message.objects.filter(order=order).select_related("rule").defer(*HEAVY).order_by("id")
    for message in messages[:MOST]:
        sent[message.event_id].append(message)
    asked = [event.pk for event in events if not event.silence and rules[event.kind]]
    loaded = facts.load(Event.objects.filter(pk__in=asked)) if asked else {}
    found = {}
    for event in events:
        lines = [_of_message(message, who) for message in sent[event.pk]]
        if not event.silence:
            told = {message.rule_id for message in sent[event.pk]}
            untold = [rule for rule in rules[event.kind] if rule.pk not in told]
            lines += [_of_rule(rule, event, loaded.get(event.pk)) for rule in untold]
        if lines or not event.silence:
            content = {"lines": lines, "is_waiting": event.planned_at is None}
            found[event.pk] = Section("notifications/messages/of_event.html", content)
    return found


def _of_message(message: Message, who: Membership) -> Line:
    address = contact(message.address, who) or words.recipient_of(message, who)
    return Line(
        rule=message.rule.name if message.rule else "",
        tone=words.TONES[message.state],
        state=message.get_state_display(),
        text=f"{message.get_channel_display()} · {address}",
        note=words.reason_of(message.reason),
        message_id=message.pk,
    )


def _of_rule(rule: Rule, event: Event, loaded: Loaded | None) -> Line:
    """Return why a rule told nobody of an event."""
    if not rule.is_active:
        return Line(rule.name, note=_("It is switched off."))
    if event.planned_at is None:
        return Line(rule.name, note=_("It has not been asked yet."))
    if rule.created_at > event.planned_at:
        return Line(rule.name, note=_("It was made after this had happened."))
    if loaded and not conditions.hold(rule.match, rule.conditions, loaded.facts):
        failed = [one for one in rule.conditions if not conditions.hold("all", [one], loaded.facts)]
        unmet = pgettext("between conditions", "; ").join(condition_words(one) for one in failed)
        return Line(rule.name, note=_("Its condition does not hold: %(conditions)s.") % {"conditions": unmet})
    if rule.updated_at > event.planned_at:
        return Line(rule.name, note=_("It was changed after this had happened."))
    return Line(rule.name, note=_("It names nobody who could be told."))


def of_customer(customer: Customer, who: Membership) -> Section:
    """Return what a customer was told lately and what they do not want to hear."""
    messages = Message.objects.filter(customer=customer).select_related("event", "rule", "order")
    latest = list(messages.defer(*HEAVY, "order__attributes", "event__data").order_by("-pk")[: FEW + 1])
    addresses = {ChannelKind.SMS: customer.phone, ChannelKind.EMAIL: customer.email.lower()}
    opt_outs = OptOut.objects.filter(address__in=[one for one in addresses.values() if one]).order_by("pk")
    chosen = Preferences.objects.filter(customer=customer).first()
    return Section(
        "notifications/messages/of_customer.html",
        {
            "messages": [(one, words.event_of(one), words.TONES[one.state]) for one in latest[:FEW]],
            "has_more": len(latest) > FEW,
            "opt_outs": [(row, contact(row.address, who)) for row in opt_outs],
            "refused": _refused(chosen) if chosen else [],
            "quiet": chosen if chosen and chosen.quiet_from and chosen.quiet_until else None,
            "can_change": who.can(Right.CHANGE_CONSENT),
        },
    )


def _refused(chosen: Preferences) -> list[str]:
    """Return what was refused on the preference page, in words."""
    labels = dict(OptOut._meta.get_field("channel").choices or ())
    categories = dict(OptOut._meta.get_field("category").choices or ())
    pairs = [str(one).partition(":") for one in chosen.refused]
    return [f"{labels.get(channel, channel)} · {categories.get(kind, kind)}" for channel, _sep, kind in pairs]
