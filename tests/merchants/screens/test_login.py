from __future__ import annotations

import re

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.builders import PASSWORD, a_member, a_merchant

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def log_in(client: Client, email: str, password: str = PASSWORD):
    return client.post(LOGIN, {"login": email, "password": password})


def test_a_person_logs_in_by_email_in_any_case(client):
    user = a_member(a_merchant(), email="li@shop.example")
    assert log_in(client, "LI@shop.example")["Location"] == "/"
    assert client.get("/").context["user"] == user


def test_a_wrong_password_and_an_unknown_address_sound_alike(client):
    a_member(a_merchant(), email="li@shop.example")
    answers = {
        re.sub(r"value=\"[^\"]*\"", "", log_in(client, email, "wrong").content.decode())
        for email in ("li@shop.example", "no@shop.example")
    }
    assert len(answers) == 1


def test_guessing_is_stopped_even_if_the_sixth_guess_is_right(client):
    a_member(a_merchant(), email="li@shop.example")
    for _ in range(5):
        log_in(client, "li@shop.example", "wrong")
    page = log_in(client, "li@shop.example")
    assert page.status_code in {200, 429}
    assert client.get("/").status_code == 302


def test_nobody_signs_up(client):
    form = {"email": "new@shop.example", "password1": PASSWORD, "password2": PASSWORD}
    page = client.post("/accounts/signup/", form)
    assert "invitation" in page.content.decode()
    assert not log_in(client, "new@shop.example").has_header("Location")


def test_nobody_takes_an_address_they_have_not_proved(client):
    client.force_login(a_member(a_merchant()))
    page = client.post("/accounts/email/", {"email": "boss@shop.example", "action_add": ""})
    assert page["Location"] == reverse("account")


def test_a_forgotten_password_is_replaced_by_a_link_to_the_public_address(client):
    a_member(a_merchant(), email="li@shop.example", language="en")
    client.post("/accounts/password/reset/", {"email": "li@shop.example"})
    (letter,) = mail.outbox
    path = next(
        word for word in letter.body.split() if word.startswith("http://127.0.0.1:8000/")
    ).removeprefix("http://127.0.0.1:8000")
    form = client.get(path, follow=True)
    new = "another long and winding road"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert log_in(Client(), "li@shop.example").status_code == 200
    assert log_in(Client(), "li@shop.example", new)["Location"] == "/"


def test_an_unknown_address_is_not_written_to(client):
    page = client.post("/accounts/password/reset/", {"email": "no@shop.example"})
    assert page.status_code == 302
    assert not mail.outbox


def test_with_a_second_factor_the_password_alone_opens_nothing(client):
    user = a_member(a_merchant(), email="li@shop.example")
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(user, secret)
    assert log_in(client, "li@shop.example")["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/").status_code == 302
    client.get("/accounts/2fa/authenticate/")
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert client.get("/").status_code == 302
    counter = next(iter(yield_hotp_counters_from_time()))
    client.post("/accounts/2fa/authenticate/", {"code": format_hotp_value(hotp_value(secret, counter))})
    assert client.get("/").status_code == 200
    assert get_adapter().is_mfa_enabled(user)


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/password/change/",
        "/accounts/reauthenticate/",
        "/accounts/logout/",
        "/accounts/login/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/inactive/",
    ],
)
def test_every_page_of_the_account_is_ours_and_clean_of_what_the_policy_forbids(client, path: str):
    if path not in {"/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/"}:
        a_member(a_merchant(), email="li@shop.example")
        log_in(client, "li@shop.example")
    page = client.get(path, follow=True).content.decode()
    assert "app.css" in page
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    for script in re.findall(r"<script([^>]*)>", page):
        assert "src=" in script or 'type="application/json"' in script
