"""Who may open which of the merchants' own screens."""

from __future__ import annotations

import pytest
from django.urls import reverse

from merchants.models import Membership
from merchants.roles import RIGHTS, Right, Role
from tests.builders import a_member, a_merchant, a_user, an_api_key
from tests.merchants.screens.clients import a_browser

pytestmark = pytest.mark.django_db

SCREENS = {
    "home": Right.SEE,
    "account": Right.SEE,
    "shop": Right.CONFIGURE,
    "brand": Right.CONFIGURE,
    "team": Right.MANAGE_TEAM,
    "invite": Right.MANAGE_TEAM,
    "key_list": Right.CONNECT,
    "key_create": Right.CONNECT,
}


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_opens_for_who_holds_its_right(role: str, screen: str):
    page = a_browser(a_merchant(), role=role).get(reverse(screen))
    assert page.status_code == (200 if SCREENS[screen] in RIGHTS[Role(role)] else 403)


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.OWNER])
def test_what_an_owner_alone_does_is_refused_to_every_other_role(role: str):
    shop = a_merchant()
    member = Membership.objects.get(user=a_member(shop))
    client = a_browser(shop, role=role)
    for name in ("member_role", "member_remove"):
        assert client.post(reverse(name, args=[member.pk]), {"role": "viewer"}).status_code == 403
    assert client.post(reverse("key_revoke", args=[an_api_key(shop)[0].pk])).status_code == 403
    member.refresh_from_db()
    assert member.role == Role.OWNER


@pytest.mark.parametrize("screen", SCREENS)
def test_nobody_enters_without_logging_in(screen: str, client):
    page = client.get(reverse(screen))
    assert page.status_code == 302
    assert page["Location"] == f"/accounts/login/?next={reverse(screen)}"


@pytest.mark.parametrize("screen", SCREENS)
def test_who_is_in_no_team_is_told_so(screen: str, client):
    client.force_login(a_user(language="en"))
    page = client.get(reverse(screen))
    assert page.status_code == 403
    assert "no shop" in page.content.decode()


def test_the_menu_shows_what_may_be_opened():
    page = a_browser(a_merchant(), role=Role.VIEWER).get("/").content.decode()
    assert reverse("team") not in page
    assert reverse("team") in a_browser(a_merchant()).get("/").content.decode()


def test_a_member_who_is_removed_sees_nothing_from_then_on():
    shop = a_merchant()
    client = a_browser(shop)
    assert client.get("/").status_code == 200
    Membership.objects.filter(merchant=shop).delete()
    assert client.get("/").status_code == 403
