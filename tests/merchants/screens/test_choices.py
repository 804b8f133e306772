from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from merchants.models import Membership
from merchants.roles import Role
from tests.builders import a_member, a_merchant
from tests.merchants.screens.clients import a_browser

pytestmark = pytest.mark.django_db


def in_two_shops() -> tuple[Client, str]:
    first, second = a_merchant(name="First"), a_merchant(name="Second")
    user = a_member(first)
    Membership.objects.create(merchant=second, user=user, role=Role.VIEWER)
    client = Client()
    client.force_login(user)
    return client, str(second.pk)


def test_a_person_of_two_shops_switches_between_them():
    client, second = in_two_shops()
    assert client.get("/").context["merchant"].name == "First"
    client.post(reverse("switch_merchant"), {"merchant": second})
    page = client.get("/")
    assert page.context["merchant"].name == "Second"
    assert page.context["membership"].role == Role.VIEWER


def test_a_right_in_one_shop_is_none_in_the_other():
    client, second = in_two_shops()
    assert client.get(reverse("team")).status_code == 200
    client.post(reverse("switch_merchant"), {"merchant": second})
    assert client.get(reverse("team")).status_code == 403


@pytest.mark.parametrize("wanted", ["", "nonsense", "foreign"])
def test_it_refuses_a_shop_that_is_not_theirs(wanted: str):
    foreign, own = a_merchant(), a_merchant()
    client = a_browser(own)
    wanted = str(foreign.pk) if wanted == "foreign" else wanted
    assert client.post(reverse("switch_merchant"), {"merchant": wanted}).status_code == 404
    assert client.get("/").context["merchant"] == own


def test_a_foreign_shop_in_the_session_is_not_believed():
    foreign, own = a_merchant(), a_merchant()
    client = a_browser(own)
    session = client.session
    session["merchant"] = str(foreign.pk)
    session.save()
    assert client.get("/").context["merchant"] == own


def test_switching_takes_a_post():
    assert a_browser(a_merchant()).get(reverse("switch_merchant")).status_code == 405


def test_a_person_reads_in_the_language_they_chose():
    client = a_browser(a_merchant(), language="en")
    page = client.post(reverse("switch_language"), {"language": "zh-hans", "next": "/"}, follow=True)
    assert 'lang="zh-hans"' in page.content.decode()
    assert client.get("/", headers={"accept-language": "en"})["Content-Language"] == "zh-hans"


def test_before_the_login_the_browser_is_asked_and_a_choice_is_kept(client):
    login = reverse("account_login")
    assert client.get(login, headers={"accept-language": "zh-CN"})["Content-Language"] == "zh-hans"
    client.post(reverse("switch_language"), {"language": "en", "next": login})
    assert client.get(login, headers={"accept-language": "zh-CN"})["Content-Language"] == "en"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_language_switch_leads_nowhere_else(client, wanted: str):
    page = client.post(reverse("switch_language"), {"language": "en", "next": wanted})
    assert page["Location"] == "/"


def test_it_refuses_a_language_there_is_not(client):
    assert client.post(reverse("switch_language"), {"language": "xx"}).status_code == 400


def test_times_are_shown_in_the_shops_zone():
    shop = a_merchant(timezone="America/New_York")
    client = a_browser(shop)
    member = Membership.objects.get(merchant=shop)
    Membership.objects.update(created_at="2026-07-01T12:00:00Z")
    page = client.get(reverse("team")).content.decode()
    assert "2026-07-01 08:00" in page, member
