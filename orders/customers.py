"""Write customers: known by the shop's own id, or by their address, and forgotten on request."""

from __future__ import annotations

from typing import Unpack

from django.db import IntegrityError, transaction
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant
from orders.errors import AlreadyExists, InvalidInput
from orders.inputs import CustomerFields, clean
from orders.models import Customer, Event, Order
from orders.signals import customer_erased

PERSONAL = ("name", "email", "phone", "region", "language", "timezone", "country")
LONGEST_ID = 100


def upsert_customer(merchant: Merchant, **fields: Unpack[CustomerFields]) -> Customer:
    """Return the merchant's customer of this `external_id`, made or brought up to date.

    Fields that are not given stay. Without an `external_id` the customer goes by email, or else by
    phone. Raises `InvalidInput`.
    """
    values, known = _look_up(merchant, fields)
    if known is None:
        if customer := _insert(merchant, values):
            return customer
        known = Customer.objects.get(merchant=merchant, external_id=values["external_id"])
    return _update(known, values)


def make_customer(merchant: Merchant, **fields: Unpack[CustomerFields]) -> Customer:
    """Return a new customer. Raises `InvalidInput`, and `AlreadyExists` for one who is known."""
    values, known = _look_up(merchant, fields)
    customer = None if known else _insert(merchant, values)
    if customer is None:
        raise AlreadyExists("external_id", values["external_id"])
    return customer


def _look_up(merchant: Merchant, fields: CustomerFields) -> tuple[dict[str, str], Customer | None]:
    """Return the fields in form, `external_id` among them, and the customer whom they are about."""
    country = clean({"country": fields.get("country", "")})["country"]
    known_by, known = _external_id(fields), None
    if known_by:
        known = Customer.objects.filter(merchant=merchant, external_id=known_by).first()
    values = clean(fields, countries=_countries(merchant, country, known))
    if not known_by:
        known_by = _derived_id(values)
        known = Customer.objects.filter(merchant=merchant, external_id=known_by).first()
    return values | {"external_id": known_by}, known


def _insert(merchant: Merchant, values: dict[str, str]) -> Customer | None:
    """Return the customer who was made, or None if somebody was faster."""
    customer = Customer(merchant=merchant, **values)
    try:
        with transaction.atomic():
            customer.save(force_insert=True)
    except IntegrityError:
        return None
    return customer


def change_customer(customer: Customer, **changes: Unpack[CustomerFields]) -> Customer:
    """Change what is given. Raises `InvalidInput`."""
    country = clean({"country": changes.get("country", "")})["country"]
    values = clean(changes, countries=_countries(customer.merchant, country, customer))
    if values.pop("external_id", customer.external_id) != customer.external_id:
        raise InvalidInput("external_id", "immutable", _("This cannot be changed."))
    return _update(customer, values)


def _update(customer: Customer, values: dict[str, str]) -> Customer:
    changed = [name for name, value in values.items() if getattr(customer, name) != value]
    for name in changed:
        setattr(customer, name, values[name])
    if changed:
        customer.save(update_fields=changed)
    return customer


def _external_id(fields: CustomerFields) -> str | None:
    given = fields.get("external_id", "").strip()
    if not given:
        return None
    if len(given) > LONGEST_ID or given in {".", ".."} or "/" in given or not given.isprintable():
        raise InvalidInput(
            "external_id",
            "invalid_id",
            _("Take up to 100 printable characters without a slash: the ID stands in addresses."),
        )
    return given


def _derived_id(values: dict[str, str]) -> str:
    address = values.get("email") or values.get("phone")
    if not address:
        raise InvalidInput(
            "external_id", "required", _("Name the customer: by the shop's own ID, an email or a phone.")
        )
    if len(address) > LONGEST_ID or "/" in address:
        raise InvalidInput(
            "external_id", "required", _("This email cannot serve as an ID: give one as well.")
        )
    return address


def _countries(merchant: Merchant, country: str, known: Customer | None) -> tuple[str, ...]:
    return tuple(filter(None, (country, known.country if known else "", merchant.country)))


def erase_customer(customer: Customer) -> None:
    """Blank what is personal, here and on the customer's orders; numbers and events stay.

    Opt-outs stay too, for they protect the person. Whoever keeps more listens to `customer_erased`.
    """
    with transaction.atomic():
        customer = Customer.objects.select_for_update().get(pk=customer.pk)
        addresses = [address for address in (customer.email, customer.phone) if address]
        for name in PERSONAL:
            setattr(customer, name, "")
        customer.external_id = f"erased-{customer.pk}"
        customer.erased_at = clock.now()
        customer.save()
        Order.objects.filter(customer=customer).update(ip=None, attributes={}, language="")
        Event.objects.filter(customer=customer).update(data={})
        customer_erased.send(
            Customer, customer_id=customer.pk, merchant_id=customer.merchant_id, addresses=addresses
        )
