from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone as clock

from merchants import team
from merchants.models import Invitation, Membership, Merchant, User
from merchants.ownership import inside
from merchants.roles import Role
from tests.builders import a_member, a_merchant, a_user
from tests.merchants.screens.clients import a_browser

pytestmark = pytest.mark.django_db
PASSWORD = "a long and winding road"
JOIN = {"name": "Li Na", "new_password1": PASSWORD, "new_password2": PASSWORD}


def an_invitation(shop: Merchant, *, email: str = "new@shop.example", role: Role = Role.SUPPORT) -> str:
    """Return the path of the invitation's link."""
    with inside(shop):
        _, token = team.invite(shop, email=email, role=role, by=a_user())
    return reverse("invitation", args=[token])


def test_the_mailed_link_makes_a_new_person_join_once():
    shop = a_merchant(name="Tea")
    a_browser(shop, language="en").post(reverse("invite"), {"email": "New@shop.example", "role": "support"})
    (letter,) = mail.outbox
    assert letter.to == ["new@shop.example"]
    path = next(word for word in letter.body.split() if "/invitation/" in word).removeprefix(
        "http://127.0.0.1:8000"
    )

    browser = Client()
    assert "Tea" in browser.get(path).content.decode()
    assert browser.post(path, JOIN)["Location"] == "/"
    joined = Membership.objects.get(user__email="new@shop.example")
    assert (joined.merchant, joined.role) == (shop, Role.SUPPORT)
    assert browser.get("/").context["merchant"] == shop
    assert Client().login(email="new@shop.example", password=PASSWORD)

    assert Client().post(path, JOIN).status_code == 404
    assert Client().get(path).status_code == 404


def test_looking_at_an_invitation_changes_nothing():
    path = an_invitation(a_merchant())
    Client().get(path)
    assert not User.objects.filter(email="new@shop.example").exists()


def test_a_weak_password_is_refused_beside_the_field():
    page = Client().post(an_invitation(a_merchant()), {"new_password1": "12345", "new_password2": "12345"})
    assert page.status_code == 422
    assert not User.objects.filter(email="new@shop.example").exists()


def test_who_has_an_account_logs_in_to_join():
    path = an_invitation(a_merchant(), email="old@shop.example")
    old = a_user(email="old@shop.example")
    stranger = Client()
    page = stranger.post(path, JOIN)
    assert not Membership.objects.filter(user=old).exists()
    assert f"/accounts/login/?next={path}" in page.content.decode()
    stranger.force_login(old)
    stranger.post(path)
    assert Membership.objects.get(user=old).role == Role.SUPPORT


def test_another_person_cannot_take_the_place():
    shop = a_merchant()
    path = an_invitation(shop)
    other = a_browser(a_merchant())
    other.post(path, JOIN)
    assert not Membership.objects.filter(merchant=shop).exists()


@pytest.mark.parametrize(
    "change", [{"expires_at": clock.now() - timedelta(seconds=1)}, {"accepted_at": clock.now()}]
)
def test_a_link_that_expired_or_was_used_leads_nowhere(change: dict[str, object]):
    path = an_invitation(a_merchant())
    Invitation.objects.update(**change)
    assert Client().post(path, JOIN).status_code == 404
    assert not User.objects.filter(email="new@shop.example").exists()


def test_a_withdrawn_invitation_leads_nowhere():
    shop = a_merchant()
    path = an_invitation(shop)
    a_browser(shop).post(reverse("invitation_revoke", args=[Invitation.objects.get().pk]))
    assert Client().get(path).status_code == 404


def test_a_second_invitation_ends_the_first():
    shop = a_merchant()
    first, second = an_invitation(shop), an_invitation(shop)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


def test_a_made_up_link_leads_nowhere():
    assert Client().get(reverse("invitation", args=["x" * 43])).status_code == 404


def test_who_is_in_the_team_is_not_invited_again():
    shop = a_merchant()
    a_member(shop, email="old@shop.example")
    page = a_browser(shop, language="en").post(
        reverse("invite"), {"email": "OLD@shop.example", "role": "viewer"}
    )
    assert page.status_code == 422
    assert "in the team already" in page.content.decode()
    assert not mail.outbox


def test_an_owner_changes_a_role():
    shop = a_merchant()
    client = a_browser(shop)
    member = Membership.objects.get(user=a_member(shop, role=Role.VIEWER))
    client.post(reverse("member_role", args=[member.pk]), {"role": "finance"})
    member.refresh_from_db()
    assert member.role == Role.FINANCE


@pytest.mark.parametrize("name", ["member_role", "member_remove"])
def test_the_last_owner_stays(name: str):
    shop = a_merchant()
    a_member(a_merchant())  # an owner, but of another shop
    a_member(shop, role=Role.OPERATOR)
    client = a_browser(shop, language="en")
    owner = Membership.objects.get(merchant=shop, role=Role.OWNER)
    page = client.post(reverse(name, args=[owner.pk]), {"role": "viewer"}, follow=True)
    assert "at least one owner" in page.content.decode()
    owner.refresh_from_db()
    assert owner.role == Role.OWNER


def test_one_of_two_owners_may_go_but_not_both():
    shop = a_merchant()
    first, second = (Membership.objects.get(user=a_member(shop)) for _ in range(2))
    with inside(shop):
        team.remove(first)
        with pytest.raises(ValidationError):
            team.remove(second)


@pytest.mark.parametrize("name", ["member_role", "member_remove"])
def test_another_shops_member_is_not_found(name: str):
    member = Membership.objects.get(user=a_member(a_merchant(), role=Role.VIEWER))
    client = a_browser(a_merchant())
    assert client.get(reverse(name, args=[member.pk])).status_code == 404
    assert client.post(reverse(name, args=[member.pk]), {"role": "owner"}).status_code == 404


def test_another_shops_invitation_is_not_found():
    path = an_invitation(a_merchant())
    a_browser(a_merchant()).post(reverse("invitation_revoke", args=[Invitation.objects.get().pk]))
    assert Client().get(path).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_once_leave_one():
    shop = a_merchant()
    owners = [Membership.objects.get(user=a_member(shop)) for _ in range(2)]
    start = Barrier(2)

    def leave(owner: Membership) -> bool:
        start.wait()
        try:
            with inside(shop):
                team.remove(owner)
        except ValidationError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, owners)) == [False, True]
    assert Membership.objects.filter(merchant=shop, role=Role.OWNER).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_link_opened_by_two_at_once_makes_one_person():
    path = an_invitation(a_merchant())
    start = Barrier(2)

    def join(_: int) -> int:
        start.wait()
        try:
            return Client().post(path, JOIN).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(join, range(2))) in (
            [200, 302],
            [302, 404],
        )  # who came second: known now, or void
    assert User.objects.filter(email="new@shop.example").count() == 1
    assert Membership.objects.filter(user__email="new@shop.example").count() == 1
