"""One gateway account: what it is at, how it fared by the hour, what its vendor can do and must be told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone as clock
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from merchants.ids import first_id_at
from merchants.roles import Right
from merchants.screens import Action, Column, DetailScreen
from merchants.screens.base import Tone
from notifications import health, links
from notifications.gateways.base import Gateway
from notifications.gateways.registry import GATEWAYS, REVIEWING
from notifications.health import Tally, Times
from notifications.models import GatewayAccount, Message
from notifications.models.messages import DRILL
from notifications.screens import gateway_words, words
from notifications.screens.fields import named_countries
from orders.events import EventKind
from orders.models import Event

MOST_TRIALS = 5
TRIALS_OF = timedelta(days=2)


class GatewayDetail(DetailScreen[GatewayAccount]):
    model = GatewayAccount
    template_name = "notifications/gateways/gateway.html"
    right = Right.CONNECT
    section = "gateways"
    actions = (
        Action(gettext_lazy("Try it out"), "gateway_test", Right.CONNECT, "primary", "send"),
        Action(gettext_lazy("Edit"), "gateway_edit", Right.CONNECT, icon="edit"),
        Action(
            gettext_lazy("Hand in templates"),
            "gateway_hand_in",
            Right.CONFIGURE,
            icon="upload",
            when=lambda row: row.kind in REVIEWING,
        ),
        Action(
            gettext_lazy("Resume"),
            "gateway_resume",
            Right.CONNECT,
            is_post=True,
            when=gateway_words.is_mistrusted,
        ),
        Action(
            gettext_lazy("Switch off"),
            "gateway_toggle",
            Right.CONNECT,
            is_post=True,
            when=lambda row: row.is_active,
        ),
        Action(
            gettext_lazy("Switch on"),
            "gateway_toggle",
            Right.CONNECT,
            is_post=True,
            when=lambda row: not row.is_active,
        ),
        Action(gettext_lazy("Remove"), "gateway_remove", Right.CONNECT, "danger"),
    )

    @cached_property
    def switches(self) -> list[Event]:
        return gateway_words.switches_of([self.row])

    @cached_property
    def why(self) -> str:
        """The code of why it rests, as was announced last."""
        rests = (
            str(event.data.get("why"))
            for event in self.switches
            if event.kind == EventKind.GATEWAY_SWITCHED and event.data.get("why") != "slow"
        )
        return next(rests, "")

    def get_facts(self) -> list[Column]:
        every = _("every %(count)d minutes to %(phone)s")
        return [
            Column(
                _("State"),
                lambda row: gateway_words.shown_standing(row)[1],
                badge=lambda row: gateway_words.shown_standing(row)[0],
            ),
            Column(_("Vendor"), gateway_words.kind_of),
            Column(_("Balance"), gateway_words.balance_cell),
            Column(_("Last receipt"), "reported_at"),
            Column(_("Countries"), lambda row: named_countries(row.countries)),
            Column(_("Place in line"), "priority"),
            Column(_("Sender"), "sender"),
            Column(_("Endpoint"), lambda row: row.endpoint or _("the vendor's usual one")),
            Column(_("Most texts a second"), lambda row: row.per_second or _("as the vendor allows")),
            Column(
                _("Canary"),
                lambda row: (
                    every % {"count": row.canary_minutes, "phone": row.canary_phone}
                    if row.canary_minutes
                    else _("none")
                ),
            ),
        ]

    def get_context(self) -> dict[str, Any]:
        gateway = GATEWAYS.get(self.row.kind)
        hours = health.by_hour([self.row.pk], now=clock.now())[self.row.pk]
        return {
            "tone": gateway_words.shown_standing(self.row)[0],
            "sentence": gateway_words.sentence_of(self.row, why=self.why),
            "push_url": links.push_url(self.row),
            "gateway": gateway,
            "is_unguarded": gateway and is_unguarded(self.row, gateway),
            "abilities": gateway_words.abilities_of(gateway) if gateway else [],
            "credentials": [
                (credential.label, bool(value) if credential.is_secret else value, credential.is_secret)
                for credential in (gateway.credentials if gateway else ())
                for value in (self.row.credentials.get(credential.name, ""),)
            ],
            "hours": [_hour(one) for one in hours if one.attempts],
            "switches": [_switch(event) for event in self.switches],
            "trials": [(one, words.TONES[one.state]) for one in self._trials()],
        }

    def _trials(self) -> QuerySet[Message]:
        since = first_id_at(clock.now() - TRIALS_OF)
        rows: QuerySet[Message] = Message.objects.filter(
            pk__gte=since, recipient=DRILL, gateway=self.row
        ).order_by("-pk")
        return rows.only("created_at", "state", "address")[:MOST_TRIALS]


def is_unguarded(account: GatewayAccount, gateway: Gateway) -> bool:
    """Say whether anybody who learns the push address could report in the vendor's name."""
    return gateway.reports and bool(gateway.credentials) and not gateway.signs_pushes and not account.sources


def _hour(tally: Tally) -> dict[str, Any]:
    between = pgettext("between words of a list", ", ")
    refused = [
        f"{words.ERROR_NAMES.get(error, error)} {count}" for error, count in tally.refused.most_common()
    ]
    of_accepted = [
        gateway_words.percent(count / tally.accepted) if tally.accepted else "—"
        for count in (tally.reported, tally.delivered)
    ]
    return {
        "at": clock.localtime(tally.at),
        "attempts": tally.attempts,
        "share": tally.share or 0,
        "accepted": gateway_words.percent(tally.share),
        "refused": between.join(refused) or "—",
        "unknown": tally.unknown or "—",
        "reported": of_accepted[0],
        "delivered": of_accepted[1],
        "answer": _times(tally.answer),
        "receipt": _times(tally.receipt),
    }


def _times(times: Times | None) -> str:
    return f"{words.seconds(times.median)} / {words.seconds(times.p95)}" if times else "—"


def _switch(event: Event) -> dict[str, Any]:
    """Return one line of the timeline."""
    data = event.data
    tone: Tone = "good"
    note, quote = "", str(data.get("detail", ""))
    if event.kind == EventKind.GATEWAY_SWITCHED:
        tone = "wait" if data.get("why") == "slow" else "bad"
        title = _("Others are preferred") if tone == "wait" else _("It rests")
        note = _("Because %(why)s; until %(until)s.") % {
            "why": words.WHYS.get(str(data.get("why")), data.get("why")),
            "until": words.moment(data.get("until")),
        }
        if tone == "wait":
            # Of how many that were accepted the vendor said what became of them.
            receipts = _("Receipts: %(share)s.") % {"share": quote}
            note, quote = f"{note} {receipts}", ""
    elif event.kind == EventKind.GATEWAY_BACK:
        title = _("It is used again")
    else:
        tone, title = "wait", _("The balance is low")
        note = gateway_words.amount_of(data.get("balance", ""), data.get("unit", ""))
    return {"tone": tone, "title": title, "at": event.occurred_at, "note": note, "quote": quote}
