"""How states, gates, refusals, receipts and recipients are said on screen."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from merchants.masking import contact
from merchants.models import Membership
from merchants.roles import Role
from merchants.screens.base import Text, Tone, shown
from notifications.models import Message, State
from notifications.models.messages import DRILL
from notifications.outcomes import ErrorClass, ReceiptKind
from notifications.reasons import Reason
from notifications.routing import Obstacle

TONES: dict[str, Tone] = {
    State.PLANNED: "plain",
    State.DUE: "plain",
    State.HELD: "wait",
    State.SENDING: "info",
    State.RETRY: "wait",
    State.UNKNOWN: "wait",
    State.ACCEPTED: "info",
    State.DELIVERED: "good",
    State.SEEN: "good",
    State.UNDELIVERED: "bad",
    State.FAILED: "bad",
    State.DROPPED: "plain",
}
GATES: dict[str, Text] = {
    "address": gettext_lazy("Address"),
    "consent": gettext_lazy("Opt-outs"),
    "preference": gettext_lazy("Preferences"),
    "duplicate": gettext_lazy("No duplicate"),
    "still_true": gettext_lazy("Still true"),
    "useful_life": gettext_lazy("Still useful"),
    "quiet_hours": gettext_lazy("Quiet hours"),
    "budget": gettext_lazy("Sending limit"),
    "route": gettext_lazy("Gateway and wording"),
    "rate_limit": gettext_lazy("Rate limit"),
}
ERRORS: dict[str, Text] = {
    ErrorClass.RECIPIENT: gettext_lazy("This address does not work."),
    ErrorClass.OPTED_OUT: gettext_lazy("The vendor holds a refusal by this person."),
    ErrorClass.CONTENT: gettext_lazy("The text, template, signature or a variable was not accepted."),
    ErrorClass.RATE_RECIPIENT: gettext_lazy("Too many messages to this person."),
    ErrorClass.RATE_ACCOUNT: gettext_lazy("Too many messages on this account."),
    ErrorClass.BALANCE: gettext_lazy("The account has no money or quota left."),
    ErrorClass.CREDENTIALS: gettext_lazy("The account's key or permission was not accepted."),
    ErrorClass.CONFIG: gettext_lazy("The account is set up wrongly."),
    ErrorClass.NO_ROUTE: gettext_lazy("The account does not reach this country or network."),
    ErrorClass.TRANSIENT: gettext_lazy("A passing fault; it was certainly not taken."),
}
# The same in a word or two, for counts.
ERROR_NAMES: dict[str, Text] = {
    ErrorClass.RECIPIENT: pgettext_lazy("why it was refused", "address"),
    ErrorClass.OPTED_OUT: gettext_lazy("opted out"),
    ErrorClass.CONTENT: gettext_lazy("content"),
    ErrorClass.RATE_RECIPIENT: gettext_lazy("too many to one person"),
    ErrorClass.RATE_ACCOUNT: gettext_lazy("too many on the account"),
    ErrorClass.BALANCE: gettext_lazy("no money"),
    ErrorClass.CREDENTIALS: gettext_lazy("key or permission"),
    ErrorClass.CONFIG: gettext_lazy("set up wrongly"),
    ErrorClass.NO_ROUTE: gettext_lazy("no route"),
    ErrorClass.TRANSIENT: gettext_lazy("passing fault"),
}
# Why an account is passed over, as the end of a sentence that begins with its name.
OBSTACLES: dict[str, Text] = {
    Obstacle.NO_TEMPLATE: gettext_lazy("it sends by its own templates, and this one is not usable there yet"),
    Obstacle.NO_SIGNATURE_HERE: gettext_lazy("its vendor does not let the signature be used yet"),
    Obstacle.RESTING: gettext_lazy("it rests"),
    Obstacle.DOUBTED: gettext_lazy("its receipts stay away"),
    Obstacle.SILENT: gettext_lazy("it has not answered the texts that left just before"),
    Obstacle.ON_TRIAL: gettext_lazy("it is on trial after a rest and has had its few texts of this second"),
    Obstacle.JUST_TRIED: gettext_lazy("it has just been tried in vain"),
}
# Why an account was left alone, as the codes of `gateway.switched` say.
WHYS: dict[str, Text] = {
    "refused": gettext_lazy("its vendor refuses the account"),
    "failing": gettext_lazy("it fails too often"),
    "hanging": gettext_lazy("it does not answer"),
    "slow": gettext_lazy("its receipts stay away"),
}
RECEIPTS: dict[str, tuple[Tone, Text]] = {
    ReceiptKind.DELIVERED: ("good", gettext_lazy("It arrived")),
    ReceiptKind.UNDELIVERED: ("bad", gettext_lazy("It did not arrive")),
    ReceiptKind.PROGRESS: ("info", gettext_lazy("The carrier has it")),
    ReceiptKind.OPENED: ("good", gettext_lazy("Opened")),
    ReceiptKind.CLICKED: ("good", gettext_lazy("A link was clicked")),
    ReceiptKind.COMPLAINED: ("bad", gettext_lazy("Reported as spam")),
    ReceiptKind.UNSUBSCRIBED: ("wait", gettext_lazy("Unsubscribed")),
    ReceiptKind.REPLY: ("info", gettext_lazy("The person replied")),
}


def reason_of(code: str) -> str:
    """Return the sentence of a reason's code; the code itself if we have none."""
    return str(Reason(code).label) if code in Reason.values else code


def error_of(code: str) -> str:
    return str(ERRORS.get(code, code))


def obstacle_of(code: str) -> str:
    return str(OBSTACLES.get(code, code))


def seconds(value: float) -> str:
    """Return a span of time as people read it, from thousandths of a second to hours."""
    if value < 1:
        return _("%(count)d ms") % {"count": round(value * 1000)}
    if value < 120:
        return _("%(count)s s") % {"count": f"{value:.1f}".rstrip("0").rstrip(".")}
    if value < 7200:
        return _("%(count)d min") % {"count": round(value / 60)}
    return _("%(count)d h") % {"count": round(value / 3600)}


def moment(value: Any) -> str:
    """Return a time as people read it, from a datetime or its ISO 8601."""
    parsed = parse_datetime(value) if isinstance(value, str) else value
    return str(shown(timezone.localtime(parsed))) if parsed else "—"


def recipient_of(message: Message, who: Membership) -> str:
    """Return who is told, as this person may see it."""
    kind, _sep, rest = message.recipient.partition(":")
    if kind == "customer":
        return _("Customer")
    if kind == "test":
        return _("Test")
    if kind == DRILL:
        return _("Trial of a gateway")
    if kind == "user":
        return _("Team")
    if kind == "role" and rest in Role.values:
        return str(Role(rest).label)
    return contact(rest or message.recipient, who)


def event_of(message: Message) -> str:
    if message.recipient == DRILL:
        return _("Trial of a gateway")
    return str(message.event.get_kind_display()) if message.event else _("Test")
