from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from merchants.models import ApiKey, digest_of
from merchants.roles import Role
from tests.builders import a_member, a_merchant, an_api_key

pytestmark = pytest.mark.django_db


def logged_in(**of: object) -> Client:
    client = Client()
    client.force_login(a_member(**of))
    return client


def test_a_key_is_shown_once_and_kept_as_a_digest():
    shop = a_merchant()
    client = logged_in(merchant=shop)
    page = client.post(reverse("key_create"), {"name": "Till", "scopes": ["orders:read"]})
    text = page.context["text"]
    assert text in page.content.decode()
    key = ApiKey.objects.get()
    assert (key.merchant, key.digest, key.scopes) == (shop, digest_of(text), ["orders:read"])
    assert text not in client.get(reverse("key_list")).content.decode()


def test_it_refuses_a_network_that_is_none_and_keeps_the_input():
    client = logged_in(merchant=a_merchant())
    page = client.post(
        reverse("key_create"), {"name": "Till", "scopes": ["orders:read"], "networks": "10.0.0.0/99"}
    )
    assert page.status_code == 422
    assert "10.0.0.0/99” is no address or network" in page.content.decode()
    assert 'value="Till"' in page.content.decode()
    assert not ApiKey.objects.exists()


def test_a_revoked_key_says_so():
    shop = a_merchant()
    key, _ = an_api_key(shop)
    client = logged_in(merchant=shop)
    url = reverse("key_revoke", args=[key.pk])
    client.get(url)
    key.refresh_from_db()
    assert key.revoked_at is None
    page = client.post(url, follow=True)
    key.refresh_from_db()
    assert key.revoked_at
    assert "Revoked" in page.content.decode()


def test_another_shops_key_is_not_found():
    key, _ = an_api_key(a_merchant())
    client = logged_in(merchant=a_merchant())
    assert client.post(reverse("key_revoke", args=[key.pk])).status_code == 404
    assert key.name not in client.get(reverse("key_list")).content.decode()


def test_an_operator_does_not_make_keys():
    client = logged_in(merchant=a_merchant(), role=Role.OPERATOR)
    assert client.get(reverse("key_create")).status_code == 403
