"""The inbox: what people answered, what that did, and the talk around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants.masking import contact, without_contacts
from merchants.roles import Right
from merchants.screens import Action, ActionScreen, Column, DetailScreen, ListScreen, navigation
from merchants.screens.base import Text, Tone
from notifications.consent import BadAddress, normalise_address
from notifications.models import Message, Receipt
from notifications.receipts import inbox
from notifications.receipts.inbox import Effect
from notifications.screens import story, words

SHOWN = {"": inbox.unread, "stop": inbox.asked_to_stop, "all": inbox.replies}
MOST_IN_A_LINE = 160
MOST_SAID = 60
TONES: dict[Effect, Tone] = {
    Effect.NONE: "plain",
    Effect.HELP: "info",
    Effect.OUT_OF_OFFERS: "wait",
    Effect.OUT: "wait",
    Effect.IN: "good",
}
HEAVY = ("message__gates", "message__subject", "message__body")


def is_unread(reply: Receipt) -> bool:
    return reply.read_at is None


def message_url(reply: Receipt) -> str | None:
    return reverse("message_detail", args=[reply.message_id]) if reply.message_id else None


def answered(reply: Receipt) -> str:
    """Return what the message was about that a reply answers."""
    return words.event_of(reply.message) if reply.message else ""


class ReplyFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    # Which rows these are is for the list to say, which shows the unread unless it is told otherwise.
    show = django_filters.ChoiceFilter(
        label=_("Show"),
        choices=[("stop", _("Words such as STOP")), ("all", _("All"))],
        empty_label=_("Unread"),
        method=lambda rows, _name, _value: rows,
    )

    class Meta:
        model = Receipt
        fields = ()


class ReplyList(ListScreen[Receipt]):
    model = Receipt
    template_name = "notifications/replies/list.html"
    section = "replies"
    title = _("Replies")
    filterset_class = ReplyFilter
    search = ("text__icontains",)
    search_hint = _("Words, whole phone or email")
    row_actions = (Action(_("Mark as read"), "reply_read", Right.SEND, is_post=True, when=is_unread),)

    def get_queryset(self) -> QuerySet[Receipt]:
        shown = SHOWN.get(self.request.GET.get("show", ""), inbox.replies)
        return shown().select_related("message__event", "gateway").defer(*HEAVY, "message__event__data")

    def get_rows(self) -> tuple[QuerySet[Receipt], Any]:
        """Search for a sender by the whole address, where the person may see addresses."""
        if self.membership.can(Right.SEE_CONTACTS):
            try:
                address = normalise_address(
                    "email" if "@" in self.sought else "sms", self.sought, self.merchant.country
                )
            except BadAddress:
                return super().get_rows()
            filterset = ReplyFilter(self.request.GET or None, queryset=self.get_queryset())
            return filterset.qs.filter(address=address).order_by("-pk"), filterset
        return super().get_rows()

    def get_columns(self) -> Sequence[Column]:
        who = self.membership
        return (
            Column(_("Received"), "received_at", link="reply_detail"),
            Column(pgettext_lazy("of a reply", "From"), lambda row: contact(row.address, who)),
            Column(
                pgettext_lazy("of a reply", "Words"), lambda row: _in_a_line(without_contacts(row.text, who))
            ),
            Column(_("What it did"), lambda row: inbox.effect_of(row).label, badge=tone_of),
            Column(_("Answers"), answered, link=message_url),
            Column(_("Gateway"), "gateway.name"),
        )

    def get_context(self) -> dict[str, Any]:
        return {"is_all": self.request.GET.get("show") == "all"}


def _in_a_line(text: str) -> str:
    return Truncator(text).chars(MOST_IN_A_LINE)


def tone_of(reply: Receipt) -> Tone:
    return TONES[inbox.effect_of(reply)]


class ReplyDetail(DetailScreen[Receipt]):
    model = Receipt
    template_name = "notifications/replies/reply.html"
    section = "replies"
    title = pgettext_lazy("to a message", "Reply")
    actions = (
        Action(_("Mark as read"), "reply_read", Right.SEND, "primary", "check", is_post=True, when=is_unread),
        Action(
            _("Mark as unread"),
            "reply_unread",
            Right.SEND,
            is_post=True,
            when=lambda row: not is_unread(row),
        ),
    )

    def get_queryset(self) -> QuerySet[Receipt]:
        return inbox.replies().select_related("message__event", "message__order", "gateway")

    def get_facts(self) -> Sequence[Column]:
        who = self.membership
        facts = [
            Column(pgettext_lazy("of a reply", "From"), lambda row: contact(row.address, who)),
            Column(_("Received"), "received_at"),
            Column(_("What it did"), lambda row: inbox.effect_of(row).label, badge=tone_of),
            Column(_("Answers"), answered, link=message_url),
            Column(_("Channel"), "get_channel_display"),
            Column(_("Gateway"), "gateway.name"),
            Column(_("Read"), "read_at"),
        ]
        message = self.row.message
        if message and message.order:
            link = reverse("order_detail", args=[message.order_id])
            facts.insert(4, Column(_("Order"), "message.order.number", link=lambda _row: link))
        return facts

    def get_context(self) -> dict[str, Any]:
        said = inbox.conversation(self.row, most=MOST_SAID)
        return {
            "words": without_contacts(self.row.text, self.membership),
            "said": [self._line(one) for one in said if one != self.row or len(said) > 1],
            "is_cut": len(said) == MOST_SAID,
        }

    def _line(self, one: Message | Receipt) -> dict[str, Any]:
        is_reply = isinstance(one, Receipt)
        text = one.text if isinstance(one, Receipt) else story.seen_text(one)
        return {
            "is_reply": is_reply,
            "is_this": is_reply and one.pk == self.row.pk,
            "at": inbox.said_at(one),
            "text": without_contacts(text, self.membership),
            "href": reverse("reply_detail" if is_reply else "message_detail", args=[one.pk]),
            "state": "" if isinstance(one, Receipt) else one.get_state_display(),
        }


class ReplyRead(ActionScreen[Receipt]):
    """Mark a reply as read; there is nothing to ask."""

    model = Receipt
    right = Right.SEND
    section = "replies"
    back = "reply_list"
    is_read = True

    def get_queryset(self) -> QuerySet[Receipt]:
        return inbox.replies()

    def perform(self, row: Receipt) -> Text:
        inbox.mark(row, is_read=self.is_read)
        return _("The reply is marked as read.") if self.is_read else _("The reply is marked as unread.")


class ReplyUnread(ReplyRead):
    """Leave a reply to somebody else of the team."""

    is_read = False


navigation.add(
    navigation.Entry(
        "replies", _("Replies"), url="reply_list", icon="replies", place=32, count=inbox.count_unread
    )
)
urlpatterns = [
    path("replies/", ReplyList.as_view(), name="reply_list"),
    path("replies/<uuid:pk>/", ReplyDetail.as_view(), name="reply_detail"),
    path("replies/<uuid:pk>/read/", ReplyRead.as_view(), name="reply_read"),
    path("replies/<uuid:pk>/unread/", ReplyUnread.as_view(), name="reply_unread"),
]
