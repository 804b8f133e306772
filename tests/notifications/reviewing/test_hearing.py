"""What vendors push about reviews, by the door through which receipts come."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from notifications.models import GatewayAccount, VendorSignature, VendorTemplate
from orders.models import Event
from tests.builders import a_gateway, a_merchant, a_signature, a_template

pytestmark = pytest.mark.django_db
APPROVED = {
    "template_type": "验证码",
    "reason": "test",
    "template_name": "短信测试模版",
    "template_status": "approved",
    "template_content": "订单${no}已付款",
    "template_code": "SMS_7",
}
REJECTED = APPROVED | {"template_status": "rejected", "reason": "变量太多"}
SIGNED = {"sign_name": "叮单茶铺", "sign_status": "approved", "order_id": "9"}


def push(account: GatewayAccount, *items: dict[str, Any]) -> int:
    body = json.dumps(items)
    path = f"/hooks/aliyun/{account.token}/"
    return Client().post(path, body, content_type="application/json").status_code


def a_template_at(account: GatewayAccount, **fields: Any) -> VendorTemplate:
    fields = {"code": "SMS_7", "state": "submitted", "submitted_at": "2026-11-20T00:00:00Z"} | fields
    made: VendorTemplate = VendorTemplate.objects.create(
        merchant=account.merchant, gateway=account, template=a_template(account.merchant), **fields
    )
    return made


@pytest.fixture
def account() -> GatewayAccount:
    return a_gateway(a_merchant(), kind="aliyun")


def test_news_of_a_template_is_kept_and_told(account: GatewayAccount) -> None:
    review = a_template_at(account)
    assert push(account, APPROVED) == 200
    review.refresh_from_db()
    assert (review.state, review.body) == ("usable", "订单${no}已付款")
    assert Event.objects.get(kind="review.decided").data["state"] == "usable"


def test_news_that_comes_twice_is_told_once(account: GatewayAccount) -> None:
    a_template_at(account)
    for _ in range(3):
        push(account, REJECTED)
    event = Event.objects.get(kind="review.decided")
    assert (event.data["state"], event.data["reason"]) == ("rejected", "变量太多")


def test_the_vendor_is_asked_right_after_because_nobody_signs_his_news(account: GatewayAccount) -> None:
    review = a_template_at(account, look_at=None)
    push(account, REJECTED)
    review.refresh_from_db()
    assert review.look_at is not None


def test_another_accounts_rows_are_left_alone(account: GatewayAccount) -> None:
    theirs = a_template_at(a_gateway(a_merchant(), kind="aliyun"))
    other = a_template_at(a_gateway(account.merchant, kind="aliyun"))
    push(account, APPROVED, SIGNED)
    for review in (theirs, other):
        review.refresh_from_db()
        assert review.state == "submitted"
    assert not Event.objects.filter(kind="review.decided").exists()


def test_news_of_an_approval_takes_back_nothing_that_the_carriers_said(account: GatewayAccount) -> None:
    review = VendorSignature.objects.create(
        merchant=account.merchant,
        gateway=account,
        signature=a_signature(account.merchant),
        state="filed",
        carriers={"mobile": "usable"},
    )
    push(account, SIGNED)
    review.refresh_from_db()
    assert (review.state, review.carriers) == ("filed", {"mobile": "usable"})


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_old_news_does_not_answer_for_what_has_not_left_yet(account: GatewayAccount, state: str) -> None:
    review = VendorSignature.objects.create(
        merchant=account.merchant,
        gateway=account,
        signature=a_signature(account.merchant),
        state=state,
        look_at="2026-11-20T00:00:00Z",
    )
    push(account, SIGNED | {"sign_status": "rejected"})
    review.refresh_from_db()
    assert review.state == state


def test_that_it_is_being_reviewed_is_no_news(account: GatewayAccount) -> None:
    review = a_template_at(account, state="usable")
    push(account, APPROVED | {"template_status": "approving"})
    review.refresh_from_db()
    assert review.state == "usable"
