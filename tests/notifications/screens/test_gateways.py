from __future__ import annotations

import html
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone as clock

from merchants.roles import Right, Role
from notifications import links
from notifications.delivery import resting
from notifications.models import Attempt, GatewayAccount, Message
from tests.builders import a_gateway, a_merchant, a_message, a_template, an_order
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


def at_work(shop, **fields):
    """Return an account through which some texts just went, one of them in vain."""
    row = a_gateway(shop, **fields)
    for outcome in ("accepted", "accepted", "refused"):
        message = a_message(shop, order=an_order(shop, items=()), event=None, rule=None, template="t")
        Attempt.objects.create(
            merchant=shop,
            message=message,
            gateway=row,
            number=1,
            outcome=outcome,
            error="" if outcome == "accepted" else "balance",
            started_at=clock.now(),
            finished_at=clock.now(),
        )
    return row


@pytest.mark.parametrize("rows", [1, 12])
def test_the_list_says_how_each_fared_by_the_same_few_queries(rows, django_assert_max_num_queries):
    shop = a_merchant()
    until = clock.now() + timedelta(hours=1)
    for number in range(rows):
        at_work(shop, paused_until=until if number % 2 else None, rests=1)
    client = logged_in(shop)
    with django_assert_max_num_queries(9):
        page = client.get(reverse("gateway_list")).content.decode()
    assert page.count("66.7% of 3 accepted") == rows


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ["Active"]),
        ({"is_active": False}, ["Off", "It is switched off"]),
        ({"kind": "pigeon"}, ["Off", "does not know this vendor"]),
        ({"paused_until": 60, "rests": 1}, ["Resting", "because its vendor could not take a text"]),
        ({"paused_until": 60, "paused_reason": "<b>no</b>"}, ["“&lt;b&gt;no&lt;/b&gt;”"]),
        ({"doubted_until": 60, "rests": 1}, ["Doubted", "Its receipts stay away"]),
        ({"rests": 1}, ["On trial", "comes back from a rest"]),
        (
            {"balance": "12.5", "balance_unit": "CNY", "balance_at": -60, "balance_floor": 50},
            ["12.50 CNY", "below 50.00 CNY"],
        ),
        (
            {"balance": 1200, "balance_at": -600, "balance_floor": 50},
            ["1200 texts", "10\xa0minutes ago"],
        ),
    ],
)
def test_the_list_says_in_words_what_each_is_at(fields, expected):
    shop = a_merchant()
    now = clock.now()
    moments = {"paused_until", "doubted_until", "balance_at"}
    given: dict[str, Any] = {
        name: now + timedelta(seconds=value) if name in moments else value for name, value in fields.items()
    }
    row = a_gateway(shop, **given)
    client = logged_in(shop)
    for page in (client.get(reverse("gateway_list")), client.get(reverse("gateway_detail", args=[row.pk]))):
        for words in expected:
            assert words in page.content.decode()


def test_an_account_that_sent_nothing_says_so():
    row = a_gateway(a_merchant())
    client = logged_in(row.merchant)
    assert "nothing sent" in client.get(reverse("gateway_list")).content.decode()
    page = client.get(reverse("gateway_detail", args=[row.pk])).content.decode()
    assert "Nothing was sent through it in the last 24 hours." in page


def test_why_it_rests_is_what_was_announced():
    row = a_gateway(a_merchant())
    resting.rest(row.pk, why="hanging")
    client = logged_in(row.merchant)
    for page in (client.get(reverse("gateway_list")), client.get(reverse("gateway_detail", args=[row.pk]))):
        assert "because it does not answer." in page.content.decode()


