"""Forgetting a person, keeping the shop's numbers."""

from __future__ import annotations

import pytest

from orders.models import Customer, Order
from orders.services import erase_customer, upsert_customer
from orders.signals import customer_erased
from tests.builders import a_customer, a_merchant, an_event, an_order

pytestmark = pytest.mark.django_db


def test_it_blanks_what_is_personal_and_keeps_the_order():
    customer = a_customer(a_merchant(), external_id="li@mail.example", region="Zhejiang")
    order = an_order(customer.merchant, customer=customer, ip="10.0.0.1", attributes={"note": "for Li Na"})
    event = an_event(customer.merchant, customer=customer, data={"name": "Li Na"})
    erase_customer(customer)
    erased = Customer.objects.get()
    assert erased.external_id == f"erased-{customer.pk}"
    assert erased.erased_at
    assert not any([erased.name, erased.email, erased.phone, erased.region, erased.country, erased.timezone])
    kept = Order.objects.get()
    assert (kept.number, kept.total, kept.ip, kept.attributes) == (order.number, order.total, None, {})
    event.refresh_from_db()
    assert event.data == {}


def test_it_tells_whoever_keeps_more():
    told = []

    def listen(sender, **facts):
        told.append(facts)

    customer = a_customer(a_merchant(), email="li@mail.example", phone="+8613800000001")
    customer_erased.connect(listen)
    try:
        erase_customer(customer)
    finally:
        customer_erased.disconnect(listen)
    assert told[0]["customer_id"] == customer.pk
    assert told[0]["addresses"] == ["li@mail.example", "+8613800000001"]


def test_who_comes_back_is_another_customer():
    customer = a_customer(a_merchant(), external_id="u1")
    erase_customer(customer)
    assert upsert_customer(customer.merchant, external_id="u1", name="Li Na") != customer
