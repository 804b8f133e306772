"""Plain functions that make what a test needs, with good defaults; any field can be given.

Call them where every merchant may be seen (which holds for the body of each test).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import transaction

from merchants.models import ApiKey, Membership, Merchant, User
from merchants.roles import Role
from notifications.models.configuration import Rule, Signature, Template, TemplateVersion
from notifications.models.consent import OptOut, OptOutSource
from notifications.models.gateways import GatewayAccount
from notifications.models.kinds import Category, ChannelKind
from notifications.models.messages import Message, State
from orders.events import EventKind
from orders.models import Customer, Event, Item, Order, Return, Shipment
from orders.statuses import OrderStatus, ReturnStatus, ShipmentStatus

_numbers = count(1)

PASSWORD = "correct horse battery staple"


def a_merchant(**fields: Any) -> Merchant:
    return Merchant.objects.create(**{"name": f"Shop {next(_numbers)}"} | fields)


def a_user(**fields: Any) -> User:
    email = fields.pop("email", f"person{next(_numbers)}@shop.example")
    password = fields.pop("password", PASSWORD)
    return User.objects.create_user(email, password, **fields)


def a_member(merchant: Merchant, *, role: str = Role.OWNER, **user_fields: Any) -> User:
    """Return a user (password PASSWORD) who works for the merchant in the role."""
    user = user_fields.pop("user", None) or a_user(**user_fields)
    Membership.objects.create(merchant=merchant, user=user, role=role)
    return user


def an_api_key(merchant: Merchant, **fields: Any) -> tuple[ApiKey, str]:
    """Return a key with every scope, and the text that goes behind `Bearer`."""
    return ApiKey.issue(merchant, **{"name": f"Key {next(_numbers)}"} | fields)


def a_customer(merchant: Merchant, **fields: Any) -> Customer:
    number = next(_numbers)
    defaults = {
        "external_id": f"c-{number}",
        "name": "Li Na",
        "email": f"customer{number}@mail.example",
        "phone": f"+86138{number:08d}",
        "language": "en",
        "timezone": "Asia/Shanghai",
        "country": "CN",
    }
    customer: Customer = Customer.objects.create(merchant=merchant, **defaults | fields)
    return customer


def an_order(
    merchant: Merchant,
    *,
    status: str = OrderStatus.CREATED,
    items: Iterable[Mapping[str, Any]] = (
        {"sku": "TEA-1", "name": "Green tea", "unit_price": Decimal("88.00")},
    ),
    customer: Customer | None = None,
    **fields: Any,
) -> Order:
    """Return an order with its items; its events are written as by any other way in.

    `occurred_at`, `is_bulk` and `event_data` are about those events.
    """
    about_events = {
        name: fields.pop(name) for name in ("occurred_at", "is_bulk", "event_data") if name in fields
    }
    defaults = {"number": f"A-{next(_numbers)}", "currency": "CNY", "total": Decimal("88.00")}
    with transaction.atomic():
        order = Order(
            merchant=merchant,
            customer=customer or a_customer(merchant),
            status=status,
            **defaults | fields,
        )
        for name, value in about_events.items():
            setattr(order, name, value)
        order.save()
        for item in items:
            Item.objects.create(merchant=merchant, order=order, **item)
    return order


def a_shipment(order: Order, *, status: str = ShipmentStatus.DISPATCHED, **fields: Any) -> Shipment:
    defaults = {"carrier": "SF Express", "tracking_number": f"SF{next(_numbers):010d}"}
    shipment: Shipment = Shipment.objects.create(
        merchant_id=order.merchant_id, order=order, status=status, **defaults | fields
    )
    return shipment


def a_return(order: Order, *, status: str = ReturnStatus.REQUESTED, **fields: Any) -> Return:
    made: Return = Return.objects.create(
        merchant_id=order.merchant_id, order=order, status=status, **{"reason": "size"} | fields
    )
    return made


def an_event(merchant: Merchant, *, kind: str = EventKind.STOCK_LOW, **fields: Any) -> Event:
    """Return an event that follows from no order (for the others, move the order)."""
    event = Event(merchant=merchant, kind=kind, **fields)
    if event.occurred_at is None:
        event.occurred_at = event.recorded_at
    event.save(force_insert=True)
    return event


def a_gateway(merchant: Merchant, *, kind: str = "sandbox", **fields: Any) -> GatewayAccount:
    gateway: GatewayAccount = GatewayAccount.objects.create(
        merchant=merchant, kind=kind, **{"name": f"Gateway {next(_numbers)}"} | fields
    )
    return gateway


def a_signature(merchant: Merchant, *, text: str = "叮单茶铺", **fields: Any) -> Signature:
    signature: Signature = Signature.objects.create(
        merchant=merchant, text=text, **{"is_default": True} | fields
    )
    return signature


def a_template(merchant: Merchant, *, channel: str = ChannelKind.SMS, **fields: Any) -> Template:
    """Return a template with its first version in force."""
    is_mail = channel == ChannelKind.EMAIL
    defaults = {
        "code": f"template-{next(_numbers)}",
        "event": EventKind.ORDER_CREATED,
        "language": "en",
        "category": Category.TRANSACTIONAL,
        "subject": "Your order {{ order.number }}" if is_mail else "",
        "body": "We have your order {{ order.number }}.",
    }
    template: Template = Template.objects.create(merchant=merchant, channel=channel, **defaults | fields)
    TemplateVersion.objects.create(
        merchant=merchant,
        template=template,
        number=template.version,
        subject=template.subject,
        body=template.body,
    )
    return template


def a_rule(merchant: Merchant, *, template: Template | str | None = None, **fields: Any) -> Rule:
    """Return a rule that tells the customer by text message; without a template one is made."""
    event = fields.pop("event", template.event if isinstance(template, Template) else EventKind.ORDER_CREATED)
    template = template or a_template(merchant, event=event)
    defaults = {
        "name": f"Rule {next(_numbers)}",
        "recipients": ["customer"],
        "channels": [template.channel if isinstance(template, Template) else ChannelKind.SMS],
        "template": template.code if isinstance(template, Template) else template,
    }
    rule: Rule = Rule.objects.create(merchant=merchant, event=event, **defaults | fields)
    return rule


def an_opt_out(merchant: Merchant, *, address: str, **fields: Any) -> OptOut:
    defaults = {
        "channel": ChannelKind.EMAIL if "@" in address else ChannelKind.SMS,
        "category": Category.TRANSACTIONAL,
        "source": OptOutSource.HAND,
    }
    opt_out: OptOut = OptOut.objects.create(merchant=merchant, address=address, **defaults | fields)
    return opt_out


def a_message(merchant: Merchant, *, order: Order | None = None, **fields: Any) -> Message:
    """Return a text message to the customer of an order, due now; one is made if none is given."""
    order = order or an_order(merchant)
    template = fields.pop("template", None) or a_template(merchant)
    is_template = isinstance(template, Template)
    defaults: dict[str, Any] = {
        "event": order.events.order_by("id").first(),
        "customer": order.customer,
        "recipient": "customer",
        "channel": template.channel if is_template else ChannelKind.SMS,
        "category": Category.TRANSACTIONAL,
        "template": template.code if is_template else template,
        "template_version": template.versions.first() if is_template else None,
        "language": "en",
        "state": State.DUE,
    }
    if "rule" not in fields:
        defaults["rule"] = a_rule(merchant, template=template)
    is_mail = (fields.get("channel") or defaults["channel"]) == ChannelKind.EMAIL
    defaults["address"] = order.customer.email if is_mail else order.customer.phone
    message: Message = Message.objects.create(merchant=merchant, order=order, **defaults | fields)
    return message
