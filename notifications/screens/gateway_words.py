"""How a gateway account is described: what it is at now and why, what its vendor can do, what is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.template.defaultfilters import date
from django.template.loader import render_to_string
from django.utils import timezone as clock
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from merchants.ids import first_id_at
from merchants.places import country_name
from merchants.screens.base import Text, Tone
from notifications.gateways.base import Gateway
from notifications.gateways.registry import GATEWAYS
from notifications.gateways.terms import Limit
from notifications.health import Standing, Tally, standing_of, total_of
from notifications.models import Category, GatewayAccount
from notifications.screens import words
from notifications.screens.fields import named_countries
from orders.events import EventKind
from orders.models import Event

STANDINGS: dict[Standing, tuple[Tone, Text]] = {
    Standing.OFF: ("plain", gettext_lazy("Off")),
    Standing.RESTING: ("bad", gettext_lazy("Resting")),
    Standing.DOUBTED: ("wait", gettext_lazy("Doubted")),
    Standing.ON_TRIAL: ("info", gettext_lazy("On trial")),
    Standing.ACTIVE: ("good", pgettext_lazy("of a gateway", "Active")),
}
SWITCHES = (EventKind.GATEWAY_SWITCHED, EventKind.GATEWAY_BACK, EventKind.GATEWAY_BALANCE_LOW)
LOOKED_BACK = timedelta(days=7)
MOST_SWITCHES = 50


def kind_of(account: GatewayAccount) -> Text:
    return GATEWAYS[account.kind].label if account.kind in GATEWAYS else account.kind


def vendor_cell(account: GatewayAccount) -> SafeString:
    where = named_countries(account.countries)
    return format_html(
        '<span class="vendor">{}<small class="cell-note">{}</small></span>', kind_of(account), where
    )


def is_mistrusted(account: GatewayAccount) -> bool:
    """Say whether there is something to resume."""
    now = clock.now()
    return standing_of(account, now=now) in {Standing.RESTING, Standing.DOUBTED, Standing.ON_TRIAL}


def is_left_alone(account: GatewayAccount) -> bool:
    """Say whether it takes no texts now, or only those that no other can take."""
    return standing_of(account, now=clock.now()) in {Standing.RESTING, Standing.DOUBTED}


def is_poor(account: GatewayAccount) -> bool:
    """Say whether less is left than the merchant wishes."""
    floor = account.balance_floor
    return account.balance is not None and floor is not None and account.balance < floor


def switches_of(accounts: Iterable[GatewayAccount]) -> list[Event]:
    """Return what was announced of these accounts of late, the latest first, in one query.

    Found by the beginning of `dedupe`, which names kind and account: there are few of them among many events.
    """
    about = Q()
    for account in accounts:
        for kind in SWITCHES:
            begins = f"{kind}:{account.pk.hex}:"
            about |= Q(dedupe__range=(begins, f"{begins}zzz"))
    if not about:
        return []
    since = first_id_at(clock.now() - LOOKED_BACK)
    rows = Event.objects.filter(about, pk__gte=since, kind__in=SWITCHES)
    return list(rows.order_by("-pk")[:MOST_SWITCHES])


def whys_of(accounts: Iterable[GatewayAccount]) -> dict[UUID, str]:
    """Return the code of why each of these accounts rests, where that was announced."""
    resting = {str(account.pk): account for account in accounts}
    found: dict[UUID, str] = {}
    for event in reversed(switches_of(resting.values())):
        account = resting.get(str(event.data.get("gateway_id")))
        is_rest = event.kind == EventKind.GATEWAY_SWITCHED and event.data.get("why") != "slow"
        if account and is_rest:
            found[account.pk] = str(event.data.get("why"))
    return found


def sentence_of(account: GatewayAccount, *, why: str = "") -> str:
    """Return in a sentence what the account is at, and why."""
    match standing_of(account, now=clock.now()):
        case Standing.OFF if account.kind not in GATEWAYS:
            return _("Orderbell does not know this vendor any more.")
        case Standing.OFF:
            return _("It is switched off: no text goes through it.")
        case Standing.RESTING:
            # Without its day where that is today: what rests comes back in minutes.
            until = date(clock.localtime(account.paused_until), "H:i:s")
            cause = str(words.WHYS.get(why, _("its vendor could not take a text")))
            if account.paused_reason:
                cause = _("%(why)s (“%(words)s”)") % {"why": cause, "words": account.paused_reason}
            return _("It rests until %(until)s, because %(why)s.") % {"until": until, "why": cause}
        case Standing.DOUBTED:
            until = date(clock.localtime(account.doubted_until), "H:i:s")
            return _("Its receipts stay away: until %(until)s others are preferred.") % {"until": until}
        case Standing.ON_TRIAL:
            return _("It comes back from a rest and gets a few texts at a time until they went well.")
        case _:
            return ""


def shown_standing(account: GatewayAccount) -> tuple[Tone, Text]:
    return STANDINGS[standing_of(account, now=clock.now())]


def state_cell(account: GatewayAccount, *, why: str = "") -> SafeString:
    tone, label = shown_standing(account)
    context = {"tone": tone, "label": label, "sentence": sentence_of(account, why=why)}
    return render_to_string("notifications/gateways/state.html", context)


def pulse_cell(parts: Sequence[Tally]) -> SafeString:
    """Return the last hour as bars, and in words for whom bars say nothing."""
    highest = max((part.ended for part in parts), default=0)
    total = total_of(parts, at=parts[0].at)
    height = 20
    bars = []
    for place, part in enumerate(parts):
        good = height * part.accepted / highest if highest else 0
        bad = height * (part.ended - part.accepted) / highest if highest else 0
        # Whole pixels; what there is one of is seen.
        good, bad = (round(max(one, 1)) if one else 0 for one in (good, bad))
        bars.append(
            {"x": place * 6, "good": good, "good_y": height - good, "bad": bad, "bad_y": height - good - bad}
        )
    return render_to_string(
        "notifications/gateways/pulse.html",
        {"bars": bars, "total": total, "share": percent(total.share), "height": height},
    )


def percent(share: float | None) -> str:
    """Return a share in per cent, never 100 while something is missing."""
    if share is None:
        return "—"
    shown = f"{share * 100:.1f}".removesuffix(".0")
    return "99.9%" if shown == "100" and share < 1 else f"{shown}%"


def amount_of(amount: Any, unit: str) -> str:
    """Return what is left: money, or a number of texts."""
    if unit:
        return f"{amount} {unit}"
    count = int(amount)
    return ngettext("%(count)d text", "%(count)d texts", count) % {"count": count}


def balance_cell(account: GatewayAccount) -> SafeString | str:
    if account.balance is None or account.balance_at is None:
        return ""
    unit = account.balance_unit
    context = {
        "amount": amount_of(account.balance, unit),
        "age": timesince(account.balance_at),
        "floor": amount_of(account.balance_floor, unit) if is_poor(account) else "",
    }
    return render_to_string("notifications/gateways/balance.html", context)


def abilities_of(gateway: Gateway) -> list[str]:
    """Return what the vendor does and does not, one sentence each."""
    return [
        _("It reports what became of a text.") if gateway.reports else _("It sends no receipts."),
        _("It signs what it sends to us.")
        if gateway.signs_pushes
        else _(
            "It does not sign what it sends to us: the secret address and the list of senders protect you."
        ),
        _("It can be asked what became of a text.")
        if gateway.can_ask
        else _("It cannot be asked what became of a text."),
        _("It tells what is left of the money.") if gateway.tells_balance else _("It tells no balance."),
        _("It sends by its own templates, which it reviews first.")
        if gateway.needs_template
        else _("It sends any wording."),
        *([_("It puts the signature in front itself.")] if gateway.adds_signature else []),
        *(limit_words(limit) for limit in gateway.limits),
    ]


def limit_words(limit: Limit) -> str:
    """Return one of the vendor's limits in words."""
    text = ngettext("At most %(count)d text in %(span)s", "At most %(count)d texts in %(span)s", limit.count)
    about = [str(PARTS[part]) for part in limit.per]
    about += [str(Category(one).label) for one in sorted(limit.categories)]
    about += [country_name(one) for one in sorted(limit.countries)]
    said = text % {"count": limit.count, "span": _span(limit.seconds)}
    if not about:
        return said
    between = pgettext("between words of a list", ", ")
    return _("%(limit)s (%(about)s)") % {"limit": said, "about": between.join(about)}


PARTS: dict[str, Text] = {
    "sender": gettext_lazy("from the same sender"),
    "template": gettext_lazy("of the same template"),
    "phone": gettext_lazy("to the same phone"),
    "country": gettext_lazy("to the same country"),
}


def _span(seconds: int) -> str:
    usual = {1: _("a second"), 60: _("a minute"), 3600: _("an hour"), 86400: _("a day")}
    return usual.get(seconds) or _("%(count)d seconds") % {"count": seconds}
