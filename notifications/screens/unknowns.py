"""What nobody knows the outcome of: what is being found out, how and until when, and what was given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import path, reverse
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants.ids import first_id_at
from merchants.masking import contact
from merchants.roles import Right
from merchants.screens import Action, Column, ListScreen, navigation
from merchants.screens.base import Text
from notifications.delivery.asking import can_ask, terms_of
from notifications.gateways.registry import GATEWAYS
from notifications.models import Attempt, Message, State
from notifications.reasons import Reason
from notifications.resending import can_resend
from notifications.screens import words

LOOKED_BACK = timedelta(days=7)
# What was given up lately is looked for among messages that were made so long before at the most.
MOST_DELAY = timedelta(days=7)
MOST_GIVEN_UP = 50
HEAVY = ("gates", "subject", "body", "order__attributes", "event__data")
RESEND = Action(_("Send again"), "message_resend", Right.SEND, icon="send", when=can_resend)


@dataclass(frozen=True)
class Search:
    """How the outcome of a message is being found out."""

    how: Text
    since: datetime | None = None
    asked_next: datetime | None = None
    deadline: datetime | None = None


def latest_attempt(message: Message) -> Attempt | None:
    """Return the last attempt of a message whose attempts are loaded, in their order."""
    attempts = list(message.attempts.all())
    return attempts[-1] if attempts else None


def search_of(message: Message) -> Search:
    """Return how it is found out what became of a message, as the delivery does it."""
    attempt = latest_attempt(message)
    if attempt is None:
        return Search(_("Nobody can be asked"))
    terms = terms_of(attempt)
    deadline = attempt.started_at + timedelta(seconds=terms.deadline)
    if not can_ask(attempt):
        gateway = GATEWAYS.get(attempt.gateway.kind) if attempt.gateway else None
        reports = gateway is None or gateway.reports
        how = _("By a receipt, should one come") if reports else _("Nobody can be asked")
        return Search(how, attempt.started_at, None, deadline)
    first = attempt.started_at + timedelta(seconds=terms.ask_after)
    next_one = max(first, message.look_at or first)
    return Search(
        _("The gateway is asked; a receipt settles it too"),
        attempt.started_at,
        next_one if next_one < deadline else None,
        deadline,
    )


def gateway_of(message: Message) -> Text:
    """Return through which account the last attempt went."""
    attempt = latest_attempt(message)
    if attempt is None:
        return ""
    return attempt.gateway.name if attempt.gateway else _("Mail server")


def order_url(message: Message) -> str | None:
    return reverse("order_detail", args=[message.order_id]) if message.order_id else None


def with_attempts(rows: QuerySet[Message]) -> QuerySet[Message]:
    """Load what a line tells, in three queries."""
    attempts = Attempt.objects.select_related("gateway").order_by("number")
    return (
        rows.select_related("order", "event").defer(*HEAVY).prefetch_related(Prefetch("attempts", attempts))
    )


class UnknownList(ListScreen[Message]):
    model = Message
    template_name = "notifications/messages/unknowns.html"
    section = "unknown"
    title = _("Unknown outcomes")
    # What is looked at next comes first.
    ordering = ("look_at", "pk")

    def get_queryset(self) -> QuerySet[Message]:
        return with_attempts(super().get_queryset().filter(state=State.UNKNOWN))

    def get_columns(self) -> Sequence[Column]:
        return (
            Column(
                pgettext_lazy("of an unknown outcome", "Since"),
                lambda row: search_of(row).since,
                link="message_detail",
            ),
            *self._about(),
            Column(_("How it is settled"), lambda row: search_of(row).how),
            Column(_("Asked next"), lambda row: search_of(row).asked_next),
            Column(_("Given up at"), lambda row: search_of(row).deadline),
        )

    def _about(self) -> tuple[Column, ...]:
        who = self.membership
        return (
            Column(_("Event"), words.event_of),
            Column(_("Order"), "order.number", link=order_url),
            Column(_("To"), lambda row: contact(row.address, who) or words.recipient_of(row, who)),
            Column(_("Gateway"), gateway_of),
        )

    def get_context(self) -> dict[str, Any]:
        rows = list(with_attempts(self._given_up())[: MOST_GIVEN_UP + 1])
        columns = (Column(_("Given up"), "finished_at", link="message_detail"), *self._about())
        return {
            "given_up": [
                {"cells": [column.cell(row) for column in columns], "actions": self._actions(row)}
                for row in rows[:MOST_GIVEN_UP]
            ],
            "given_up_columns": columns,
            "has_more": len(rows) > MOST_GIVEN_UP,
            "reason": Reason.UNKNOWN_OUTCOME.value,
        }

    def _given_up(self) -> QuerySet[Message]:
        since = clock.now() - LOOKED_BACK
        rows: QuerySet[Message] = Message.objects.filter(
            pk__gte=first_id_at(since - MOST_DELAY),
            state=State.FAILED,
            reason=Reason.UNKNOWN_OUTCOME,
            finished_at__gte=since,
        )
        return rows.order_by("-finished_at", "-pk")

    def _actions(self, row: Message) -> list[dict[str, Any]]:
        button = RESEND.shown_for(self.membership, row)
        return [button] if button else []


navigation.add(
    navigation.Entry("unknown", _("Unknown outcomes"), url="unknown_list", icon="unknown", place=34)
)
urlpatterns = [path("unknown-outcomes/", UnknownList.as_view(), name="unknown_list")]
