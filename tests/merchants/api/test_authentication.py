"""Who calls, and what it may do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone as clock
from rest_framework.test import APIClient

from merchants.models import ApiKey
from tests.api import a_caller
from tests.builders import a_merchant, an_api_key

pytestmark = pytest.mark.django_db

ME = "/api/v1/me/"


def test_it_says_whose_key_it_is():
    merchant = a_merchant(name="茶铺")
    answer = a_caller(merchant, scopes=["orders:read"]).get(ME).json()
    assert answer["merchant"]["name"] == "茶铺"
    assert answer["scopes"] == ["orders:read"]
    assert answer["limits"]["page"] == 200


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "not_authenticated"),
        ("Bearer", "malformed_authorization"),
        ("Basic abc", "malformed_authorization"),
        ("Bearer a b", "malformed_authorization"),
        ("Bearer ob_nothing", "invalid_key"),
        ("Bearer \xff\xfe", "invalid_key"),
    ],
)
def test_it_turns_away_who_has_no_key(header, code):
    answer = APIClient().get(ME, **{"HTTP_AUTHORIZATION": header} if header else {})
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("field", "code"), [("revoked_at", "revoked_key"), ("expires_at", "expired_key")])
def test_it_turns_away_keys_out_of_use(field, code):
    answer = a_caller(a_merchant(), **{field: clock.now() - timedelta(seconds=1)}).get(ME)
    assert (answer.status_code, answer.json()["code"]) == (401, code)


def test_a_key_may_be_kept_to_its_networks():
    client = a_caller(a_merchant(), networks=["10.1.0.0/16", "2001:db8::/32"])
    assert client.get(ME, REMOTE_ADDR="10.1.2.3").status_code == 200
    assert client.get(ME, REMOTE_ADDR="2001:db8::7").status_code == 200
    answer = client.get(ME, REMOTE_ADDR="10.2.0.1", HTTP_X_FORWARDED_FOR="10.1.2.3")
    assert (answer.status_code, answer.json()["code"]) == (403, "network_not_allowed")


def test_behind_a_proxy_the_network_is_whom_the_proxy_saw(settings):
    settings.BEHIND_PROXY = True
    client = a_caller(a_merchant(), networks=["10.1.0.0/16"])
    assert client.get(ME, HTTP_X_FORWARDED_FOR="1.2.3.4, 10.1.2.3").status_code == 200
    assert client.get(ME, HTTP_X_FORWARDED_FOR="10.1.2.3, 1.2.3.4").status_code == 403


def test_it_notes_the_use_of_a_key_once_a_minute():
    key, text = an_api_key(a_merchant())
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {text}")
    client.get(ME)
    first = ApiKey.objects.get(pk=key.pk).last_used_at
    assert first is not None
    client.get(ME)
    assert ApiKey.objects.get(pk=key.pk).last_used_at == first


def test_a_key_does_only_what_its_scopes_say():
    client = a_caller(a_merchant(), scopes=["orders:read"])
    assert client.get("/api/v1/orders/").status_code == 200
    answer = client.post("/api/v1/orders/", {})
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
    assert "orders:write" in answer.json()["detail"]
