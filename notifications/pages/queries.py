"""The page on which a customer types the code of an order and sees how it stands."""

from __future__ import annotations

import time
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from merchants.api.authentication import client_address
from merchants.models import Merchant
from merchants.ownership import inside
from notifications import query_codes
from notifications.pages.doors import again, nothing, page_of, spoken, unlisted
from notifications.placeholders import Locale, formats, locale_of, words
from orders.models import Order, Shipment
from orders.statuses import ShipmentStatus

MINUTE = 60
# Codes that one caller may try in a minute, and wrong ones that all callers of a shop together may.
MOST_OF_A_CALLER = 10
MOST_WRONG_IN_A_SHOP = 600
MOST_PARCELS = 20
ARRIVED = (ShipmentStatus.DELIVERED, ShipmentStatus.SIGNED)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def query(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for a code, or show the order of `?code=`: a page that can be loaded again to look again.

    404 for a code that is none, 429 for somebody who tries too many. A POST is sent to that page.
    """
    merchant = query_codes.find_merchant(key)
    if merchant is None:
        with translation.override(spoken(request)):
            return unlisted(nothing(request))
    with inside(merchant):
        if request.method == "POST":
            return unlisted(again(request, code=request.POST.get("code", "")[:100]))
        return _answer(request, merchant, typed=request.GET.get("code", "")[:100])


def _answer(request: HttpRequest, merchant: Merchant, *, typed: str) -> HttpResponse:
    fault, order = ("", None) if not typed.strip() else _look_up(request, merchant, typed)
    told = [order.customer.language, order.language] if order else []
    with translation.override(spoken(request, merchant=merchant, told=told)):
        context = {"typed": typed, "fault": fault, "lang": request.GET.get("lang", "")}
        if order:
            context |= _state(order, merchant) | {"kept": urlencode({"code": typed}) + "&"}
        status = {"": 200, "unknown": 404, "too_many": 429}[fault]
        response = unlisted(page_of(request, "pages/query.html", merchant, status=status, **context))
    if fault == "too_many":
        response["Retry-After"] = str(MINUTE)
    return response


def _look_up(request: HttpRequest, merchant: Merchant, typed: str) -> tuple[str, Order | None]:
    """Return the order of a code, or what is wrong: too_many, unknown."""
    shop = f"query:{merchant.pk.hex}"
    is_flooded = _counted(shop) >= MOST_WRONG_IN_A_SHOP
    if is_flooded or _count(f"query:{_caller(request)}") > MOST_OF_A_CALLER:
        return "too_many", None
    order = query_codes.find_order(merchant, typed)
    if order is None:
        _count(shop)
        return "unknown", None
    return "", order


def _caller(request: HttpRequest) -> str:
    """Return what counts as one caller: an address, or the network that an IPv6 caller has to himself."""
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return ip_network((address, 64), strict=False).network_address.exploded
    return str(address)


def _in_this_minute(name: str) -> str:
    return f"{name}:{int(time.time() // MINUTE)}"


def _counted(name: str) -> int:
    return int(cache.get(_in_this_minute(name), 0))


def _count(name: str) -> int:
    """Return how often this happened in this minute, this time included."""
    name = _in_this_minute(name)
    cache.add(name, 0, timeout=2 * MINUTE)
    try:
        return int(cache.incr(name))
    except ValueError:  # thrown out of the cache in between
        return 1


def _state(order: Order, merchant: Merchant) -> dict[str, Any]:
    """Return what is told of an order: nothing of who gets it or where."""
    zone = order.customer.timezone or merchant.timezone
    locale = locale_of(translation.get_language() or "en", zone)
    parcels = order.shipments.order_by("pk")[:MOST_PARCELS]
    return {
        "order": order,
        "standing": _said(words.ORDER_STATUS, order.status, locale),
        "placed": formats.when(order.placed_at, locale),
        "parcels": [_parcel(parcel, locale) for parcel in parcels],
        "zone": locale.zone,
    }


def _parcel(parcel: Shipment, locale: Locale) -> dict[str, str]:
    return {
        "carrier": parcel.carrier,
        "number": parcel.tracking_number,
        "status": _said(words.SHIPMENT_STATUS, parcel.status, locale),
        "moved": formats.when(parcel.moved_at, locale),
        "eta": "" if parcel.status in ARRIVED else formats.when(parcel.eta, locale),
    }


def _said(table: words.Words, status: str, locale: Locale) -> str:
    en, zh = table[status]
    return locale.pick(en=en[:1].upper() + en[1:], zh=zh)
