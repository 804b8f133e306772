"""Send a template to oneself, through the real path: a message without an event, due at once."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone as clock
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from merchants.models import User
from merchants.ownership import inside
from notifications import queueing
from notifications.channels.registry import CHANNELS
from notifications.consent.addresses import BadAddress, normalise_address
from notifications.gateways.registry import GATEWAYS
from notifications.models import ChannelKind, GatewayAccount, Message, State, Template, VendorTemplate
from notifications.models.messages import DRILL
from notifications.recipients import Person, choose_language
from orders.events import Lane
from orders.models import Order

log = structlog.get_logger(__name__)

RECIPIENT = "test"
USEFUL = timedelta(days=1)


class CannotTest(Exception):
    """A test that cannot be sent. Carries a stable code and a sentence for people."""

    def __init__(self, code: str, detail: str | Promise) -> None:
        self.code, self.detail = code, detail
        super().__init__(code)


def send_test(
    template: Template, *, address: str, order: Order | None = None, by: User | None = None
) -> Message:
    """Return a new message that says the template to one address, about `order` or a made-up one.

    The gates are asked as ever, consent too. Called inside the merchant's scope. Raises `CannotTest`
    (missing_address, bad_phone, bad_email, template_off).
    """
    if not template.is_active:
        raise CannotTest("template_off", _("This template is switched off; only what is on can be sent."))
    message = _message(template, address=address, order=order, by=by)
    _start(message)
    return message


def drill(
    gateway: GatewayAccount, *, address: str, by: User | None = None, useful: timedelta = USEFUL
) -> Message:
    """Return a new message to one's own phone that goes through this account, whatever its state.

    What goes over the wire is kept with the attempt; after `useful` it is not tried again. Raises
    `CannotTest` (gateway_off, no_wording, and those of `send_test`).
    """
    if not gateway.is_active or gateway.archived_at or gateway.kind not in GATEWAYS:
        raise CannotTest("gateway_off", _("This gateway is switched off; only what is on can send."))
    template = _wording_for(gateway)
    if template is None:
        raise CannotTest("no_wording", _("There is no text template in use that this gateway can send."))
    message = _message(template, address=address, order=None, by=by)
    message.recipient, message.gateway = DRILL, gateway
    message.expires_at = message.due_at + useful
    _start(message)
    return message


def send_canaries() -> int:
    """Send the text of each account whose canary is due; return how many. Called across merchants."""
    now, sent = clock.now(), 0
    watched = GatewayAccount.objects.filter(is_active=True, canary_minutes__gt=0).exclude(canary_phone="")
    for gateway in watched.select_related("merchant"):
        if gateway.canary_at and gateway.canary_at + timedelta(minutes=gateway.canary_minutes) > now:
            continue
        mine = GatewayAccount.objects.filter(pk=gateway.pk, canary_at=gateway.canary_at)
        # Of two hosts that look at once, one changes the row.
        if not mine.update(canary_at=now):
            continue
        try:
            with inside(gateway.merchant):
                # While the account is in trouble one waits at a time, not all that came due meanwhile.
                useful = timedelta(minutes=gateway.canary_minutes)
                drill(gateway, address=gateway.canary_phone, useful=useful)
        except CannotTest as fault:
            log.warning("a canary cannot be sent", gateway=str(gateway.pk), code=fault.code)
        else:
            sent += 1
    return sent


def _start(message: Message) -> None:
    with transaction.atomic():
        message.save(force_insert=True)
        transaction.on_commit(lambda: queueing.wake(message.lane))


def _wording_for(gateway: GatewayAccount) -> Template | None:
    """Return an active text template that the account can send, if possible in the merchant's language."""
    rows = Template.objects.filter(channel=ChannelKind.SMS, is_active=True)
    if GATEWAYS[gateway.kind].needs_template:
        known = VendorTemplate.objects.filter(gateway=gateway).defer("fields")
        rows = rows.filter(pk__in=[one.template_id for one in known if one.in_use])
    by_language = {template.language: template for template in rows.order_by("-id")[:200]}
    language = choose_language(list(by_language), [gateway.merchant.language])
    return by_language[language] if language else None


def _message(template: Template, *, address: str, order: Order | None, by: User | None) -> Message:
    merchant = template.merchant
    try:
        address = normalise_address(template.channel, address, merchant.country)
    except BadAddress as fault:
        raise CannotTest(fault.code, fault.detail) from fault
    is_phone = template.channel == ChannelKind.SMS
    person = Person(key=RECIPIENT, phone=address if is_phone else "", email="" if is_phone else address)
    target = CHANNELS[template.channel].target(person, country=merchant.country, timezone=merchant.timezone)
    now = clock.now()
    return Message(
        merchant=merchant,
        order=order,
        recipient=RECIPIENT,
        channel=template.channel,
        category=template.category,
        lane=Lane.URGENT,
        template=template.code,
        template_version=template.versions.filter(number=template.version).first(),
        language=template.language,
        address=target.address,
        country=target.country,
        timezone=target.timezone,
        state=State.DUE,
        due_at=now,
        expires_at=now + USEFUL,
        created_at=now,
        gates=[
            {
                "when": "tested",
                "at": now.isoformat(timespec="seconds"),
                "allowed": [],
                "answer": "allow",
                "by": by.email if by else "",
            }
        ],
    )
