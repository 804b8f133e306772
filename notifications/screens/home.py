"""The first page: what happened today, and what needs somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from merchants.masking import contact
from merchants.models import Membership
from merchants.roles import Right
from merchants.screens import Screen
from notifications.models import ChannelKind, GatewayAccount, Message, Rule, Signature, State
from notifications.screens import gateway_words, words
from orders.models import Order

LATEST = 10
# Failures are looked for among messages that were made so long before.
MOST_DELAY = timedelta(days=7)
NOT_SENT = (State.FAILED, State.UNDELIVERED)
FIGURES: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    (State.PLANNED, gettext_lazy("Waiting"), (State.PLANNED, State.DUE, State.HELD, State.RETRY)),
    (State.ACCEPTED, gettext_lazy("Sent"), (State.SENDING, State.ACCEPTED)),
    (State.DELIVERED, gettext_lazy("Arrived"), (State.DELIVERED, State.SEEN)),
    (State.UNDELIVERED, gettext_lazy("Did not arrive"), (State.UNDELIVERED,)),
    (State.FAILED, gettext_lazy("Failed"), (State.FAILED,)),
    (State.UNKNOWN, gettext_lazy("Unknown"), (State.UNKNOWN,)),
    (State.DROPPED, gettext_lazy("Not sent, by the rules"), (State.DROPPED,)),
)


@dataclass(frozen=True)
class Need:
    """Something that waits for a person, and where to see to it."""

    text: str
    href: str = ""
    link: str = ""


def first_id(moment: datetime) -> UUID:
    """Return the smallest id that a row made at this moment can have: ids begin with the time (UUIDv7)."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


class Home(Screen):
    template_name = "notifications/home/home.html"
    title = gettext_lazy("Home")
    section = "home"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render(
            {
                "figures": self._figures(),
                "latest": self._latest(),
                "needs": self._needs(),
                "is_new": not Order.objects.exists(),
                "address": f"{settings.PUBLIC_URL}/api/v1/orders/",
                "currency": self.merchant.currency,
                "country": self.merchant.country,
                "keys_url": reverse("key_list") if self.membership.can(Right.CONNECT) else "",
            }
        )

    def _figures(self) -> list[dict[str, Any]]:
        today = clock.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        rows = Message.objects.filter(pk__gte=first_id(today)).order_by().values_list("state")
        counts = dict(rows.annotate(Count("pk")))
        day = {"created_from": today.date().isoformat()}
        return [
            {
                "label": label,
                "count": sum(counts.get(state, 0) for state in states),
                "href": _messages(**day, **{"state": states[0]} if len(states) == 1 else {}),
            }
            for _state, label, states in FIGURES
        ]

    def _latest(self) -> list[dict[str, Any]]:
        rows: QuerySet[Message] = Message.objects.select_related("event", "order").order_by("-pk")
        return [
            {
                "row": message,
                "event": words.event_of(message),
                "tone": words.TONES[message.state],
                "to": contact(message.address, self.membership)
                or words.recipient_of(message, self.membership),
            }
            for message in rows.defer("gates", "subject", "body", "order__attributes")[:LATEST]
        ]

    def _needs(self) -> list[Need]:
        needs = [*self._failures(), *self._unknown()]
        if self.membership.can(Right.CONNECT):
            needs += self._gateways()
        if self.membership.can(Right.CONFIGURE):
            needs += self._setup()
        if self.membership.can(Right.MANAGE_TEAM):
            needs += self._second_factors()
        return needs

    def _failures(self) -> list[Need]:
        yesterday = clock.now() - timedelta(hours=24)
        # What was put off for longer and then failed is in the list all the same.
        recent = Message.objects.filter(pk__gte=first_id(yesterday - MOST_DELAY))
        rows = recent.filter(state__in=NOT_SENT, finished_at__gte=yesterday)
        counts = rows.values_list("state", "reason").annotate(Count("pk")).order_by("-pk__count")
        return [
            Need(
                ngettext(
                    "%(count)d message in the last 24 hours: %(reason)s",
                    "%(count)d messages in the last 24 hours: %(reason)s",
                    count,
                )
                % {"count": count, "reason": words.reason_of(reason) or State(state).label},
                _messages(state=state, reason=reason),
                _("Look at them"),
            )
            for state, reason, count in counts[:10]
        ]

    def _unknown(self) -> list[Need]:
        count = Message.objects.filter(state=State.UNKNOWN).count()
        if not count:
            return []
        text = ngettext(
            "%(count)d message has an outcome that nobody knows yet.",
            "%(count)d messages have an outcome that nobody knows yet.",
            count,
        )
        return [Need(text % {"count": count}, _messages(state=State.UNKNOWN), _("Look at them"))]

    def _gateways(self) -> list[Need]:
        accounts = list(GatewayAccount.objects.filter(is_active=True).defer("credentials"))
        if not accounts and _is_texting():
            return [Need(_("No gateway is set up: text messages cannot be sent."), *_link("gateway_list"))]
        troubled = [one for one in accounts if gateway_words.is_left_alone(one)]
        whys = gateway_words.whys_of(troubled)
        needs = [
            Need(
                _("The gateway “%(name)s”: %(sentence)s")
                % {
                    "name": one.name,
                    "sentence": gateway_words.sentence_of(one, why=whys.get(one.pk, "")),
                },
                *_link("gateway_list"),
            )
            for one in troubled
        ]
        return needs + [
            Need(
                _("The balance of the gateway “%(name)s” is low: %(amount)s")
                % {"name": one.name, "amount": gateway_words.amount_of(one.balance, one.balance_unit)},
                *_link("gateway_list"),
            )
            for one in accounts
            if gateway_words.is_poor(one)
        ]

    def _setup(self) -> list[Need]:
        needs = []
        if not Rule.objects.filter(is_active=True).exists():
            needs.append(Need(_("No rule is switched on: nobody is told anything."), *_link("rule_list")))
        elif self.merchant.country == "CN" and _is_texting() and not Signature.objects.exists():
            text = _("Texts to mainland China need a signature, and none is set up.")
            needs.append(Need(text, *_link("signature_list")))
        return needs

    def _second_factors(self) -> list[Need]:
        guarded = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES).values("user")
        count = Membership.objects.exclude(user__in=guarded).count()
        if not count:
            return []
        text = ngettext(
            "%(count)d person of the team logs in without a second factor.",
            "%(count)d people of the team log in without a second factor.",
            count,
        )
        return [Need(text % {"count": count}, reverse("mfa_index"), _("Set up yours"))]


def _is_texting() -> bool:
    """Return whether some rule that is on sends texts."""
    channels = Rule.objects.filter(is_active=True).values_list("channels", flat=True)
    return any(ChannelKind.SMS in chosen for chosen in channels)


def _link(name: str) -> tuple[str, str]:
    return reverse(name), _("See to it")


def _messages(**query: str) -> str:
    return f"{reverse('message_list')}?{urlencode(query)}"
