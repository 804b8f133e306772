"""Every phone and mailbox of the sandbox, for trying out: what would have arrived, and where.

Open to whoever reaches the server, so only where SANDBOX_PAGE is set.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import uuid4

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from merchants.ownership import across_merchants
from notifications import receipts
from notifications.models import ChannelKind, Receipt, SandboxDelivery
from notifications.outcomes import ReceiptFacts, ReceiptKind

SHOWN = 400
PER_PHONE = 30
PER_MAILBOX = 12
LISTED = 200
# Mail carries its style within; nothing in it may run, and nothing knows where it is shown.
MAIL_POLICY = {
    "default-src": [NONE],
    "script-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["*", "data:"],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}
Door = Callable[..., HttpResponse]
VIEWS = ("desktop", "phone", "text")


def trial_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Open the door where SANDBOX_PAGE is set; elsewhere there is nothing."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.SANDBOX_PAGE:
            raise Http404
        with across_merchants():
            response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return door


@trial_only
@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """Show the phones and mailboxes, newest first; the page asks for itself again every two seconds."""
    is_poll = "HX-Request" in request.headers
    deliveries = list(SandboxDelivery.objects.select_related("merchant").order_by("-id")[:SHOWN])
    replies = list(Receipt.objects.filter(kind=ReceiptKind.REPLY).order_by("-id")[:SHOWN])
    stamp = f"{deliveries[0].pk if deliveries else 0}.{replies[0].pk.hex if replies else 0}"
    if is_poll and request.GET.get("seen") == stamp:
        return HttpResponse(status=204)
    context = {
        "stamp": stamp,
        "phones": _phones(deliveries, replies),
        "mailboxes": _mailboxes(deliveries),
    }
    return render(request, "sandbox/boxes.html" if is_poll else "sandbox/wall.html", context)


def _phones(deliveries: list[SandboxDelivery], replies: list[Receipt]) -> list[dict[str, Any]]:
    phones: dict[str, list[dict[str, Any]]] = {}
    zones: dict[str, str] = {}
    for one in deliveries:
        if one.channel == ChannelKind.SMS:
            sender = one.sender or (one.merchant.name if one.merchant else "")
            bubble = {"is_own": False, "text": one.text, "sender": sender, "at": one.created_at}
            zones.setdefault(one.address, one.merchant.timezone if one.merchant else "UTC")
            phones.setdefault(one.address, []).append(bubble)
    for said in replies:
        if said.address in phones:
            bubble = {"is_own": True, "text": said.text, "sender": "", "at": said.received_at}
            phones[said.address].append(bubble)
    for bubbles in phones.values():
        bubbles.sort(key=lambda bubble: bubble["at"], reverse=True)
    return [
        {
            "address": address,
            "field": f"reply-{address.strip('+')}",
            "zone": zones[address],
            "bubbles": bubbles[:PER_PHONE],
        }
        for address, bubbles in phones.items()
    ]


def _mailboxes(deliveries: list[SandboxDelivery]) -> list[dict[str, Any]]:
    mailboxes: dict[str, list[SandboxDelivery]] = {}
    for one in deliveries:
        if one.channel == ChannelKind.EMAIL:
            mailboxes.setdefault(one.address, []).append(one)
    return [{"address": address, "mails": mails[:PER_MAILBOX]} for address, mails in mailboxes.items()]


@trial_only
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """Return what arrived as JSON, newest first; `address` and `channel` narrow it down."""
    rows = SandboxDelivery.objects.order_by("-id")
    if "address" in request.GET:
        address = request.GET["address"].strip().lower()
        # A plus that was not escaped arrives as a space.
        rows = rows.filter(address__in=[address, f"+{address}"])
    if "channel" in request.GET:
        rows = rows.filter(channel=request.GET["channel"])
    return JsonResponse(
        {
            "messages": [
                {
                    "id": row.pk,
                    "channel": row.channel,
                    "address": row.address,
                    "sender": row.sender,
                    "subject": row.subject,
                    "text": row.text,
                    "html": row.html,
                    "message": row.message_id,
                    "created_at": row.created_at,
                }
                for row in rows[:LISTED]
            ]
        },
        json_dumps_params={"ensure_ascii": False},
    )


@trial_only
@require_POST
def reply(request: HttpRequest) -> HttpResponse:
    """Take a reply typed on one of the phones, as if a gateway had pushed it."""
    address, text = request.POST.get("address", ""), request.POST.get("text", "").strip()
    last = (
        SandboxDelivery.objects.filter(channel=ChannelKind.SMS, address=address, message__isnull=False)
        .select_related("message__gateway")
        .order_by("-id")
        .first()
    )
    if last is None or last.message is None:
        raise Http404
    if text:
        receipts.keep(
            [ReceiptFacts(ReceiptKind.REPLY, uuid4().hex, address=address, text=text)],
            merchant_id=last.message.merchant_id,
            gateway=last.message.gateway,
        )
    return redirect("sandbox")


@trial_only
@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one mail with its head, as a desktop, a phone or plain text would."""
    row = get_object_or_404(SandboxDelivery, pk=pk, channel=ChannelKind.EMAIL)
    asked = request.GET.get("view", "desktop")
    view = asked if asked in VIEWS and row.html else "text"
    return render(request, "sandbox/mail.html", {"mail": row, "view": view})


@trial_only
@require_safe
@xframe_options_sameorigin
@cast("Callable[[Door], Door]", csp_replace(MAIL_POLICY))
def html(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a mail's HTML for the frame; its links open beside the page."""
    row = get_object_or_404(SandboxDelivery, pk=pk, channel=ChannelKind.EMAIL)
    base = '<base target="_blank">'
    content = row.html.replace("<head>", f"<head>{base}", 1) if "<head>" in row.html else base + row.html
    return HttpResponse(content)
