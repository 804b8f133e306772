"""The vendor's printed example, reproduced."""

from __future__ import annotations

from datetime import UTC, datetime

from notifications.gateways.aliyun_signing import Call, encode, sign

KEY = ("YourAccessKeyId", "YourAccessKeySecret")
WHEN = datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC)
RUN = Call(
    "RunInstances",
    "2014-05-26",
    {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"},
)
ENDPOINT = "https://ecs.cn-shanghai.aliyuncs.com"


def test_it_makes_the_signature_that_the_vendor_prints() -> None:
    request = sign(RUN, endpoint=ENDPOINT, key=KEY, now=WHEN, nonce="3156853299f313e23d1673dc12e1703d")

    assert request.headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;"
        "x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_a_form_is_signed_with_its_type() -> None:
    call = Call("SendBatchSms", "2017-05-25", {"OutId": "b1"}, {"SignNameJson": '["云栖"]'})

    request = sign(call, endpoint=ENDPOINT, key=KEY, now=WHEN)

    assert request.body == b"SignNameJson=%5B%22%E4%BA%91%E6%A0%96%22%5D"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "SignedHeaders=content-type;host;" in request.headers["Authorization"]


def test_every_request_has_a_nonce_of_its_own() -> None:
    nonces = {
        sign(RUN, endpoint=ENDPOINT, key=KEY, now=WHEN).headers["x-acs-signature-nonce"] for _ in range(9)
    }

    assert len(nonces) == 9


def test_it_spells_as_rfc_3986_and_sorts_by_name() -> None:
    assert encode({"b": "a b+~*/", "A": "退"}) == "A=%E9%80%80&b=a%20b%2B~%2A%2F"


def test_the_secret_is_nowhere_in_the_request() -> None:
    request = sign(RUN, endpoint=ENDPOINT, key=KEY, now=WHEN)

    assert "YourAccessKeySecret" not in request.url + str(request.headers) + str(request.body)