def test_resuming_ends_rest_doubt_and_trial_and_is_told():
    row = a_gateway(a_merchant())
    resting.rest(row.pk, why="failing", detail="503")
    resting.doubt(row.pk, detail="3/20")
    client = logged_in(row.merchant)
    client.post(reverse("gateway_resume", args=[row.pk]))
    row.refresh_from_db()
    assert (row.paused_until, row.doubted_until, row.rests) == (None, None, 0)
    page = client.get(reverse("gateway_detail", args=[row.pk])).content.decode()
    told = ["It is used again", "Others are preferred", "3/20", "It rests", "it fails too often", "503"]
    places = [page.find(words, page.find('id="switches"')) for words in told]
    assert places == sorted(places)
    assert -1 not in places


def test_its_page_tells_the_hours_and_no_more_queries_for_more(django_assert_max_num_queries):
    row = at_work(a_merchant())
    client = logged_in(row.merchant)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("gateway_detail", args=[row.pk])).content.decode()
    assert "no money 1" in page
    assert "66.7%" in page


def test_its_page_says_what_the_vendor_does_and_publishes():
    shop = a_merchant()
    client = logged_in(shop)
    expected = {
        "ihuyi": [
            "It does not sign",
            "At most 1 text in a minute (to the same phone)",
        ],
        "twilio": ["It signs what it sends to us.", "It sends any wording.", "It can be asked"],
        "sns": ["It sends no receipts.", "At most 20 texts in a second"],
    }
    for kind, sentences in expected.items():
        page = client.get(reverse("gateway_detail", args=[a_gateway(shop, kind=kind).pk])).content.decode()
        for sentence in sentences:
            assert sentence in page


def test_who_signs_nothing_needs_a_list_of_senders():
    row = an_account()
    client = logged_in(row.merchant)
    url = reverse("gateway_detail", args=[row.pk])
    assert "Fill in the list of senders" in client.get(url).content.decode()
    GatewayAccount.objects.update(sources=["203.0.113.0/24"])
    page = client.get(url).content.decode()
    assert "Fill in the list of senders" not in page
    assert "203.0.113.0/24" in page


def test_the_form_sets_how_an_account_is_watched_and_shows_it_again():
    row = an_account()
    client = logged_in(row.merchant)
    url = reverse("gateway_edit", args=[row.pk])
    entered = {
        "name": "Main",
        "priority": "1",
        "countries": ["CN", "HK"],
        "credential_access_key_id": "LTAI-1",
        "sources": "203.0.113.0/24\n198.51.100.7",
        "per_second": "30",
        "balance_floor": "50",
        "canary_phone": "138 0013 8000",
        "canary_minutes": "60",
    }
    client.post(url, entered)
    row.refresh_from_db()
    assert (row.countries, row.sources) == (["CN", "HK"], ["203.0.113.0/24", "198.51.100.7"])
    assert (row.per_second, row.balance_floor) == (30, Decimal(50))
    assert (row.canary_phone, row.canary_minutes) == ("+8613800138000", 60)
    page = client.get(url).content.decode()
    assert "203.0.113.0/24\n198.51.100.7" in page
    assert page.index('value="CN"') < page.index('value="AF"')
    assert "China" in page


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"sources": "vendor.example"}, "sources"),
        ({"canary_minutes": "3", "canary_phone": "13800138000"}, "canary_minutes"),
        ({"canary_minutes": "30"}, "canary_phone"),
        ({"per_second": "0"}, "per_second"),
        ({"countries": ["XX"]}, "countries"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changed, field):
    row = an_account()
    entered = {"name": "Main", "priority": "1", "credential_access_key_id": "LTAI-1"} | changed
    page = logged_in(row.merchant).post(reverse("gateway_edit", args=[row.pk]), entered)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {field}
    assert page.context["form"].errors[field][0] in html.unescape(page.content.decode())


def test_a_vendor_who_tells_no_balance_is_not_asked_for_a_floor():
    row = a_gateway(a_merchant(), kind="kannel")
    page = logged_in(row.merchant).get(reverse("gateway_edit", args=[row.pk])).content.decode()
    assert "balance_floor" not in page


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
