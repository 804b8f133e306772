"""Where gateways push receipts and replies: kept, answered at once, worked off later."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from merchants.api.authentication import client_address
from merchants.ownership import across_merchants
from notifications import receipts, reviewing
from notifications.channels.sms import account_of
from notifications.gateways.base import BadPush, ForgedPush, Push
from notifications.gateways.registry import GATEWAYS, REVIEWING
from notifications.models import GatewayAccount
from notifications.outbound import parse_networks

MAX_BODY = 1024 * 1024
MAX_FIELDS = 1_000
FORM = "application/x-www-form-urlencoded"


@csrf_exempt
@require_http_methods(["GET", "POST"])
def push(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """Keep what the vendor says, and answer what it wants to hear.

    404 for an address that is no account's, 403 for a sender who is not on the account's list or a forged
    signature, 413 for more than 1 MiB, 400 for what cannot be read.
    """
    with across_merchants():
        # Receipts still come for an account that was put away, which the usual manager hides.
        accounts = GatewayAccount._base_manager.select_related("merchant")
        account = accounts.filter(token=token, kind=kind).first()
        if account is None or kind not in GATEWAYS:
            raise Http404
        if _is_too_large(request):
            return HttpResponse("too large\n", status=413, content_type="text/plain")
        if not _may_push(request, account):
            return HttpResponse("not from here\n", status=403, content_type="text/plain")
        gateway = GATEWAYS[kind].for_account(account_of(account))
        try:
            received = _push(request)
            gateway.check_push(received, account_of(account))
            facts = gateway.parse_push(received)
        except ForgedPush as fault:
            return HttpResponse(f"{fault}\n", status=403, content_type="text/plain; charset=utf-8")
        except BadPush as fault:
            return HttpResponse(f"{fault}\n", status=400, content_type="text/plain; charset=utf-8")
        receipts.keep(
            facts, merchant_id=account.merchant_id, gateway=account, country=account.merchant.country
        )
        if kind in REVIEWING:
            reviewing.hear(REVIEWING[kind].parse_news(received), account=account)
    status, content_type, body = gateway.answer_push()
    return HttpResponse(body, status=status, content_type=content_type)


def _may_push(request: HttpRequest, account: GatewayAccount) -> bool:
    if not account.sources:
        return True
    try:
        peer = ip_address(client_address(request))
        networks = parse_networks(account.sources)
    except (ValueError, TypeError, AttributeError):
        return False  # a list that cannot be read lets nobody in
    if isinstance(peer, IPv6Address) and peer.ipv4_mapped:
        peer = peer.ipv4_mapped
    return any(peer in network for network in networks)


def _is_too_large(request: HttpRequest) -> bool:
    try:
        return len(request.body) > MAX_BODY
    except RequestDataTooBig:
        return True


def _push(request: HttpRequest) -> Push:
    """Return the request as gateways read it. Raises `BadPush`."""
    body = request.body
    form: dict[str, str] = {}
    if request.content_type == FORM:
        try:
            form = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS))
        except ValueError as error:
            raise BadPush("not a form in UTF-8") from error
    return Push(
        method=request.method or "GET",
        query=request.GET.dict(),
        form=form,
        body=body,
        content_type=request.content_type or "",
        url=f"{settings.PUBLIC_URL}{request.get_full_path()}",
        headers={name.lower(): value for name, value in request.headers.items()},
    )
