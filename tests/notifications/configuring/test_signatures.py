from __future__ import annotations

import pytest

from merchants.ownership import inside
from notifications.configuring import InvalidSettings, save_signature
from notifications.models import VendorSignature
from tests.builders import a_gateway, a_merchant, a_signature

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"text": "茶"}, {"text": "bad_length"}),
        ({"text": "一二三四五六七八九十一二三"}, {"text": "bad_length"}),
        ({"text": "【叮单】"}, {"text": "bad_character"}),
        ({"text": "Tea & Co"}, {"text": "bad_character"}),
        ({"text": "叮单", "channel": "email"}, {"channel": "no_signature"}),
        ({"text": "叮单", "countries": ["CN", "XX"]}, {"countries[1]": "unknown_country"}),
        ({"text": "叮单", "countries": "CN"}, {"countries": "not_a_list"}),
        ({}, {"text": "required"}),
    ],
)
def test_it_refuses_what_no_carrier_files(data, expected):
    shop = a_merchant()
    with inside(shop), pytest.raises(InvalidSettings) as caught:
        save_signature(shop, data=data)
    assert {error.field: error.code for error in caught.value.errors} == expected


def test_the_first_is_the_default_and_a_new_default_takes_its_place():
    shop = a_merchant()
    with inside(shop):
        first = save_signature(shop, data={"text": "叮单茶铺", "countries": ["cn", "CN"]})
        assert (first.is_default, first.countries) == (True, ["CN"])
        second = save_signature(shop, data={"text": "TeaShop"})
        assert not second.is_default
        save_signature(shop, data={"is_default": True}, signature=second)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)


def test_wide_letters_become_plain_ones_and_count_as_the_same():
    shop = a_merchant()
    a_signature(shop, text="Tea8")
    with inside(shop), pytest.raises(InvalidSettings, match="text: taken"):
        save_signature(shop, data={"text": "Ｔｅａ８"})


def test_another_shops_default_stays():
    other = a_signature(a_merchant())
    shop = a_merchant()
    with inside(shop):
        save_signature(shop, data={"text": "叮单", "is_default": True})
    other.refresh_from_db()
    assert other.is_default


def test_what_vendors_said_of_the_old_text_is_not_said_of_a_new_one():
    row = a_signature(a_merchant())
    gateway = a_gateway(row.merchant, kind="aliyun")
    review = VendorSignature.objects.create(
        merchant=row.merchant, signature=row, gateway=gateway, state="usable", code="7", was_usable=True
    )

    def noted(**data):
        with inside(row.merchant):
            save_signature(row.merchant, data=data, signature=row)
        review.refresh_from_db()
        return review.state, review.code, review.was_usable

    assert noted(text=row.text, countries=["CN"]) == ("usable", "7", True)
    assert noted(text="TeaShop") == ("draft", "", False)
