"""All templates that a vendor lacks, handed in with one button, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from json import JSONDecodeError

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.office import Office
from tests.browser.test_screens import look
from tests.browser.visitor import PHONE, Visitor, fill_in_login

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]


@pytest.fixture
def account(running_office: Office) -> Iterator[str]:
    """An account that is switched off, so that no text of the other tests goes its way."""
    made = running_office.api(
        "POST",
        "gateways/",
        {
            "kind": "aliyun",
            "name": "A vendor with a name as long as such names of vendors can be",
            "endpoint": "https://vendor.invalid/",
            "credentials": {"access_key_id": "id", "access_key_secret": "secret"},
            "is_active": False,
        },
    )
    yield made["id"]
    with suppress(JSONDecodeError):  # nothing is answered
        running_office.api("DELETE", f"gateways/{made['id']}/")


def hand_in(page: Page) -> None:
    page.goto("/settings/reviews/")
    page.get_by_role("link", name="Hand in all that are missing A vendor").click()
    page.get_by_text("The texts as the vendor gets them").click()
    expect(page.locator("pre.words").first).to_contain_text("${")
    page.get_by_label("Where it is used").fill("https://shop.example")
    page.get_by_role("button", name=re.compile(r"Hand in \d+ templates")).click()
    expect(page.locator(".alert").first).to_contain_text("are handed in.")


def test_it_is_whole_at_a_desk_and_on_a_phone(visitor: Visitor, account: str) -> None:
    page = visitor.log_in()
    faults = []
    for path in ("/settings/reviews/", f"/settings/gateways/{account}/submit-templates/"):
        page.goto(path)
        for summary in page.locator("main summary").all():
            summary.click()
        faults += look(page, "en")
    assert faults == []


def test_the_button_hands_in_what_is_missing(visitor: Visitor, account: str) -> None:
    hand_in(visitor.log_in())


def test_it_needs_no_script(running_office: Office, chromium: Browser, account: str) -> None:
    context = chromium.new_context(
        base_url=running_office.address,
        locale="en-GB",
        java_script_enabled=False,
        viewport=PHONE,  # type: ignore[arg-type]  # a TypedDict
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    fill_in_login(page, *running_office.logins["owner"])
    hand_in(page)
    context.close()
