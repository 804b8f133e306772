from __future__ import annotations

import pytest
from django.urls import reverse

from orders.models import Customer
from tests.builders import a_customer, a_merchant, an_order
from tests.orders.screens.given import logged_in

pytestmark = pytest.mark.django_db


def test_a_customers_page_shows_their_orders():
    shop = a_merchant()
    order = an_order(shop, number="A-17")
    an_order(shop, number="B-18")
    page = logged_in(shop).get(reverse("customer_detail", args=[order.customer.pk])).content.decode()
    assert "A-17" in page
    assert "B-18" not in page


def test_a_customer_is_made_with_addresses_in_one_form():
    shop = a_merchant()
    logged_in(shop).post(
        reverse("customer_create"), {"name": "Wang", "phone": "138 1111 2222", "country": "CN"}
    )
    customer = Customer.objects.get()
    assert (customer.phone, customer.external_id) == ("+8613811112222", "+8613811112222")


def test_a_new_customer_does_not_overwrite_a_known_one():
    shop = a_merchant()
    a_customer(shop, external_id="c-1", name="Li Na")
    page = logged_in(shop).post(reverse("customer_create"), {"external_id": "c-1", "name": "Wang"})
    assert page.context["form"].errors["external_id"]
    assert Customer.objects.get().name == "Li Na"


def test_a_customer_is_changed_and_what_is_wrong_is_said_beside_the_field():
    shop = a_merchant()
    customer = a_customer(shop, timezone="PRC")
    client = logged_in(shop)
    url = reverse("customer_edit", args=[customer.pk])
    data = {"name": "Wang Wei", "phone": customer.phone, "email": customer.email, "timezone": "PRC"}
    client.post(url, data)
    customer.refresh_from_db()
    assert (customer.name, customer.timezone, customer.language) == ("Wang Wei", "PRC", "")
    page = client.post(url, data | {"email": "nobody"})
    assert page.context["form"].errors["email"]
    customer.refresh_from_db()
    assert customer.email != "nobody"


def test_erasing_wants_the_id_typed_and_a_tick():
    shop = a_merchant()
    customer = a_customer(shop, external_id="c-1")
    client = logged_in(shop)
    url = reverse("customer_erase", args=[customer.pk])
    for data in ({}, {"typed": "c-1"}, {"typed": "c-2", "is_sure": "on"}):
        assert client.post(url, data).status_code == 422
    customer.refresh_from_db()
    assert customer.name
    page = client.post(url, {"typed": "c-1", "is_sure": "on"}, follow=True)
    customer.refresh_from_db()
    assert (customer.name, customer.phone, customer.email) == ("", "", "")
    assert "Erased customer" in page.content.decode()


def test_an_erased_customer_is_not_edited_any_more():
    shop = a_merchant()
    customer = a_customer(shop)
    client = logged_in(shop)
    client.post(
        reverse("customer_erase", args=[customer.pk]), {"typed": customer.external_id, "is_sure": "on"}
    )
    assert client.get(reverse("customer_edit", args=[customer.pk])).status_code == 404


def test_languages_and_countries_are_called_by_their_names():
    shop = a_merchant()
    customer = a_customer(shop, language="zh-hant", country="HK")
    client = logged_in(shop)
    for url in (reverse("customer_list"), reverse("customer_detail", args=[customer.pk])):
        page = client.get(url).content.decode()
        assert "Traditional Chinese" in page
        assert "Hong Kong" in page


def test_a_language_that_only_a_system_would_write_is_kept_by_the_form():
    shop = a_merchant()
    customer = a_customer(shop, language="es-419")
    page = logged_in(shop).get(reverse("customer_edit", args=[customer.pk])).content.decode()
    assert '<option value="es-419" selected>Latin American Spanish</option>' in page
