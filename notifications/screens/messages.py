"""Messages: the list, one message's story, and once more by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from merchants.masking import contact
from merchants.places import language_name
from merchants.roles import Right
from merchants.screens import Action, ActionScreen, Column, DetailScreen, ListScreen, navigation
from merchants.screens.base import Text
from notifications.consent import BadAddress, normalise_address
from notifications.models import ChannelKind, Message, State, Template
from notifications.models.messages import DRILL
from notifications.reasons import Reason
from notifications.resending import CannotResend, can_resend, resend
from notifications.screens import story, words
from notifications.screens.message_mail import has_mail
from orders.events import EventKind
from orders.models import Order

# Of orders whose number contains what is sought, so many are looked into.
MOST_ORDERS = 200


def template_codes() -> list[tuple[str, str]]:
    codes = Template.objects.order_by("code").values_list("code", flat=True).distinct()
    return [(code, code) for code in codes]


class MessageFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    channel = django_filters.ChoiceFilter(
        label=_("Channel"), choices=ChannelKind.choices, empty_label=_("any")
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=State.choices, empty_label=_("any"))
    event = django_filters.ChoiceFilter(
        label=_("Event"), field_name="event__kind", choices=EventKind.choices, empty_label=_("any")
    )
    template = django_filters.ChoiceFilter(label=_("Template"), choices=template_codes, empty_label=_("any"))
    reason = django_filters.ChoiceFilter(label=_("Reason"), choices=Reason.choices, widget=forms.HiddenInput)
    created_from = django_filters.DateFilter(
        label=_("From"),
        field_name="created_at",
        lookup_expr="date__gte",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    created_until = django_filters.DateFilter(
        label=_("Until"),
        field_name="created_at",
        lookup_expr="date__lte",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = Message
        fields = ()


class MessageList(ListScreen[Message]):
    model = Message
    template_name = "notifications/messages/list.html"
    section = "messages"
    title = _("Messages")
    search = ("order__number",)
    search_hint = _("Order number, whole phone or email")
    filterset_class = MessageFilter
    empty = _("No messages yet. They appear as soon as a rule answers to an event.")
    export = "messages"

    def get_queryset(self) -> QuerySet[Message]:
        rows = super().get_queryset().select_related("order", "event")
        return rows.defer("gates", "subject", "body", "order__attributes", "event__data")

    def get_rows(self) -> tuple[QuerySet[Message], Any]:
        """Search by whole addresses and through the orders: no index finds a part of an address."""
        rows = self.get_queryset()
        filterset = MessageFilter(self.request.GET or None, queryset=rows, request=self.request)
        rows = filterset.qs
        if self.sought:
            orders = Order.objects.filter(number__icontains=self.sought).order_by("-pk")
            wanted = Q(order__in=list(orders.values_list("pk", flat=True)[:MOST_ORDERS]))
            # Whoever may not read an address may not find out by searching whose it is.
            if self.membership.can(Right.SEE_CONTACTS):
                wanted |= self._by_address(self.sought)
            rows = rows.filter(wanted)
        return rows.order_by("-pk"), filterset

    def _by_address(self, sought: str) -> Q:
        wanted = Q()
        for channel in ChannelKind.values:
            try:
                address = normalise_address(channel, sought, self.merchant.country)
            except BadAddress:
                continue
            wanted |= Q(channel=channel, address=address)
        return wanted

    def get_columns(self) -> Sequence[Column]:
        who = self.membership
        return (
            Column(_("Created"), "created_at", link="message_detail"),
            Column(_("State"), "get_state_display", badge=lambda row: words.TONES[row.state]),
            Column(_("Event"), words.event_of),
            Column(
                _("Order"),
                "order.number",
                link=lambda row: reverse("order_detail", args=[row.order_id]) if row.order_id else None,
            ),
            Column(_("To"), lambda row: contact(row.address, who) or words.recipient_of(row, who)),
            Column(_("Channel"), "get_channel_display"),
            Column(_("Reason"), lambda row: words.reason_of(row.reason)),
        )


class MessageDetail(DetailScreen[Message]):
    model = Message
    template_name = "notifications/messages/message.html"
    section = "messages"
    actions = (Action(_("Send again"), "message_resend", Right.SEND, icon="send", when=can_resend),)

    def get_queryset(self) -> QuerySet[Message]:
        related = ("order", "event", "rule", "customer", "template_version__template", "gateway")
        return super().get_queryset().select_related(*related)

    def get_title(self) -> Text:
        return _("%(channel)s: %(event)s") % {
            "channel": self.row.get_channel_display(),
            "event": words.event_of(self.row),
        }

    def get_facts(self) -> Sequence[Column]:
        who = self.membership
        facts = [
            Column(_("State"), "get_state_display", badge=lambda row: words.TONES[row.state]),
            Column(_("To"), lambda row: words.recipient_of(row, who)),
            Column(_("Address"), lambda row: contact(row.address, who)),
            Column(_("Template"), _template_of),
            Column(_("Language"), lambda row: language_name(row.language)),
            Column(_("Category"), "get_category_display"),
            Column(_("Due at"), "due_at"),
            Column(_("Useful until"), "expires_at"),
        ]
        if self.row.order:
            link = reverse("order_detail", args=[self.row.order_id])
            facts.insert(1, Column(_("Order"), "order.number", link=lambda _row: link))
        if self.row.channel == ChannelKind.SMS and self.row.parts:
            facts.append(Column(_("Parts"), "parts"))
        return facts

    def get_context(self) -> dict[str, Any]:
        message = self.row
        tone, sentence = story.why(message)
        attempts = message.attempts.select_related("gateway").order_by("number")
        receipts = message.receipts.order_by("pk")[:200]
        return {
            "tone": tone,
            "sentence": sentence,
            "steps": story.steps_of(message, attempts, receipts, self.membership),
            "seen": story.seen_text(message),
            "is_mail": message.channel == ChannelKind.EMAIL,
            "has_mail": has_mail(message),
            "repetitions": self._repetitions(),
            "wire_url": self._wire_url(),
        }

    def _wire_url(self) -> str:
        """Return where a trial of a gateway shows what went over the wire, to whom may see it."""
        is_shown = self.row.recipient == DRILL and self.row.gateway_id and self.membership.can(Right.CONNECT)
        return reverse("gateway_drill", args=[self.row.gateway_id, self.row.pk]) if is_shown else ""

    def _repetitions(self) -> list[Message]:
        """Return the other messages that tell the same."""
        message = self.row
        if message.event_id is None:
            return []
        same = Message.objects.filter(
            event=message.event_id,
            rule=message.rule_id,
            recipient=message.recipient,
            channel=message.channel,
        )
        return list(same.exclude(pk=message.pk).only("created_at", "state", "step").order_by("step")[:50])


def _template_of(message: Message) -> str:
    version = message.template_version
    return f"{message.template} v{version.number}" if version else message.template


class MessageResend(ActionScreen[Message]):
    model = Message
    right = Right.SEND
    section = "messages"
    title = _("Send again")
    button = _("Send again")
    is_dangerous = False
    back = "message_detail"
    back_takes_row = True

    def get_question(self) -> Text:
        if self.row.reason == Reason.UNKNOWN_OUTCOME:
            return _(
                "Nobody knows whether the first one was sent: the person may get it twice. Send it again?"
            )
        return _("Send this message again? Opt-outs, quiet hours and the like are asked anew.")

    def perform(self, row: Message) -> Text:
        try:
            self.again = resend(row, by=self.request.user)
        except CannotResend as refusal:
            raise ValidationError(str(refusal.detail), code=refusal.code) from refusal
        return _("It is sent again. This is the new message; load it again to follow.")

    def success_url(self) -> str:
        return reverse("message_detail", args=[self.again.pk])


navigation.add(navigation.Entry("messages", _("Messages"), url="message_list", icon="messages", place=30))
urlpatterns = [
    path("messages/", MessageList.as_view(), name="message_list"),
    path("messages/<uuid:pk>/", MessageDetail.as_view(), name="message_detail"),
    path("messages/<uuid:pk>/resend/", MessageResend.as_view(), name="message_resend"),
]
