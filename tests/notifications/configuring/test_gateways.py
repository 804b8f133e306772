from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone as clock

from merchants.models import Merchant
from merchants.ownership import inside
from notifications.configuring import InvalidSettings, resume_gateway, save_gateway
from notifications.configuring.gateways import MASK
from notifications.models import GatewayAccount, State
from tests.builders import a_gateway, a_merchant, a_message

pytestmark = pytest.mark.django_db
KEYS = {"access_key_id": "LTAI-1", "access_key_secret": "s3cret"}


def aliyun(**changed: Any) -> dict[str, Any]:
    return {"kind": "aliyun", "name": "Aliyun", "credentials": KEYS} | changed


def wrong(shop: Merchant, *, data: dict[str, Any], gateway: GatewayAccount | None = None) -> dict[str, str]:
    with inside(shop), pytest.raises(InvalidSettings) as caught:
        save_gateway(shop, data=data, gateway=gateway)
    assert all(str(error.message) for error in caught.value.errors)
    return {error.field: error.code for error in caught.value.errors}


def test_an_account_is_kept_with_the_vendors_own_names():
    shop = a_merchant()
    with inside(shop):
        made = save_gateway(shop, data=aliyun(priority=1, countries=["CN"], sender="10690"))
    made.refresh_from_db()
    assert (made.credentials, made.priority, made.countries) == (KEYS, 1, ["CN"])


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"kind": "pigeon"}, {"kind": "unknown_choice"}),
        ({"credentials": {"access_key_id": "x"}}, {"credentials.access_key_secret": "required"}),
        ({"credentials": KEYS | {"password": "x"}}, {"credentials.password": "unknown_credential"}),
        ({"credentials": KEYS | {"access_key_secret": MASK}}, {"credentials.access_key_secret": "required"}),
        (
            {"credentials": KEYS | {"access_key_secret": 7}},
            {"credentials.access_key_secret": "bad_credential"},
        ),
        ({"credentials": ["x"]}, {"credentials": "not_an_object"}),
        ({"priority": 1000}, {"priority": "out_of_range"}),
        ({"countries": ["China"]}, {"countries[0]": "unknown_country"}),
    ],
)
def test_it_refuses_an_account_that_could_not_work(changed, expected):
    assert wrong(a_merchant(), data=aliyun(**changed)) == expected


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://10.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://169.254.169.254/latest",
        "https://db.internal/",
        "http://gateway/",
    ],
)
def test_it_refuses_an_endpoint_in_a_private_network(settings, endpoint):
    settings.PRIVATE_NETWORKS = []
    assert wrong(a_merchant(), data=aliyun(endpoint=endpoint)) == {"endpoint": "private_endpoint"}


@pytest.mark.parametrize(
    "endpoint", ["ftp://sms.example", "sms.example", "https://me:pw@sms.example", "http://:80/"]
)
def test_it_refuses_an_endpoint_that_is_no_plain_address(endpoint):
    assert wrong(a_merchant(), data=aliyun(endpoint=endpoint)) == {"endpoint": "bad_endpoint"}


def test_a_private_endpoint_may_be_named_where_its_network_is_allowed(settings):
    settings.PRIVATE_NETWORKS = ["127.0.0.0/8"]
    shop = a_merchant()
    with inside(shop):
        made = save_gateway(shop, data=aliyun(endpoint="http://localhost:9000/"))
    assert made.endpoint == "http://localhost:9000/"


def test_a_gateway_whose_usual_address_is_private_needs_one_of_its_own(settings):
    settings.PRIVATE_NETWORKS = []
    data = {"kind": "kannel", "name": "Kannel", "credentials": {"username": "u", "password": "p"}}
    assert wrong(a_merchant(), data=data) == {"endpoint": "private_endpoint"}


@pytest.mark.parametrize("secret", [None, "", MASK])
def test_a_secret_that_is_left_out_empty_or_masked_stays(secret):
    shop = a_merchant()
    row = a_gateway(shop, kind="aliyun", credentials=KEYS)
    given = {"access_key_id": "LTAI-2"} | ({} if secret is None else {"access_key_secret": secret})
    with inside(shop):
        save_gateway(shop, data={"credentials": given}, gateway=row)
    row.refresh_from_db()
    assert row.credentials == {"access_key_id": "LTAI-2", "access_key_secret": "s3cret"}


def is_troubled(row: GatewayAccount) -> bool:
    return any((row.paused_until, row.paused_reason, row.doubted_until, row.rests))


def test_new_credentials_end_rest_and_doubt_and_a_new_name_does_not():
    shop = a_merchant()
    until = clock.now() + timedelta(hours=1)
    troubled: dict[str, Any] = {"paused_until": until, "paused_reason": "no money", "doubted_until": until}
    row = a_gateway(shop, kind="aliyun", credentials=KEYS, rests=2, **troubled)
    with inside(shop):
        save_gateway(shop, data={"name": "Other"}, gateway=row)
        row.refresh_from_db()
        assert is_troubled(row)
        save_gateway(shop, data={"credentials": {"access_key_secret": "new"}}, gateway=row)
    row.refresh_from_db()
    assert not is_troubled(row)


@pytest.mark.parametrize("rests", [0, 3])
def test_an_account_that_is_resumed_is_trusted_at_once(rests):
    until = clock.now() + timedelta(hours=1)
    troubled: dict[str, Any] = {"paused_until": until, "paused_reason": "no money", "doubted_until": until}
    row = a_gateway(a_merchant(), rests=rests, **troubled)
    with inside(row.merchant):
        resume_gateway(row)
    row.refresh_from_db()
    assert not is_troubled(row)


@pytest.mark.parametrize("act", ["save", "resume"])
def test_what_waits_for_an_account_is_asked_again_soon(act: str, django_capture_on_commit_callbacks):
    shop, far = a_merchant(), clock.now() + timedelta(hours=9)
    row = a_gateway(shop, kind="aliyun", credentials=KEYS, per_second=1)
    waiting = a_message(shop, state=State.HELD, reason="gateway_paused", due_at=far)
    resting = a_message(shop, state=State.HELD, reason="quiet_hours", due_at=far)
    elsewhere = a_message(a_merchant(), state=State.HELD, reason="gateway_paused", due_at=far)
    with inside(shop), django_capture_on_commit_callbacks(execute=True):
        if act == "save":
            save_gateway(shop, data={"per_second": 100}, gateway=row)
        else:
            resume_gateway(row)
    for message in (waiting, resting, elsewhere):
        message.refresh_from_db()
    assert waiting.due_at < clock.now() + timedelta(seconds=5)
    assert (resting.due_at, elsewhere.due_at) == (far, far)


def test_the_kind_of_an_account_cannot_be_changed():
    shop = a_merchant()
    row = a_gateway(shop, kind="sandbox")
    assert wrong(shop, data={"kind": "aliyun"}, gateway=row) == {"kind": "fixed"}
