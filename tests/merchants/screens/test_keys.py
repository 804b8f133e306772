from __future__ import annotations

import pytest
from django.urls import reverse

from merchants.models import ApiKey, digest_of
from tests.builders import a_merchant, an_api_key
from tests.merchants.screens.clients import a_browser

pytestmark = pytest.mark.django_db


def test_a_key_is_shown_once_and_kept_as_a_digest():
    shop = a_merchant()
    client = a_browser(shop)
    page = client.post(reverse("key_create"), {"name": "Till", "scopes": ["orders:read"]})
    text = page.context["text"]
    assert text in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    key = ApiKey.objects.get()
    assert (key.merchant, key.digest, key.scopes) == (shop, digest_of(text), ["orders:read"])
    assert text not in client.get(reverse("key_list")).content.decode()


def test_networks_are_kept_as_cidr():
    a_browser(a_merchant()).post(
        reverse("key_create"),
        {"name": "Till", "scopes": ["orders:read"], "networks": "203.0.113.7\n2001:db8::/32"},
    )
    assert ApiKey.objects.get().networks == ["203.0.113.7/32", "2001:db8::/32"]


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("networks", "10.0.0.0/99", "“10.0.0.0/99” is no address or network."),
        ("expires_at", "2020-01-01T00:00", "This moment has passed."),
        ("scopes", "everything", "Select a valid choice."),
        ("name", "", "This field is required."),
    ],
)
def test_it_refuses_what_cannot_be_and_keeps_the_input(field: str, value: str, complaint: str):
    entered = {"name": "Till", "scopes": ["orders:read"], field: value}
    page = a_browser(a_merchant(language="en"), language="en").post(reverse("key_create"), entered)
    assert page.status_code == 422
    assert complaint in page.content.decode()
    assert "autofocus" in page.content.decode()
    assert (field == "name") or 'value="Till"' in page.content.decode()
    assert not ApiKey.objects.exists()


def test_asking_to_revoke_changes_nothing():
    shop = a_merchant()
    key, _ = an_api_key(shop)
    a_browser(shop).get(reverse("key_revoke", args=[key.pk]))
    key.refresh_from_db()
    assert key.revoked_at is None


def test_a_revoked_key_says_so():
    shop = a_merchant()
    key, _ = an_api_key(shop)
    page = a_browser(shop, language="en").post(reverse("key_revoke", args=[key.pk]), follow=True)
    key.refresh_from_db()
    assert key.revoked_at
    assert "Revoked" in page.content.decode()


def test_another_shops_key_is_not_found():
    key, _ = an_api_key(a_merchant(), name="Theirs")
    client = a_browser(a_merchant())
    assert client.post(reverse("key_revoke", args=[key.pk])).status_code == 404
    assert "Theirs" not in client.get(reverse("key_list")).content.decode()
