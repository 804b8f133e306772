from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.office import Office
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]


def ship(office: Office, number: str, *, phone: str, total: str) -> None:
    """Post an order and its parcel, as a shop would."""
    order = {
        "number": number,
        "currency": "CNY",
        "total": total,
        "status": "paid",
        "customer": {"external_id": number, "name": "Ada", "phone": phone, "language": "en", "country": "CN"},
        "items": [{"sku": "TEA-9", "name": "Old pu'er", "quantity": 1, "unit_price": total}],
    }
    office.api("POST", "orders/", order)
    parcel = {"status": "dispatched", "carrier": "SF Express", "tracking_number": f"SF-{number}"}
    office.api("POST", f"orders/{number}/shipments/", parcel)


def make_template(page: Page) -> None:
    page.get_by_role("link", name="Templates", exact=True).click()
    page.get_by_role("link", name="New template").click()
    page.get_by_label("Event").select_option(label="Shipment dispatched")
    expect(page.get_by_role("button", name="Tracking number")).to_be_visible()
    page.get_by_label("Language").select_option("en")
    page.get_by_label("Code").fill("dear-customer")
    text = page.get_by_label("Text")
    preview = page.locator("#preview")

    text.fill("A gift lies in parcel {{ shipment.trackign_number }}.")
    expect(preview.get_by_text("This cannot be sent yet")).to_be_visible()
    text.fill("A gift lies in parcel ")
    page.get_by_role("button", name="Tracking number").click()
    expect(text).to_have_value(re.compile(r"A gift lies in parcel \{.+\}$"))
    expect(preview.locator(".bubble")).to_have_text(re.compile("^【.+】A gift lies in parcel .+$"))
    expect(preview.get_by_text("1 part of up to")).to_be_visible()

    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("dear-customer")


def make_rule(page: Page) -> None:
    page.get_by_role("link", name="Rules", exact=True).click()
    page.get_by_role("link", name="New rule").click()
    page.get_by_label("Name").fill("A gift with large orders")
    page.get_by_label("When this happens").select_option(label="Shipment dispatched")
    expect(page.get_by_label("Template").get_by_role("option", name="dear-customer")).to_be_attached()
    condition = page.get_by_role("group", name="Condition 1")
    condition.get_by_label("Field").select_option(label="order total")
    condition.locator("input[type=number]").fill("5000")
    condition.get_by_label("Comparison").select_option(label="≥")
    page.get_by_label("Template").select_option(value="dear-customer")
    page.get_by_label("Channel", exact=True).select_option(label="SMS")
    page.get_by_label("Then").select_option(label="—")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("status").first).to_have_text("The rule is saved.")


def test_a_rule_made_on_screen_sends_when_an_order_is_posted(visitor: Visitor) -> None:
    page = visitor.log_in("owner")
    make_template(page)
    make_rule(page)
    row = page.get_by_role("row").filter(has_text="A gift with large orders")
    expect(row).to_contain_text("order total ≥ 5000")

    page.goto("/sandbox/")
    ship(visitor.office, "R-SMALL", phone="+8613810000001", total="88.00")
    ship(visitor.office, "R-LARGE", phone="+8613810000002", total="8800.00")
    # Nobody reloads the page: what arrives appears by itself.
    phone = page.locator(".phone").filter(has=page.get_by_role("heading", name="+8613810000002"))
    expect(phone.get_by_text("A gift lies in parcel SF-R-LARGE")).to_be_visible()

    # The small order's story says why it got no gift.
    page.goto("/orders/?q=R-SMALL")
    page.get_by_role("link", name="R-SMALL").click()
    told = page.get_by_role("listitem").filter(has_text="A gift with large orders")
    expect(told.last).to_contain_text("Its condition does not hold: order total ≥ 5000.")
