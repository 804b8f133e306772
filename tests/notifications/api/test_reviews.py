"""How signatures and templates stand with vendors, by script."""

from __future__ import annotations

import pytest

from merchants.models import Merchant
from notifications.models import GatewayAccount, VendorSignature, VendorTemplate
from tests.api import a_caller
from tests.builders import a_gateway, a_merchant, a_signature, a_template

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"
FIELDS = {"ApplySceneContent": "https://shop.example"}


def codes(answer):
    return {error["field"]: error["code"] for error in answer.json()["errors"]}


@pytest.fixture
def shop() -> Merchant:
    return a_merchant()


@pytest.fixture
def aliyun(shop: Merchant) -> GatewayAccount:
    return a_gateway(shop, kind="aliyun")


def test_it_tells_how_each_stands_where_a_vendor_reviews(shop, aliyun):
    ihuyi = a_gateway(shop, kind="ihuyi")
    a_gateway(shop, kind="kannel")
    caller = a_caller(shop)
    for path in (
        f"signatures/{a_signature(shop).pk}/reviews/",
        f"templates/{a_template(shop).pk}/reviews/",
    ):
        told = {one["gateway"]: one for one in caller.get(V1 + path).json()}
        assert told.keys() == {str(aliyun.pk), str(ihuyi.pk)}
        assert {one["state"] for one in told.values()} == {"draft"}
        assert told[str(ihuyi.pk)]["wanted"] is None
        assert "Remark" in {field["name"] for field in told[str(aliyun.pk)]["wanted"]}


def test_a_mail_is_nothing_to_vendors(shop, aliyun):
    mail = a_template(shop, channel="email")
    assert a_caller(shop).get(f"{V1}templates/{mail.pk}/reviews/").json() == []


def test_a_template_is_submitted_in_the_vendors_spelling(shop, aliyun):
    path = f"{V1}templates/{a_template(shop).pk}/reviews/"
    caller = a_caller(shop)
    answer = caller.post(path, {"gateway": str(aliyun.pk), "fields": FIELDS})
    assert answer.status_code == 202, answer.json()
    told = answer.json()
    assert (told["state"], told["body"]) == ("submitted", "We have your order ${order_number}.")
    assert (told["params"], told["differences"]) == ({"order_number": "order.number"}, [])
    assert caller.get(path).json() == [told]
    row = VendorTemplate.objects.get()
    assert (row.merchant, row.fields) == (shop, FIELDS)


def test_a_text_of_ones_own_is_submitted_and_what_differs_is_told(shop, aliyun):
    path = f"{V1}templates/{a_template(shop).pk}/reviews/"
    body = {
        "gateway": str(aliyun.pk),
        "fields": FIELDS,
        "body": "Got order ${no}.",
        "params": {"no": "订单号"},
    }
    told = a_caller(shop).post(path, body).json()
    assert told["params"] == {"no": "order.number"}
    assert {one["kind"] for one in told["differences"]} == {"words"}


def test_the_same_is_not_submitted_twice(shop, aliyun):
    path = f"{V1}signatures/{a_signature(shop).pk}/reviews/"
    body = {"gateway": str(aliyun.pk), "fields": {"QualificationId": "1"}}
    caller = a_caller(shop)
    assert caller.post(path, body).status_code == 202
    assert codes(caller.post(path, body)) == {"gateway": "submitted"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"fields.ApplySceneContent": "required"}),
        ({"fields": {"Mood": "good"} | FIELDS}, {"fields.Mood": "unknown_field"}),
        ({"fields": FIELDS, "body": "Order ${no}"}, {"params": "unmapped"}),
        (
            {"fields": FIELDS, "body": "Order ${no}", "params": {"no": "order.mood"}},
            {"params.no": "unknown_placeholder"},
        ),
        (
            {"fields": FIELDS, "body": "Order", "params": {"no": "order.number"}},
            {"params": "no_such_variable"},
        ),
        ({"fields": FIELDS, "body": " "}, {"body": "required"}),
        ({"fields": FIELDS, "colour": "red"}, {"colour": "unknown_field"}),
        ({"fields": {"ApplySceneContent": 1}}, {"fields.ApplySceneContent": "not_a_text"}),
    ],
)
def test_what_cannot_be_submitted_is_said_beside_its_field(shop, aliyun, body, expected):
    path = f"{V1}templates/{a_template(shop).pk}/reviews/"
    answer = a_caller(shop).post(path, {"gateway": str(aliyun.pk)} | body)
    assert (answer.status_code, codes(answer)) == (400, expected)
    assert not VendorTemplate.objects.exists()


