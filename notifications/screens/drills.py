"""Try a gateway out: a text to one's own phone, and all that went over the wire, as it happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.roles import Right
from merchants.screens import Action, Column, DetailScreen
from merchants.screens.base import Text, Tone
from notifications import testsend
from notifications.gateways.registry import GATEWAYS
from notifications.models import Attempt, GatewayAccount, Message, Receipt, State
from notifications.models.messages import DRILL, FINAL
from notifications.outcomes import ReceiptKind
from notifications.screens import story, words
from notifications.screens.trials import TrialScreen

# A page that is left open asks for so long; afterwards a reload shows what came later.
WATCHED = timedelta(minutes=10)


class DrillStart(TrialScreen[GatewayAccount]):
    """Send a text to one's own phone, in a wording that this account can send."""

    model = GatewayAccount
    right = Right.CONNECT
    section = "gateways"
    back = "gateway_detail"
    intro = gettext_lazy(
        "One of your templates, about a made-up order, goes to your own phone through this gateway and no"
        " other. You see what was asked, what it answered, and when the receipt came."
    )

    def get_title(self) -> Text:
        return _("Try out: %(gateway)s") % {"gateway": self.row}

    def send(self, form: forms.Form) -> Message:
        address = form.cleaned_data["address"]
        return testsend.drill(self.row, address=address, by=self.request.user)

    def done(self, row: Message) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("gateway_drill", args=[row.gateway_id, row.pk]))


@dataclass(frozen=True)
class Try:
    """One attempt: what was asked, what was answered, what it means."""

    attempt: Attempt
    tone: Tone
    meaning: Text
    left_after: str
    answered_after: str
    receipts: list[Arrival]


@dataclass(frozen=True)
class Arrival:
    """A receipt, and how long after the answer it came."""

    receipt: Receipt
    tone: Tone
    title: Text
    meaning: Text
    after: str


class Drill(DetailScreen[Message]):
    """What became of one trial; the page loads itself anew until there is nothing more to come."""

    model = Message
    template_name = "notifications/gateways/drill.html"
    right = Right.CONNECT
    section = "gateways"
    actions = (Action(gettext_lazy("Its story"), "message_detail"),)

    def get_queryset(self) -> QuerySet[Message]:
        rows = super().get_queryset().filter(recipient=DRILL, gateway=self.kwargs["gateway"])
        return rows.select_related("gateway", "event", "rule")

    def get_title(self) -> Text:
        return _("Try out: %(gateway)s") % {"gateway": self.row.gateway}

    def get_facts(self) -> list[Column]:
        return [
            Column(_("State"), "get_state_display", badge=lambda row: words.TONES[row.state]),
            Column(_("To"), "address"),
            Column(_("Asked for"), lambda row: clock.localtime(row.created_at).strftime("%Y-%m-%d %H:%M:%S")),
            Column(_("Template"), "template"),
        ]

    def get_context(self) -> dict[str, Any]:
        message = self.row
        tone, sentence = story.why(message)
        attempts = list(message.attempts.order_by("number")[:20])
        receipts = list(message.receipts.order_by("pk")[:50])
        return {
            "tone": tone,
            "sentence": sentence,
            "tries": [_try(one, message, receipts if one is attempts[-1] else []) for one in attempts],
            "is_over": is_over(message, now=clock.now()),
            "makes_no_request": not message.gateway or message.gateway.kind == "sandbox",
            "again_url": reverse("gateway_test", args=[message.gateway_id]),
            "gateway_url": reverse("gateway_detail", args=[message.gateway_id]),
        }


def is_over(message: Message, *, now: datetime) -> bool:
    """Say whether nothing more is to be expected, or nobody waits for it any more."""
    if message.state in FINAL or message.created_at + WATCHED < now:
        return True
    gateway = GATEWAYS.get(message.gateway.kind) if message.gateway else None
    return message.state == State.ACCEPTED and (gateway is None or not gateway.reports)


def _try(attempt: Attempt, message: Message, receipts: list[Receipt]) -> Try:
    tone = story.OUTCOMES[attempt.outcome]
    meaning: Text = ""
    if attempt.error:
        meaning = words.error_of(attempt.error)
    elif attempt.outcome == Attempt.Outcome.UNKNOWN:
        meaning = _("Nobody knows yet whether it was taken.")
    elif attempt.outcome == Attempt.Outcome.ACCEPTED:
        meaning = _("The vendor took it.")
    ended = attempt.finished_at
    return Try(
        attempt,
        tone,
        meaning,
        words.seconds((attempt.started_at - message.created_at).total_seconds()),
        words.seconds((ended - attempt.started_at).total_seconds()) if ended else "",
        [_arrival(one, since=ended or attempt.started_at) for one in receipts],
    )


def _arrival(receipt: Receipt, *, since: datetime) -> Arrival:
    tone, title = words.RECEIPTS[ReceiptKind(receipt.kind)]
    after = words.seconds(max(0.0, (receipt.received_at - since).total_seconds()))
    return Arrival(receipt, tone, title, words.error_of(receipt.error) if receipt.error else "", after)
