from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from merchants.models import ApiKey, Brand, Membership, Merchant, digest_of
from merchants.openings import open_shop
from merchants.roles import Role
from merchants.signals import merchant_created

pytestmark = pytest.mark.django_db


def bootstrap(*more: str, merchant: str = "Tea", email: str = "Owner@tea.example") -> dict[str, Any]:
    out = StringIO()
    call_command("bootstrap", "--merchant", merchant, "--email", email, "--json", *more, stdout=out)
    access: dict[str, Any] = json.loads(out.getvalue())
    return access


def test_it_prints_one_object_that_opens_the_shop():
    access = bootstrap()
    assert list(access) == ["merchant", "email", "password", "api_key"]
    client = Client()
    page = client.post(
        "/accounts/login/", {"login": access["email"], "password": access["password"]}, follow=True
    )
    assert page.context["merchant"].name == "Tea"
    assert page.context["membership"].role == Role.OWNER
    assert ApiKey.objects.get().digest == digest_of(access["api_key"])
    assert Brand.objects.get().from_name == "Tea"


def test_a_second_shop_of_a_person_leaves_their_password():
    bootstrap()
    access = bootstrap(merchant="Coffee")
    assert access["password"] is None
    assert Membership.objects.filter(user__email="owner@tea.example").count() == 2


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--timezone", "Mars/Base"], "--timezone: there is no 'Mars/Base'"),
        (["--currency", "ZZZ"], "--currency"),
        (["--country", "ZZ"], "--country"),
        (["--language", "xx"], "--language"),
        (["--email", "nonsense"], "valid email"),
        (["--merchant", ""], "blank"),
    ],
)
def test_it_refuses_what_does_not_exist_and_leaves_nothing(arguments: list[str], complaint: str):
    with pytest.raises(CommandError, match=complaint):
        bootstrap(*arguments)
    assert not Merchant.objects.exists()


def test_it_refuses_the_same_shop_of_the_same_person():
    bootstrap()
    with pytest.raises(CommandError, match="has a shop named Tea already"):
        bootstrap()
    assert Merchant.objects.count() == 1


def test_a_shop_that_cannot_be_set_up_is_not_opened():
    def refuse(**_: object) -> None:
        raise RuntimeError("no presets")

    merchant_created.connect(refuse)
    try:
        with pytest.raises(RuntimeError, match="no presets"):
            open_shop(Merchant(name="Tea"), email="owner@tea.example")
    finally:
        merchant_created.disconnect(refuse)
    assert not Merchant.objects.exists()
