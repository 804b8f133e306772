from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from merchants.roles import Role
from tests.builders import a_merchant
from tests.merchants.screens.clients import a_browser

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["400.html", "500.html", "403_csrf.html", "429.html"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_page_of_trouble_needs_nothing_to_be_rendered(name: str, language: str):
    with translation.override(language):
        assert f'lang="{language}"' in render_to_string(name)


def test_what_is_not_there_is_said_in_our_look():
    for client in (Client(), a_browser(a_merchant(), language="en")):
        page = client.get("/nowhere/")
        assert page.status_code == 404
        assert "There is nothing here" in page.content.decode()


def test_a_refusal_names_the_role_and_the_right_that_is_missing():
    page = a_browser(a_merchant(), role=Role.FINANCE, language="en").get(reverse("brand"))
    assert page.status_code == 403
    assert "Finance" in page.content.decode()
    assert "Change signatures, templates, rules and brand" in page.content.decode()


def test_a_forged_form_is_refused():
    client = a_browser(a_merchant())
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    page = strict.post(reverse("shop"), {"name": "Mine now"})
    assert page.status_code == 403
    assert "app.css" in page.content.decode()


def test_a_list_that_refreshes_itself_after_the_session_ended_leads_to_the_login():
    page = Client().get(reverse("key_list"), headers={"HX-Request": "true"})
    assert page["HX-Redirect"] == f"/accounts/login/?next={reverse('key_list')}"


def test_every_page_carries_the_strict_policy():
    policy = a_browser(a_merchant()).get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
