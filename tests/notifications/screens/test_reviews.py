"""A signature or a template at a gateway, on screen."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from merchants.models import Merchant
from merchants.roles import Right, Role
from notifications import configuring
from notifications.models import GatewayAccount, VendorSignature, VendorTemplate
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
    return a_merchant()


@pytest.fixture
def aliyun(shop: Merchant) -> GatewayAccount:
    return a_gateway(shop, kind="aliyun", name="Aliyun main")


def doors(gateway: GatewayAccount) -> Doors:
    signature, template = a_signature(gateway.merchant), a_template(gateway.merchant)
    return {
        f"{kind}_{name}": (Right.CONFIGURE, [row.pk, gateway.pk])
        for kind, row in (("signature", signature), ("template", template))
        for name in ("review", "submit", "withdraw")
    }


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_it_has_the_right_to(aliyun: GatewayAccount, role: Role) -> None:
    every = dict(doors(aliyun)) | {"review_list": (Right.SEE, [])}
    assert open_doors(aliyun.merchant, every, role=role) == expected_doors(every, role=role)


def test_another_shops_review_is_not_found(aliyun: GatewayAccount) -> None:
    every = doors(aliyun)
    assert answers_to_a_stranger(every) == {name: {404} for name in every}


def test_a_gateway_of_another_shop_is_not_found(shop: Merchant) -> None:
    row, theirs = a_template(shop), a_gateway(a_merchant(), kind="aliyun")
    client = logged_in(shop)
    for name in ("review", "submit", "withdraw"):
        assert client.get(reverse(f"template_{name}", args=[row.pk, theirs.pk])).status_code == 404
    assert client.post(reverse("template_ask", args=[row.pk, theirs.pk])).status_code == 404


def page(client: Any, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def test_the_text_for_the_vendor_is_shown_before_it_is_handed_in(
    shop: Merchant, aliyun: GatewayAccount
) -> None:
    row = a_template(shop, body="{% if order.number %}Order {order.number}{% endif %} is here.")
    text = page(logged_in(shop), "template_submit", row.pk, aliyun.pk)
    assert "Order ${order_number} is here." in text
    assert "order_number = order.number" in text
    assert 'name="field_ApplySceneContent"' in text


def test_a_template_is_handed_in_and_its_page_says_so(shop: Merchant, aliyun: GatewayAccount) -> None:
    row = a_template(shop)
    client = logged_in(shop)
    body = {
        "body": "Your order ${no}",
        "params": "no = {order.number}",
        "field_ApplySceneContent": "shop.example",
    }
    answer = client.post(reverse("template_submit", args=[row.pk, aliyun.pk]), body)
    assert answer.status_code == 302
    review = VendorTemplate.objects.get()
    assert (review.state, review.params, review.fields) == (
        "submitted",
        {"no": "order.number"},
        {"ApplySceneContent": "shop.example"},
    )
    text = page(client, "template_review", row.pk, aliyun.pk)
    assert "within moments" in text
    assert "<mark>" in text


def test_what_is_lacking_is_said_beside_its_field_and_the_input_stays(
    shop: Merchant, aliyun: GatewayAccount
) -> None:
    row = a_template(shop)
    body = {"body": "Your order ${no}", "params": "nothing"}
    answer = logged_in(shop).post(reverse("template_submit", args=[row.pk, aliyun.pk]), body)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"params", "field_ApplySceneContent"}
    assert "Your order ${no}" in answer.content.decode()
    assert not VendorTemplate.objects.exists()


def test_a_signature_is_handed_in_with_the_vendors_fields(shop: Merchant, aliyun: GatewayAccount) -> None:
    row = a_signature(shop)
    client = logged_in(shop)
    url = reverse("signature_submit", args=[row.pk, aliyun.pk])
    assert "Qualification ID" in client.get(url).content.decode()
    body = {"field_QualificationId": "1001", "field_SignSource": "0", "field_ThirdParty": "false"}
    assert client.post(url, body).status_code == 302
    assert VendorSignature.objects.get().fields["QualificationId"] == "1001"


def test_a_wording_that_no_vendor_can_say_is_said_before(shop: Merchant, aliyun: GatewayAccount) -> None:
    row = a_template(shop, body="{{ order.number | upcase }}")
    assert "goes through a filter" in page(logged_in(shop), "template_submit", row.pk, aliyun.pk)


def test_a_vendor_without_an_interface_is_kept_by_hand(shop: Merchant) -> None:
    ihuyi, row = a_gateway(shop, kind="ihuyi"), a_template(shop)
    client = logged_in(shop)
    assert client.get(reverse("template_submit", args=[row.pk, ihuyi.pk])).status_code == 302
    assert "no interface" in page(client, "template_review", row.pk, ihuyi.pk)
    body = {
        "state": "usable",
        "code": "1",
        "body": "We have your order 【变量】.",
        "params": "1 = order.number",
    }
    client.post(reverse("template_review", args=[row.pk, ihuyi.pk]), body)
    assert VendorTemplate.objects.get().params == {"1": "order.number"}
    assert "Both say the same." in page(client, "template_review", row.pk, ihuyi.pk)


def test_another_wording_since_is_shown_and_that_the_old_one_is_still_sent(
    shop: Merchant, aliyun: GatewayAccount
) -> None:
    row = a_template(shop)
    VendorTemplate.objects.create(
        merchant=shop, template=row, gateway=aliyun, state="usable", code="SMS_1", version=1
    )
    configuring.save_template(shop, data={"body": "Other words"}, template=row)
    client = logged_in(shop)
    text = page(client, "template_review", row.pk, aliyun.pk)
    assert "the vendor has version 1, ours is version 2" in text
    assert "goes on sending the old one" in text
    assert "Changed since" in page(client, "template_detail", row.pk)


def test_that_handing_in_again_stops_nothing_is_said_before(shop: Merchant, aliyun: GatewayAccount) -> None:
    row = a_signature(shop)
    client = logged_in(shop)
    words = "stays in use while they look at this"
    assert words not in page(client, "signature_submit", row.pk, aliyun.pk)
    VendorSignature.objects.create(merchant=shop, signature=row, gateway=aliyun, state="usable")
    assert words in page(client, "signature_submit", row.pk, aliyun.pk)


def a_resubmitted_template(aliyun: GatewayAccount, state: str = "submitted") -> VendorTemplate:
    """Return a template whose former text, SMS_1, stays in use at the vendor."""
    made: VendorTemplate = VendorTemplate.objects.create(
        merchant=aliyun.merchant,
        template=a_template(aliyun.merchant),
        gateway=aliyun,
        state=state,
        code="SMS_2",
        body="We have your order ${no}.",
        params={"no": "order.number"},
        former_code="SMS_1",
        former_body="Got it: ${no}",
        former_params={"no": "order.number"},
    )
    return made


def test_the_text_in_use_is_shown_until_the_new_one_is_approved(
    shop: Merchant, aliyun: GatewayAccount
) -> None:
    review = a_resubmitted_template(aliyun)
    client = logged_in(shop)
    words = ("texts go on leaving as SMS_1", "Got it: ${no}", 'name="stays_in_use"')
    text = page(client, "template_review", review.template_id, aliyun.pk)
    assert all(one in text for one in words)
    for name in ("template_detail", "review_list"):
        pk = [review.template_id] if name == "template_detail" else []
        assert "Stays in use" in page(client, name, *pk)
    VendorTemplate.objects.update(state="usable")
    text = page(client, "template_review", review.template_id, aliyun.pk)
    assert not any(one in text for one in words)


def test_a_signature_that_is_handed_in_again_is_said_to_stay_in_use(
    shop: Merchant, aliyun: GatewayAccount
) -> None:
    row = a_signature(shop)
    review = VendorSignature.objects.create(
        merchant=shop, signature=row, gateway=aliyun, state="submitted", was_usable=True
    )
    client = logged_in(shop)
    assert "texts go on carrying it" in page(client, "signature_review", row.pk, aliyun.pk)
    assert "Stays in use" in page(client, "signature_edit", row.pk)
    VendorSignature.objects.filter(pk=review.pk).update(was_usable=False)
    assert "texts go on carrying it" not in page(client, "signature_review", row.pk, aliyun.pk)


@pytest.mark.parametrize(("ticked", "kept"), [({"stays_in_use": "on"}, "SMS_1"), ({}, "")])
def test_what_stays_in_use_can_be_put_out_of_use_by_hand(
    shop: Merchant, aliyun: GatewayAccount, ticked: dict[str, str], kept: str
) -> None:
    review = a_resubmitted_template(aliyun, state="rejected")
    body = {
        "state": "rejected",
        "code": "SMS_2",
        "reason": "too many words",
        "body": review.body,
        "params": "no = order.number",
    }
    url = reverse("template_review", args=[review.template_id, aliyun.pk])
    assert logged_in(shop).post(url, body | ticked).status_code == 302
    review.refresh_from_db()
    assert (review.reason, review.former_code) == ("too many words", kept)


def test_a_signature_shows_its_carriers_by_name_and_the_vendors_reason(
    shop: Merchant, aliyun: GatewayAccount
) -> None:
    row = a_signature(shop)
    VendorSignature.objects.create(
        merchant=shop,
        signature=row,
        gateway=aliyun,
        state="filed",
        reason="unicom wants a licence",
        carriers={"mobile": "usable", "unicom": "LICENCE_MISSING"},
    )
    text = page(logged_in(shop), "signature_review", row.pk, aliyun.pk)
    for words in ("China Mobile", "China Unicom", "LICENCE_MISSING", "unicom wants a licence"):
        assert words in text


def test_asking_and_taking_back(shop: Merchant, aliyun: GatewayAccount) -> None:
    row = a_signature(shop)
    review = VendorSignature.objects.create(merchant=shop, signature=row, gateway=aliyun, state="approved")
    client = logged_in(shop)
    client.post(reverse("signature_ask", args=[row.pk, aliyun.pk]))
    review.refresh_from_db()
    assert review.look_at is not None
    client.post(reverse("signature_withdraw", args=[row.pk, aliyun.pk]))
    review.refresh_from_db()
    assert (review.state, review.look_at, review.submitted_at) == ("draft", None, None)


def test_the_overview_lists_every_pair_and_narrows_to_a_state(shop: Merchant, aliyun: GatewayAccount) -> None:
    a_gateway(shop, kind="kannel", name="Kannel box")
    waiting, other = a_template(shop, code="waiting"), a_template(shop, code="rejected-one")
    a_template(shop, code="a-mail", channel="email")
    a_signature(shop)
    for row, state, reason in ((waiting, "submitted", ""), (other, "rejected", "no such word")):
        VendorTemplate.objects.create(merchant=shop, template=row, gateway=aliyun, state=state, reason=reason)
    client = logged_in(shop)
    text = page(client, "review_list")
    for words in ("waiting", "rejected-one", "no such word", "叮单茶铺"):
        assert words in text
    assert "Kannel box" not in text
    assert "a-mail" not in text
    narrowed = client.get(reverse("review_list"), {"state": "rejected"})
    assert [line.reason for line in narrowed.context["lines"]] == ["no such word"]


def test_the_overview_says_what_it_is_for_while_it_is_empty(shop: Merchant) -> None:
    assert "Nothing here yet." in page(logged_in(shop), "review_list")


@pytest.mark.parametrize("query", [{"state": "x"}, {"page": "0"}, {"page": "99999999"}, {"page": "-1"}])
def test_the_overview_takes_any_query(shop: Merchant, aliyun: GatewayAccount, query: dict[str, str]) -> None:
    a_signature(shop)
    assert logged_in(shop).get(reverse("review_list"), query).status_code == 200


def test_the_overview_takes_as_many_queries_for_ten_as_for_one(
    shop: Merchant, aliyun: GatewayAccount, django_assert_max_num_queries
) -> None:
    for _ in range(10):
        VendorTemplate.objects.create(merchant=shop, template=a_template(shop), gateway=aliyun)
    client = logged_in(shop)
    with django_assert_max_num_queries(12):
        client.get(reverse("review_list"))
