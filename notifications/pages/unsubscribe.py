"""The page behind the unsubscribe link: GET asks, POST does, and a mail client may do it by itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from notifications import links
from notifications.consent import opt_in, opt_out, opt_out_of_everything
from notifications.consent.services import LASTING
from notifications.models import Message, OptOut, OptOutSource
from notifications.pages.doors import again, door, page

ONE_CLICK = "One-Click"


@door(links.UNSUBSCRIBE)
def unsubscribe(request: HttpRequest, message: Message) -> HttpResponse:
    """Ask (GET), do or undo (POST). A mail client's own POST (RFC 8058) is answered without a redirect."""
    if request.method != "POST":
        return _ask(request, message)
    if request.POST.get("List-Unsubscribe") == ONE_CLICK:
        _stop(message, is_everything=False)
        return HttpResponse("unsubscribed\n", content_type="text/plain; charset=utf-8")
    match request.POST.get("action"):
        case "stop":
            _stop(message, is_everything=request.POST.get("scope") == "everything")
        case "undo":
            opt_in(
                message.merchant_id,
                channel=message.channel,
                address=message.address,
                sources=set(OptOutSource) - LASTING,
            )
        case _:
            return _ask(request, message, status=400)
    return again(request)


def _stop(message: Message, *, is_everything: bool) -> None:
    if is_everything:
        opt_out_of_everything(
            message.merchant_id, channel=message.channel, address=message.address, source=OptOutSource.LINK
        )
    else:
        opt_out(
            message.merchant_id,
            channel=message.channel,
            address=message.address,
            category=message.category,
            source=OptOutSource.LINK,
        )


def _ask(request: HttpRequest, message: Message, *, status: int = 200) -> HttpResponse:
    rows = list(
        OptOut.objects.filter(
            merchant=message.merchant_id, channel=message.channel, address=message.address
        ).values_list("category", "source")
    )
    stopped = {category for category, _source in rows}
    return page(
        request,
        "pages/unsubscribe.html",
        message,
        status=status,
        is_stopped=message.category in stopped,
        is_all_stopped=len(stopped) > 1,
        can_undo=any(source not in LASTING for _category, source in rows),
        preferences_path=f"/p/{links.sign(links.PREFERENCES, message.pk)}",
    )
