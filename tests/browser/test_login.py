from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor, fill_in_login

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
PERIOD = 30


def code_of(page: Page, secret: str) -> str:
    """Return what an authenticator shows now; towards a period's end, what it shows in the next."""
    left = PERIOD - time.time() % PERIOD
    if left < 8:
        page.wait_for_timeout(left * 1000 + 100)
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD))


def test_a_wrong_password_is_told_and_the_right_one_opens_the_office(visitor: Visitor) -> None:
    email, password = visitor.office.logins["operator"]
    page = visitor.open("/accounts/login/")
    fill_in_login(page, email, f"not {password}")
    expect(
        page.get_by_role("alert").or_(page.locator(".invalid-feedback, .form-error")).first
    ).to_be_visible()
    expect(page).to_have_url(f"{visitor.office.address}/accounts/login/")
    fill_in_login(page, email, password)
    expect(page).to_have_url(f"{visitor.office.address}/")
    expect(page.get_by_text(email)).to_be_visible()


def test_a_page_asked_for_before_the_login_opens_after_it(visitor: Visitor) -> None:
    page = visitor.open("/orders/")
    fill_in_login(page, *visitor.office.logins["finance"])
    expect(page).to_have_url(f"{visitor.office.address}/orders/")


def test_a_second_factor_set_up_on_screen_is_asked_for_from_then_on(visitor: Visitor) -> None:
    email, password = visitor.office.logins["support"]
    page = visitor.log_in("support")
    visitor.confirm_access("support")
    secret = page.get_by_label("Authenticator secret").input_value()
    page.get_by_label("Authenticator code").fill(code_of(page, secret))
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery Codes")
    page.get_by_role("button", name="Log out").click()

    fill_in_login(page, email, password)
    expect(page).to_have_url(f"{visitor.office.address}/accounts/2fa/authenticate/")
    code = page.locator("input[name=code]")
    code.fill("not it")
    code.press("Enter")
    expect(page.get_by_text("Incorrect code.")).to_be_visible()
    page.goto("/orders/")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Orders")

    expect(page).to_have_url(re.compile("/accounts/2fa/authenticate/"))
    code.fill(code_of(page, secret))
    code.press("Enter")
    expect(page.get_by_text(email)).to_be_visible()
    page.goto("/orders/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
