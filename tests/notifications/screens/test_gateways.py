from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone as clock

from merchants.roles import Right, Role
from notifications import links
from notifications.models import GatewayAccount, Message
from tests.builders import a_gateway, a_merchant, a_message, a_template
from tests.notifications.screens.given import (
    Doors,
    answers_to_a_stranger,
    expected_doors,
    logged_in,
    open_doors,
)

pytestmark = pytest.mark.django_db
KEYS = {"access_key_id": "LTAI-1", "access_key_secret": "s3cret-words"}


def an_account(**fields: object) -> GatewayAccount:
    return a_gateway(a_merchant(), kind="aliyun", credentials=KEYS, **fields)


def doors(row: GatewayAccount) -> Doors:
    names = ("detail", "edit", "toggle", "resume", "remove", "test")
    return {f"gateway_{name}": (Right.CONNECT, [row.pk]) for name in names}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_it_has_the_right_to(role):
    row = an_account()
    general = {"gateway_list": [], "gateway_choose": [], "gateway_create": ["aliyun"]}
    every = dict(doors(row)) | {name: (Right.CONNECT, args) for name, args in general.items()}
    assert open_doors(row.merchant, every, role=role) == expected_doors(every, role=role)


def test_another_shops_gateway_is_not_found():
    row = an_account(paused_until=clock.now() + timedelta(hours=1))
    every = dict(doors(row))
    assert answers_to_a_stranger(every) == {name: {404} for name in every}
    row.refresh_from_db()
    assert row.is_active
    assert row.paused_until


def test_an_account_is_made_with_what_its_vendor_asks_for():
    shop = a_merchant()
    client = logged_in(shop)
    assert "Aliyun" in client.get(reverse("gateway_choose")).content.decode()
    entered = {"name": "Main", "priority": "1", "is_active": "on", "countries": "CN"}
    entered |= {f"credential_{name}": value for name, value in KEYS.items()}
    client.post(reverse("gateway_create", args=["aliyun"]), entered)
    made = GatewayAccount.objects.get()
    assert (made.merchant, made.kind, made.credentials, made.countries) == (shop, "aliyun", KEYS, ["CN"])


def test_a_vendor_that_there_is_not_is_not_found():
    assert logged_in(a_merchant()).get(reverse("gateway_create", args=["pigeon"])).status_code == 404


def test_a_missing_credential_is_said_at_its_field():
    page = logged_in(a_merchant()).post(
        reverse("gateway_create", args=["aliyun"]), {"name": "Main", "priority": "1", "endpoint": "ftp://x"}
    )
    assert page.status_code == 422
    assert {"credential_access_key_id", "credential_access_key_secret"} <= set(page.context["form"].errors)


def test_a_private_endpoint_is_said_at_its_field(settings):
    settings.PRIVATE_NETWORKS = []
    entered = {"name": "Main", "priority": "1", "endpoint": "http://10.0.0.1/"}
    entered |= {f"credential_{name}": value for name, value in KEYS.items()}
    page = logged_in(a_merchant()).post(reverse("gateway_create", args=["aliyun"]), entered)
    assert set(page.context["form"].errors) == {"endpoint"}


def test_a_secret_is_on_no_page_and_stays_when_its_field_is_empty():
    row = an_account()
    client = logged_in(row.merchant)
    for name in ("gateway_detail", "gateway_edit", "gateway_list"):
        page = client.get(reverse(name, args=[] if name == "gateway_list" else [row.pk]))
        assert "s3cret-words" not in page.content.decode()
    client.post(
        reverse("gateway_edit", args=[row.pk]),
        {
            "name": "New name",
            "priority": "3",
            "credential_access_key_id": "LTAI-2",
            "credential_access_key_secret": "",
        },
    )
    row.refresh_from_db()
    assert row.credentials == {"access_key_id": "LTAI-2", "access_key_secret": "s3cret-words"}
    assert (row.name, row.is_active) == ("New name", False)


def test_a_refused_form_does_not_repeat_the_secret():
    page = logged_in(a_merchant()).post(
        reverse("gateway_create", args=["aliyun"]), {"credential_access_key_secret": "s3cret-words"}
    )
    assert page.status_code == 422
    assert "s3cret-words" not in page.content.decode()


def test_its_page_says_where_the_vendor_is_to_report():
    row = an_account()
    page = logged_in(row.merchant).get(reverse("gateway_detail", args=[row.pk]))
    assert links.push_url(row) in page.content.decode()


def test_a_paused_account_says_why_and_is_resumed():
    row = an_account(paused_until=clock.now() + timedelta(hours=1), paused_reason="no money left")
    client = logged_in(row.merchant)
    assert "no money left" in client.get(reverse("gateway_detail", args=[row.pk])).content.decode()
    client.post(reverse("gateway_resume", args=[row.pk]))
    row.refresh_from_db()
    assert (row.paused_until, row.paused_reason) == (None, "")


def test_it_is_switched_off_and_on():
    row = an_account()
    client = logged_in(row.merchant)
    for expected in (False, True):
        client.post(reverse("gateway_toggle", args=[row.pk]))
        row.refresh_from_db()
        assert row.is_active is expected


def test_the_list_says_when_a_gateway_last_took_a_message(django_assert_max_num_queries):
    shop = a_merchant()
    for _ in range(5):
        a_message(shop, gateway=a_gateway(shop), accepted_at=clock.now())
    client = logged_in(shop)
    with django_assert_max_num_queries(8):
        page = client.get(reverse("gateway_list"))
    assert f"{clock.now():%Y-}" in page.content.decode()


def test_a_test_goes_to_ones_own_phone_and_leads_to_its_story():
    shop = a_merchant()
    a_template(shop)
    row = a_gateway(shop)
    page = logged_in(shop).post(reverse("gateway_test", args=[row.pk]), {"address": "138 0013 8000"})
    message = Message.objects.get()
    assert page["Location"] == reverse("message_detail", args=[message.pk])
    assert (message.address, message.event, message.state, message.lane) == (
        "+8613800138000",
        None,
        "due",
        "urgent",
    )


def test_a_test_that_cannot_be_sent_says_why():
    shop = a_merchant()
    row = a_gateway(shop)
    client = logged_in(shop)
    url = reverse("gateway_test", args=[row.pk])
    assert "no text template" in client.post(url, {"address": "13800138000"}).content.decode()
    a_template(shop)
    page = client.post(url, {"address": "12"})
    assert set(page.context["form"].errors) == {"address"}
    assert not Message.objects.exists()
