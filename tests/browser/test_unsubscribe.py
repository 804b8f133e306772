from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.visitor import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]


def an_order(number: str, *, email: str) -> dict[str, Any]:
    """Return an unpaid order of somebody who has a mailbox and no phone."""
    return {
        "number": number,
        "currency": "CNY",
        "total": "88.00",
        "customer": {"external_id": number, "name": "Ada", "email": email, "language": "en", "country": "CN"},
        "items": [{"sku": "TEA-1", "name": "Green tea", "quantity": 1, "unit_price": "88.00"}],
    }


def newest_mail(page: Page, email: str, subject: str) -> Locator:
    """Open a mail in its mailbox once it has come; return what is in it."""
    page.goto("/sandbox/")
    mailbox = page.locator(".mailbox").filter(has=page.get_by_role("heading", name=email))
    mailbox.get_by_role("link").filter(has_text=subject).first.click()
    return page.frame_locator("iframe").locator("body")


def follow(page: Page, link: Locator) -> Page:
    """Return the page that a mail's link opens beside the mail, as wide as a phone."""
    with page.expect_popup() as opened:
        link.click()
    opened.value.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a TypedDict
    return opened.value


def opt_outs(visitor: Visitor, email: str) -> list[str]:
    rows = visitor.office.api("GET", f"opt-outs/?address={email}")["results"]
    return sorted(row["category"] for row in rows)


def test_who_unsubscribes_from_a_mail_gets_no_further_one_and_the_story_says_why(visitor: Visitor) -> None:
    email = "ada@mail.example"
    visitor.office.api("POST", "orders/", an_order("U-1", email=email))
    mail = newest_mail(visitor.page, email, "We have your order U-1")
    page = follow(visitor.page, mail.get_by_role("link", name="Unsubscribe"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Unsubscribe?")
    page.reload()
    assert opt_outs(visitor, email) == []

    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are unsubscribed")
    assert opt_outs(visitor, email) == ["transactional"]
    page.close()

    visitor.office.api("PATCH", "orders/U-1/", {"status": "paid"})
    visitor.log_in("owner")
    visitor.page.goto("/messages/?q=U-1")
    told = visitor.page.get_by_role("row").filter(has_text=email).filter(has_text="Order paid")
    # The list shows what is known when it is asked for.
    for _ in range(60):
        if told.count():
            break
        visitor.page.wait_for_timeout(250)
        visitor.page.reload()
    expect(told).to_contain_text("Not sent")
    told.get_by_role("link").first.click()
    expect(visitor.page.locator(".verdict")).to_contain_text("opted out")
    assert visitor.office.mails(email) == ["We have your order U-1"]


def test_what_somebody_prefers_is_kept_and_shown_again(visitor: Visitor) -> None:
    email = "grace@mail.example"
    visitor.office.api("POST", "orders/", an_order("U-2", email=email))
    mail = newest_mail(visitor.page, email, "We have your order U-2")
    page = follow(visitor.page, mail.get_by_role("link", name="Notification settings"))
    expect(page.get_by_role("heading", level=1)).to_have_text("What do you want to hear?")
    offers = page.get_by_role("group", name="Email").get_by_label("Offers and recommendations")
    offers.uncheck()
    page.get_by_label("From").fill("22:00")
    page.get_by_label("Until").fill("07:30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")

    page.goto(page.url.partition("?")[0])
    expect(offers).not_to_be_checked()
    expect(page.get_by_label("From")).to_have_value("22:00")
    expect(page.get_by_label("Until")).to_have_value("07:30")