@pytest.mark.parametrize(
    "body", ["{{ order.number | upcase }}", "Order {order.number}: {merchant.support_url}"]
)
def test_a_wording_that_no_vendor_can_say_is_refused(shop, aliyun, body):
    path = f"{V1}templates/{a_template(shop, body=body).pk}/reviews/"
    answer = a_caller(shop).post(path, {"gateway": str(aliyun.pk), "fields": FIELDS})
    assert codes(answer) == {"body": "cannot_spell"}


def test_a_vendor_without_an_interface_is_kept_by_hand(shop):
    ihuyi = a_gateway(shop, kind="ihuyi")
    path = f"{V1}templates/{a_template(shop).pk}/reviews/"
    caller = a_caller(shop)
    assert codes(caller.post(path, {"gateway": str(ihuyi.pk)})) == {"gateway": "no_interface"}
    noted = {
        "state": "usable",
        "code": "1",
        "body": "We have your order 【变量】.",
        "params": {"1": "order.number"},
    }
    answer = caller.patch(path, {"gateway": str(ihuyi.pk)} | noted)
    assert answer.status_code == 200, answer.json()
    told = answer.json()
    assert {name: told[name] for name in noted} == noted
    assert (told["differences"], told["look_at"], told["is_changed"]) == ([], None, False)


def test_another_wording_since_is_told(shop, aliyun):
    template = a_template(shop)
    path = f"{V1}templates/{template.pk}/reviews/"
    caller = a_caller(shop)
    caller.patch(path, {"gateway": str(aliyun.pk), "state": "usable", "code": "SMS_1"})
    caller.patch(f"{V1}templates/{template.pk}/", {"body": "Order {order.number} is here."})
    (told,) = caller.get(path).json()
    assert (told["state"], told["is_changed"]) == ("usable", True)


def test_which_text_is_in_use_is_told_and_may_be_put_out_of_use(shop, aliyun):
    path = f"{V1}templates/{a_template(shop).pk}/reviews/"
    caller = a_caller(shop)
    at = {"gateway": str(aliyun.pk)}
    former = {"code": "SMS_1", "body": "Got it: ${no}", "params": {"no": "order.number"}}
    told = caller.patch(path, at | former | {"state": "usable"}).json()
    assert (told["in_use"], told["stays_in_use"]) == (former, False)
    told = caller.post(path, at | {"fields": FIELDS}).json()
    assert (told["state"], told["in_use"], told["stays_in_use"]) == ("submitted", former, True)
    told = caller.patch(path, at | {"stays_in_use": False}).json()
    assert (told["in_use"], told["stays_in_use"]) == (None, False)


def test_a_signature_that_is_handed_in_again_is_told_to_stay_in_use(shop, aliyun):
    path = f"{V1}signatures/{a_signature(shop).pk}/reviews/"
    caller = a_caller(shop)
    body = {"gateway": str(aliyun.pk), "fields": {"QualificationId": "1"}}
    assert caller.post(path, body).json()["stays_in_use"] is False
    VendorSignature.objects.update(state="usable")
    assert caller.post(path, body).json()["stays_in_use"] is True


def test_what_was_noted_by_hand_is_never_handed_in_but_asked_about(shop, aliyun):
    path = f"{V1}templates/{a_template(shop).pk}/reviews/"
    a_caller(shop).patch(path, {"gateway": str(aliyun.pk), "state": "submitted", "code": "SMS_1"})
    row = VendorTemplate.objects.get()
    assert row.submitted_at is not None
    assert row.look_at is not None


def test_the_vendor_is_asked_on_demand(shop, aliyun):
    signature = a_signature(shop)
    caller = a_caller(shop)
    ask = f"{V1}signatures/{signature.pk}/reviews/ask/"
    body = {"gateway": str(aliyun.pk)}
    assert codes(caller.post(ask, body)) == {"gateway": "not_submitted"}
    VendorSignature.objects.create(merchant=shop, signature=signature, gateway=aliyun, state="approved")
    assert caller.post(ask, body).status_code == 202
    row = VendorSignature.objects.get()
    assert row.look_at is not None
    assert row.submitted_at is not None


