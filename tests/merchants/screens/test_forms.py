from __future__ import annotations

from typing import Any

import pytest

from merchants.ownership import inside
from merchants.screens import MerchantForm
from orders.models import Customer, Order
from tests.builders import a_customer, a_merchant

pytestmark = pytest.mark.django_db


class CustomerForm(MerchantForm):
    class Meta:
        model = Customer
        fields = ("external_id", "name")


class OrderForm(MerchantForm):
    class Meta:
        model = Order
        fields = ("number", "customer")


def test_a_choice_is_among_the_shops_own_rows():
    shop, other = a_merchant(), a_merchant()
    ours, theirs = a_customer(shop), a_customer(other)
    with inside(shop):
        form: Any = OrderForm({"number": "1", "customer": str(theirs.pk)}, merchant=shop)
        assert [str(value) for value, _ in form.fields["customer"].choices] == ["", str(ours.pk)]
        assert "customer" in form.errors


def test_a_name_that_is_taken_in_the_shop_is_an_error_of_the_form():
    shop, other = a_merchant(), a_merchant()
    a_customer(shop, external_id="ours")
    a_customer(other, external_id="theirs")
    with inside(shop):
        assert not CustomerForm({"external_id": "ours"}, merchant=shop).is_valid()
        form = CustomerForm({"external_id": "theirs"}, merchant=shop)
        assert form.is_valid(), form.errors
        assert form.save().merchant == shop
