from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from merchants.models import Merchant
from notifications import links, queueing
from notifications.models import GatewayAccount, Receipt
from tests.builders import a_gateway, a_merchant

REPORT = {
    "phone_number": "13811110000",
    "send_time": "2017-01-01 00:00:00",
    "report_time": "2017-01-01 00:00:00",
    "success": True,
    "err_code": "DELIVERED",
    "err_msg": "用户接收成功",
    "sms_size": "1",
    "biz_id": "12345",
    "out_id": "67890",
}


@pytest.fixture
def merchant(db: None) -> Merchant:
    return a_merchant()


@pytest.fixture
def aliyun(merchant: Merchant) -> GatewayAccount:
    return a_gateway(merchant, kind="aliyun")


@pytest.fixture
def vendor() -> Client:
    return Client(enforce_csrf_checks=True)


def path(account: GatewayAccount, *, kind: str = "", token: str = "") -> str:
    return f"/hooks/{kind or account.kind}/{token or account.token}/"


def push(vendor: Client, account: GatewayAccount, body: Any = (REPORT,), **at: str) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return vendor.post(path(account, **at), data, content_type="application/json")


def test_it_is_where_the_vendor_is_told_to_push(aliyun: GatewayAccount, settings):
    assert links.push_url(aliyun) == settings.PUBLIC_URL + path(aliyun)


@pytest.mark.parametrize(("sender", "status"), [("203.0.113.7", 200), ("198.51.100.1", 403)])
def test_it_takes_pushes_from_the_networks_of_the_account_alone(
    vendor: Client, aliyun: GatewayAccount, settings, sender: str, status: int
):
    GatewayAccount.objects.update(sources=["203.0.113.0/24"])
    data = json.dumps([REPORT])
    assert vendor.post(path(aliyun), data, "application/json", REMOTE_ADDR=sender).status_code == status
    settings.BEHIND_PROXY = True
    behind: Any = {"REMOTE_ADDR": "10.0.0.2", "HTTP_X_FORWARDED_FOR": sender}
    assert vendor.post(path(aliyun), data, "application/json", **behind).status_code == status
    assert Receipt.objects.count() == (status == 200)


def test_an_address_of_the_old_kind_is_known_in_the_new_spelling(vendor: Client, aliyun: GatewayAccount):
    GatewayAccount.objects.update(sources=["203.0.113.0/24"])
    data, sender = json.dumps([REPORT]), "::ffff:203.0.113.7"
    assert vendor.post(path(aliyun), data, "application/json", REMOTE_ADDR=sender).status_code == 200


@pytest.mark.parametrize("sources", [5, "203.0.113.7", [7.5], ["anywhere"], {"a": 1}])
def test_a_list_of_senders_that_cannot_be_read_lets_nobody_in(
    vendor: Client, aliyun: GatewayAccount, sources: Any
):
    GatewayAccount.objects.update(sources=sources)
    assert push(vendor, aliyun).status_code == 403


def test_it_keeps_a_receipt_and_answers_in_the_vendors_words(vendor: Client, aliyun: GatewayAccount):
    response = push(vendor, aliyun)
    assert (response.status_code, json.loads(response.content)["code"]) == (200, 0)
    receipt = Receipt.objects.get()
    assert (receipt.merchant_id, receipt.gateway_id) == (aliyun.merchant_id, aliyun.pk)
    assert (receipt.kind, receipt.provider_id, receipt.address) == ("delivered", "12345", "+8613811110000")


def test_it_keeps_a_receipt_once_however_often_it_is_pushed(vendor: Client, aliyun: GatewayAccount):
    for _ in range(3):
        assert push(vendor, aliyun).status_code == 200
    assert Receipt.objects.count() == 1


def test_it_wakes_a_worker(vendor: Client, aliyun: GatewayAccount, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        push(vendor, aliyun)
    assert queueing.waiting_since("receipts") is not None


def test_it_takes_a_push_by_get(vendor: Client, merchant: Merchant):
    kannel = a_gateway(merchant, kind="kannel")
    response = vendor.get(
        path(kannel), {"ref": "a" * 32, "type": "1", "fid": "m1", "reply": "stat:DELIVRD err:000"}
    )
    assert response.status_code == 200
    assert Receipt.objects.get().reference == "a" * 32


def test_it_reads_and_answers_as_the_account_says(vendor: Client, merchant: Merchant):
    ihuyi = a_gateway(merchant, kind="ihuyi")
    ihuyi.credentials = {"receipt_fields": "id=no, status=st, delivered=7", "receipt_answer": "success"}
    ihuyi.save()
    response = vendor.get(path(ihuyi), {"no": "60495654", "st": "7"})
    assert (response.status_code, response.content) == (200, b"success")
    receipt = Receipt.objects.get()
    assert (receipt.kind, receipt.provider_id) == ("delivered", "60495654")


def test_receipts_still_come_for_an_account_that_was_put_away(vendor: Client, aliyun: GatewayAccount):
    aliyun.archive()
    assert push(vendor, aliyun).status_code == 200
    assert Receipt.objects.exists()


@pytest.mark.parametrize("at", [{"token": "x"}, {"token": "A" * 43}, {"kind": "kannel"}, {"kind": "nobody"}])
def test_an_address_that_is_no_accounts_is_nowhere(
    vendor: Client, aliyun: GatewayAccount, at: dict[str, str]
):
    assert push(vendor, aliyun, **at).status_code == 404
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'"x"', b"[1]", b"null", b"[" * 10_000])
def test_it_refuses_what_it_cannot_read(vendor: Client, aliyun: GatewayAccount, body: bytes):
    assert push(vendor, aliyun, body).status_code == 400
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("megabytes", [1.1, 5])
def test_it_refuses_what_is_too_large(vendor: Client, aliyun: GatewayAccount, megabytes: float):
    assert push(vendor, aliyun, b" " * int(megabytes * 1024 * 1024)).status_code == 413


def test_it_refuses_a_form_of_too_many_fields(vendor: Client, merchant: Merchant):
    body = "&".join(f"f{number}=1" for number in range(5_000))
    response = vendor.post(
        path(a_gateway(merchant, kind="kannel")), body, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 400


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_it_takes_no_other_method(vendor: Client, aliyun: GatewayAccount, method: str):
    assert getattr(vendor, method)(path(aliyun)).status_code == 405


def test_a_full_push_takes_a_bounded_number_of_statements(
    vendor: Client, aliyun: GatewayAccount, django_assert_max_num_queries: Any
):
    push(vendor, aliyun)
    reports = [REPORT | {"phone_number": f"138{number:08d}"} for number in range(4_000)]
    with django_assert_max_num_queries(40):
        assert push(vendor, aliyun, reports).status_code == 200
    assert Receipt.objects.count() == 4_001