def test_a_vendor_who_cannot_be_asked_is_not(shop):
    ihuyi, signature = a_gateway(shop, kind="ihuyi"), a_signature(shop)
    VendorSignature.objects.create(merchant=shop, signature=signature, gateway=ihuyi, state="submitted")
    answer = a_caller(shop).post(f"{V1}signatures/{signature.pk}/reviews/ask/", {"gateway": str(ihuyi.pk)})
    assert codes(answer) == {"gateway": "cannot_ask"}


@pytest.mark.parametrize("verb", ["post", "patch"])
@pytest.mark.parametrize("kind", ["signatures", "templates"])
def test_another_shops_gateway_is_not_found(shop, verb, kind):
    row = a_signature(shop) if kind == "signatures" else a_template(shop)
    theirs = a_gateway(a_merchant(), kind="aliyun")
    for name in (str(theirs.pk), "none", 1):
        answer = getattr(a_caller(shop), verb)(f"{V1}{kind}/{row.pk}/reviews/", {"gateway": name})
        assert answer.status_code == 404
    assert not VendorSignature.objects.exists()
    assert not VendorTemplate.objects.exists()


def test_reading_settings_does_not_allow_to_hand_in(shop, aliyun):
    caller = a_caller(shop, scopes=["settings:read"])
    path = f"{V1}templates/{a_template(shop).pk}/reviews/"
    assert caller.get(path).status_code == 200
    assert caller.post(path, {"gateway": str(aliyun.pk)}).status_code == 403


def test_all_that_are_missing_are_submitted_at_once_and_again_none(shop, aliyun):
    caller = a_caller(shop)
    path = f"{V1}gateways/{aliyun.pk}/submit-templates/"
    good = a_template(shop, code="good", language="zh-hans")
    loud = a_template(shop, code="loud", language="zh-hans", body="{{ order.number | upcase }}")
    a_template(shop, language="en")
    answer = caller.post(path, {"fields": FIELDS})
    assert answer.status_code == 202, answer.json()
    told = answer.json()
    (one,) = caller.get(f"{V1}templates/{good.pk}/reviews/").json()
    assert told["submitted"] == [{"template": str(good.pk), "review": one}]
    assert (one["state"], one["body"]) == ("submitted", "We have your order ${order_number}.")
    (skipped,) = told["skipped"]
    assert (skipped["template"], skipped["code"]) == (str(loud.pk), "cannot_spell")
    assert "filter" in skipped["detail"]
    again = caller.post(path, {"fields": FIELDS}).json()
    assert again["submitted"] == []
    assert {one["code"] for one in again["skipped"]} == {"cannot_spell", "submitted"}
    assert len(caller.post(path, {"fields": FIELDS, "languages": ["en"]}).json()["submitted"]) == 1


def test_what_is_wrong_for_all_templates_submits_none(shop, aliyun):
    a_template(shop, language="zh-hans")
    caller = a_caller(shop)
    path = f"{V1}gateways/{aliyun.pk}/submit-templates/"
    answer = caller.post(path, {"languages": ["klingon!"]})
    assert answer.status_code == 400
    assert codes(answer) == {
        "fields.ApplySceneContent": "required",
        "languages.0": "unknown_language",
    }
    ihuyi = a_gateway(shop, kind="ihuyi")
    assert codes(caller.post(f"{V1}gateways/{ihuyi.pk}/submit-templates/", {})) == {"gateway": "no_interface"}
    assert not VendorTemplate.objects.exists()


def test_another_shops_gateway_submits_nothing(shop, aliyun):
    a_template(shop, language="zh-hans")
    path = f"{V1}gateways/{aliyun.pk}/submit-templates/"
    assert a_caller(a_merchant()).post(path, {"fields": FIELDS}).status_code == 404
    assert a_caller(shop, scopes=["settings:read"]).post(path, {"fields": FIELDS}).status_code == 403
    assert not VendorTemplate.objects.exists()
