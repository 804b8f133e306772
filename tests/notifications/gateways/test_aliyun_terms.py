"""Aliyun's terms: what is left of the money, his limits, how long an outcome may stay unknown."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.aliyun import Aliyun
from notifications.gateways.base import Unanswered
from notifications.gateways.terms import Balance
from notifications.outbound import Response
from tests.notifications.gateways import given as g

KEYS = {"access_key_id": "ak", "access_key_secret": "s3cret"}
# As the vendor prints it, with a balance below zero.
TOLD = {
    "Code": "200",
    "Message": "success",
    "RequestId": "16176743-6DC7-4CB3-BB25-A13982D8DFAD",
    "Success": True,
    "Data": {
        "AvailableAmount": "-11.19",
        "CreditAmount": "0.00",
        "MybankCreditAmount": "0.00",
        "Currency": "CNY",
        "AvailableCashAmount": "0.00",
        "QuotaLimit": "10000.00\n",
    },
}


def read(body: Any) -> Balance:
    return Aliyun().parse_balance(Response(200, json.dumps(body).encode()))


def amount(said: Any) -> dict[str, Any]:
    return TOLD | {"Data": {"AvailableAmount": said, "Currency": "USD"}}


def test_the_balance_is_asked_of_the_billing_service() -> None:
    request = Aliyun().build_balance(g.account("aliyun", **KEYS), now=g.NOW, nonce="n")

    assert (request.method, request.url) == ("POST", "https://business.aliyuncs.com/?")
    assert request.headers["x-acs-action"] == "QueryAccountBalance"
    assert request.headers["x-acs-version"] == "2017-12-14"
    assert request.body == b""


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        ("", "business.aliyuncs.com"),
        ("https://dysmsapi.aliyuncs.com", "business.aliyuncs.com"),
        ("https://dysmsapi-proxy.cn-beijing.aliyuncs.com", "business.aliyuncs.com"),
        ("https://dysmsapi.ap-southeast-1.aliyuncs.com", "business.ap-southeast-1.aliyuncs.com"),
        ("http://127.0.0.1:9", "127.0.0.1:9"),
        ("https://sms-proxy.example", "sms-proxy.example"),
    ],
)
def test_each_of_the_vendors_sites_and_every_proxy_tells_its_own(endpoint: str, host: str) -> None:
    request = Aliyun().build_balance(g.account("aliyun", endpoint=endpoint, **KEYS), now=g.NOW)

    assert request.headers["host"] == host


def test_what_may_be_spent_is_the_balance() -> None:
    assert read(TOLD) == Balance(Decimal("-11.19"), "CNY")
    assert read(amount("1,234.50")) == Balance(Decimal("1234.50"), "USD")


@pytest.mark.parametrize(
    "body",
    [
        TOLD | {"Success": False},
        TOLD | {"Data": None},
        {"Code": "NotAuthorized", "Message": "This API is not authorized for caller."},
        amount("NaN"),
        amount(None),
        [],
    ],
)
def test_an_answer_without_an_amount_says_nothing(body: Any) -> None:
    with pytest.raises(Unanswered):
        read(body)


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda some: st.dictionaries(st.sampled_from(["Data", "AvailableAmount", "Currency"]), some),
)


@given(odd)
def test_no_answer_makes_it_stumble(data: Any) -> None:
    try:
        balance = read({"Success": True, "Data": data})
    except Unanswered:
        return
    assert balance.amount.is_finite()
    assert len(balance.unit) <= 3


def test_a_phone_gets_fifty_of_a_template_a_day_at_home() -> None:
    per_phone, per_account = Aliyun.limits

    assert (per_phone.count, per_phone.seconds) == (50, 86400)
    assert set(per_phone.per) == {"sender", "template", "phone"}
    assert (per_phone.categories, per_phone.countries) == (frozenset(), frozenset({"CN"}))
    assert (per_account.count, per_account.seconds, per_account.per) == (5000, 1, ())


def test_an_outcome_stays_open_for_the_vendors_72_hours() -> None:
    assert Aliyun.settling.deadline == 72 * 3600
    assert Aliyun.settling.ask_after > Aliyun.timeout
