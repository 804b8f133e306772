from __future__ import annotations

import pytest
from django.urls import reverse

from merchants.roles import Right, Role
from notifications.models import Signature, VendorSignature
from tests.builders import a_gateway, a_merchant, a_signature
from tests.notifications.screens.given import (
    Doors,
    answers_to_a_stranger,
    expected_doors,
    logged_in,
    open_doors,
)

pytestmark = pytest.mark.django_db


def doors(row: Signature) -> Doors:
    gateway = a_gateway(row.merchant, kind="aliyun")
    return {
        "signature_edit": (Right.CONFIGURE, [row.pk]),
        "signature_default": (Right.CONFIGURE, [row.pk]),
        "signature_remove": (Right.CONFIGURE, [row.pk]),
        "signature_review": (Right.CONFIGURE, [row.pk, gateway.pk]),
    }


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_it_has_the_right_to(role):
    row = a_signature(a_merchant())
    every = dict(doors(row)) | {"signature_list": (Right.SEE, []), "signature_create": (Right.CONFIGURE, [])}
    assert open_doors(row.merchant, every, role=role) == expected_doors(every, role=role)


def test_another_shops_signature_is_not_found():
    row = a_signature(a_merchant())
    every = dict(doors(row))
    assert answers_to_a_stranger(every) == {name: {404} for name in every}
    row.refresh_from_db()
    assert row.archived_at is None


def test_a_gateway_of_another_shop_is_not_found():
    row = a_signature(a_merchant())
    url = reverse("signature_review", args=[row.pk, a_gateway(a_merchant(), kind="aliyun").pk])
    assert logged_in(row.merchant).post(url, {"state": "approved"}).status_code == 404
    assert not VendorSignature.objects.exists()


def test_a_signature_is_made_and_shown_in_its_brackets():
    shop = a_merchant()
    client = logged_in(shop)
    client.post(reverse("signature_create"), {"text": "叮单茶铺", "countries": ["CN", "HK"]})
    made = Signature.objects.get()
    assert (made.merchant, made.countries, made.is_default) == (shop, ["CN", "HK"], True)
    assert "【叮单茶铺】" in client.get(reverse("signature_list")).content.decode()


def test_an_error_stands_beside_its_field_and_the_input_stays():
    page = logged_in(a_merchant()).post(reverse("signature_create"), {"text": "茶！", "countries": ["CN"]})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"text"}
    assert 'value="茶！"' in page.content.decode()


def test_a_state_at_a_gateway_is_noted_by_hand_with_its_reason():
    row = a_signature(a_merchant())
    gateway = a_gateway(row.merchant, kind="aliyun", name="Aliyun")
    client = logged_in(row.merchant)
    url = reverse("signature_review", args=[row.pk, gateway.pk])
    for reason in ("no licence", "licence out of date"):
        client.post(url, {"state": "rejected", "reason": reason})
    review = VendorSignature.objects.get()
    assert (review.merchant, review.state, review.reason) == (row.merchant, "rejected", "licence out of date")
    assert "licence out of date" in client.get(reverse("signature_edit", args=[row.pk])).content.decode()


def test_another_default_takes_the_place_of_the_old_one():
    shop = a_merchant()
    old, new = a_signature(shop), a_signature(shop, text="TeaShop", is_default=False)
    logged_in(shop).post(reverse("signature_default", args=[new.pk]))
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.is_default, new.is_default) == (False, True)


def test_removing_asks_first_and_keeps_the_row():
    row = a_signature(a_merchant())
    client = logged_in(row.merchant)
    url = reverse("signature_remove", args=[row.pk])
    client.get(url)
    row.refresh_from_db()
    assert row.archived_at is None
    client.post(url)
    row.refresh_from_db()
    assert row.archived_at is not None


def test_the_list_takes_as_many_queries_for_ten_as_for_one(django_assert_max_num_queries):
    shop = a_merchant()
    gateway = a_gateway(shop, kind="aliyun")
    for n in range(10):
        row = a_signature(shop, text=f"Shop{n}", is_default=n == 0)
        VendorSignature.objects.create(merchant=shop, signature=row, gateway=gateway)
    client = logged_in(shop)
    with django_assert_max_num_queries(8):
        client.get(reverse("signature_list"))
