"""What the pages for customers share: a token is the key, the page speaks the customer's language.

No page needs a cookie, a login or a script. The token says whose page it is, so a form carries no
other proof; whoever could forge one would have to hold the link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language_info
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from merchants.models import Brand, Merchant
from merchants.ownership import across_merchants
from notifications import links
from notifications.models import ChannelKind, Message

View = Callable[[HttpRequest, Message], HttpResponse]


def door(purpose: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Turn a view of a message into one of a token; a token that opens nothing gets a friendly 404."""

    def decorate(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def open_door(request: HttpRequest, token: str) -> HttpResponse:
            with across_merchants():
                message = _find(purpose, token)
                with translation.override(language_of(request, message)):
                    return unlisted(view(request, message) if message else nothing(request))

        return open_door

    return decorate


def page(
    request: HttpRequest, template: str, message: Message, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a page about a message in its merchant's look."""
    about = {"message": message, "masked": mask(message.address)}
    return page_of(request, template, message.merchant, status=status, **context, **about)


def page_of(
    request: HttpRequest, template: str, merchant: Merchant, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a page in the merchant's look."""
    look = {
        "merchant": merchant,
        "brand": (brand := brand_of(merchant)),
        "brand_url": brand_url(brand),
        "languages": [get_language_info(code) for code, _name in settings.LANGUAGES],
    }
    return render(request, template, context | look, status=status)


def nothing(request: HttpRequest) -> HttpResponse:
    """Answer an address that opens nothing."""
    languages = [get_language_info(code) for code, _name in settings.LANGUAGES]
    return render(request, "pages/nothing.html", {"languages": languages, "merchant": None}, status=404)


def unlisted(response: HttpResponse) -> HttpResponse:
    """Return the answer as none that anybody keeps or lists, in the language in force."""
    response["Content-Language"] = translation.get_language() or "en"
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def again(request: HttpRequest, **query: str) -> HttpResponse:
    """Send the browser back to the page it posted from, in the same language."""
    lang = request.GET.get("lang")
    query |= {"lang": lang} if lang in dict(settings.LANGUAGES) else {}
    tail = urlencode(query)
    response = HttpResponseRedirect(f"{request.path}?{tail}" if tail else request.path)
    response.status_code = 303
    return response


def brand_of(merchant: Merchant) -> Brand:
    """Return the merchant's brand, or the one that everybody begins with."""
    return Brand.objects.filter(merchant=merchant).first() or Brand(merchant=merchant)


def brand_url(brand: Brand) -> str:
    """Return the address of the brand's colours; it changes with the brand, so it may be cached."""
    version = 0 if brand._state.adding else int(brand.updated_at.timestamp())
    return f"{reverse('brand_style', args=[brand.merchant_id])}?v={version}"


def language_of(request: HttpRequest, message: Message | None) -> str:
    """Return what a page about a message speaks."""
    if message is None:
        return spoken(request)
    told = [message.customer.language if message.customer else "", message.language]
    return spoken(request, merchant=message.merchant, told=told)


def spoken(request: HttpRequest, *, merchant: Merchant | None = None, told: Iterable[str] = ()) -> str:
    """Return what a page speaks: what was asked for, else the customer's, the browser's, the merchant's."""
    asked = request.GET.get("lang", "")
    if asked in dict(settings.LANGUAGES):
        return asked
    for tag in told:
        if known := _known(tag):
            return known
    if merchant and not request.headers.get("Accept-Language"):
        return _known(merchant.language) or settings.LANGUAGE_CODE
    return translation.get_language_from_request(request)


def mask(address: str) -> str:
    """Return enough of an address to know one's own by: l***@mail.example, +86138***8000."""
    if "@" in address:
        name, _at, host = address.rpartition("@")
        return f"{name[:1]}***@{host}"
    return f"{address[:6]}***{address[-4:]}" if len(address) > 10 else f"***{address[-3:]}"


def address_on(channel: str, message: Message) -> str:
    """Return where the recipient of this message is reached on a channel; empty when we do not know."""
    if channel == message.channel:
        return str(message.address)
    if message.customer is None:
        return ""
    return str(message.customer.email if channel == ChannelKind.EMAIL else message.customer.phone)


def _known(tag: str) -> str:
    """Return the one of our languages that comes closest to a tag; empty when none does."""
    first = tag.lower().partition("-")[0]
    codes = [code for code, _name in settings.LANGUAGES]
    return next((code for code in codes if code.partition("-")[0] == first), "")


def _find(purpose: str, token: str) -> Message | None:
    id = links.read(purpose, token)
    if id is None:
        return None
    message: Message | None = (
        Message.objects.select_related("merchant", "customer").filter(pk=id).exclude(address="").first()
    )
    return message
