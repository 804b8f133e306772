"""Hand in at a gateway all templates that are missing there, on screen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone as clock

from merchants.models import Merchant
from merchants.roles import Right, Role
from notifications.models import GatewayAccount, VendorTemplate
from tests.builders import a_gateway, a_merchant, a_signature, a_template
from tests.notifications.screens.given import (
    Doors,
    answers_to_a_stranger,
    expected_doors,
    logged_in,
    open_doors,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Merchant:
    return a_merchant(language="en")


@pytest.fixture
def aliyun(shop: Merchant) -> GatewayAccount:
    return a_gateway(shop, kind="aliyun", name="Aliyun abroad", countries=["US"])


def doors(account: GatewayAccount) -> Doors:
    return {"gateway_hand_in": (Right.CONFIGURE, [account.pk])}


def url(account: GatewayAccount, query: str = "") -> str:
    return reverse("gateway_hand_in", args=[account.pk]) + query


def page(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def pressed(client: Any, address: str, *, count: int, **fields: str) -> Any:
    body = {"count": str(count), "field_ApplySceneContent": "shop.example"} | fields
    return client.post(address, body, follow=True)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_hand_in_one_may_hand_in_all(aliyun: GatewayAccount, role: Role) -> None:
    a_template(aliyun.merchant)
    every = doors(aliyun)
    assert open_doors(aliyun.merchant, every, role=role) == expected_doors(every, role=role)
    is_linked = url(aliyun) in page(logged_in(aliyun.merchant, role=role), reverse("review_list"))
    assert is_linked is bool(expected_doors(every, role=role))


def test_another_shops_gateway_is_not_found(aliyun: GatewayAccount) -> None:
    assert answers_to_a_stranger(doors(aliyun)) == {"gateway_hand_in": {404}}


def test_it_shows_what_the_vendor_gets_and_what_cannot_go(shop: Merchant, aliyun: GatewayAccount) -> None:
    a_template(shop)
    a_template(shop)
    refused = a_template(shop, code="loud", body="{{ order.number | upcase }}")
    there = a_template(shop)
    VendorTemplate.objects.create(merchant=shop, template=there, gateway=aliyun, state="submitted")
    text = page(logged_in(shop), url(aliyun))
    assert "Hand in 2 templates" in text
    assert "1 is with the vendor already." in text
    assert text.count("We have your order ${order_number}.") == 2
    assert "goes through a filter" in text
    assert reverse("template_edit", args=[refused.pk]) in text
    assert 'name="field_ApplySceneContent"' in text
    # A rule for variables fits one text.
    assert 'name="field_TemplateRule"' not in text


def test_the_button_hands_in_and_says_how_many(shop: Merchant, aliyun: GatewayAccount) -> None:
    a_template(shop)
    a_template(shop)
    a_template(shop, body="{{ order.number | upcase }}")
    client = logged_in(shop)
    answer = pressed(client, url(aliyun), count=2)
    assert answer.redirect_chain[-1][0] == reverse("review_list") + "?state=submitted"
    assert "2 templates are handed in. 1 is not." in answer.content.decode()
    assert VendorTemplate.objects.filter(state="submitted").count() == 2
    answer = pressed(client, url(aliyun), count=2)
    assert "0 templates are handed in. 3 are not." in answer.content.decode()
    assert VendorTemplate.objects.count() == 2


def test_never_more_are_handed_in_than_the_button_said(shop: Merchant, aliyun: GatewayAccount) -> None:
    a_template(shop)
    a_template(shop)
    answer = pressed(logged_in(shop), url(aliyun), count=1)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "There are more by now" in text
    assert 'name="count" value="2"' in text
    assert not VendorTemplate.objects.exists()


def test_what_is_lacking_is_said_beside_its_field(shop: Merchant, aliyun: GatewayAccount) -> None:
    a_template(shop)
    answer = pressed(logged_in(shop), url(aliyun), count=1, field_ApplySceneContent="", field_Remark="Tea")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"field_ApplySceneContent"}
    assert ">\nTea</textarea>" in answer.content.decode()
    assert not VendorTemplate.objects.exists()


def test_other_languages_are_ticked_by_the_address(shop: Merchant, aliyun: GatewayAccount) -> None:
    a_template(shop)
    a_template(shop, language="de", body="Bestellung {{ order.number }}.")
    client = logged_in(shop)
    assert "Bestellung" not in page(client, url(aliyun))
    german = url(aliyun, "?languages=de")
    assert "Bestellung ${order_number}." in page(client, german)
    pressed(client, german, count=1)
    assert VendorTemplate.objects.get().template.language == "de"


def test_what_the_vendor_was_told_the_last_time_is_filled_in(shop: Merchant, aliyun: GatewayAccount) -> None:
    a_template(shop)
    client = logged_in(shop)
    pressed(client, url(aliyun), count=1, field_ApplySceneContent="tea.example")
    a_template(shop)
    assert "tea.example" in page(client, url(aliyun))


def test_a_gateways_page_leads_there_where_the_vendor_has_an_interface(shop: Merchant) -> None:
    client = logged_in(shop)
    for kind, is_there in (("tencent", True), ("kannel", False)):
        account = a_gateway(shop, kind=kind)
        text = page(client, reverse("gateway_detail", args=[account.pk]))
        assert (url(account) in text) is is_there
        assert client.get(url(account)).status_code == (200 if is_there else 302)


@pytest.mark.parametrize("query", ["?languages=x", "?languages=", "?languages=en&languages=de"])
def test_it_takes_any_query(shop: Merchant, aliyun: GatewayAccount, query: str) -> None:
    client = logged_in(shop)
    assert "There is no text template" in page(client, url(aliyun, query))
    a_template(shop)
    assert "Hand in 1 template<" in page(client, url(aliyun, query))
    assert pressed(client, url(aliyun, query), count=0).status_code == 422


def test_it_takes_as_many_queries_for_ten_as_for_one(
    shop: Merchant, aliyun: GatewayAccount, django_assert_max_num_queries: Any
) -> None:
    for _ in range(10):
        a_template(shop)
        a_template(shop, body="{{ order.number | upcase }}")
    client = logged_in(shop)
    with django_assert_max_num_queries(12):
        client.get(url(aliyun))


def test_the_overview_counts_what_is_to_be_handed_in_at_each(shop: Merchant, aliyun: GatewayAccount) -> None:
    a_gateway(shop, kind="tencent")
    a_gateway(shop, kind="ihuyi")
    a_signature(shop)
    template = a_template(shop)
    a_template(shop)
    VendorTemplate.objects.create(merchant=shop, template=template, gateway=aliyun, state="usable")
    answer = logged_in(shop).get(reverse("review_list"))
    assert {gateway.kind: count for gateway, count in answer.context["missing"]} == {
        "aliyun": 1,
        "tencent": 2,
    }


def test_the_overview_shows_by_state_and_the_newest_change_first(
    shop: Merchant, aliyun: GatewayAccount
) -> None:
    now = clock.now()
    told: list[tuple[str, int | None, int]] = [
        # State, handed in and saved how many minutes ago; what waits is saved each time it is asked about.
        ("usable", 50, 1),
        ("draft", None, 40),
        ("rejected", 30, 20),
        ("submitted", 9, 1),
        ("rejected", 30, 10),
        ("submitted", 8, 2),
        ("approved", 60, 5),
    ]
    for place, (state, handed_in, saved) in enumerate(told):
        template = a_template(shop, code=f"t{place}")
        type(template).objects.filter(pk=template.pk).update(updated_at=now - timedelta(days=1))
        review = VendorTemplate.objects.create(
            merchant=shop,
            template=template,
            gateway=aliyun,
            state=state,
            submitted_at=None if handed_in is None else now - timedelta(minutes=handed_in),
        )
        VendorTemplate.objects.filter(pk=review.pk).update(updated_at=now - timedelta(minutes=saved))
    a_template(shop, code="t7")
    answer = logged_in(shop).get(reverse("review_list"))
    names = [line.name.partition(" ")[0] for line in answer.context["lines"]]
    assert names == ["t5", "t3", "t4", "t2", "t7", "t1", "t6", "t0"]
