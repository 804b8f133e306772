"""A merchant at the editor of a template."""

from __future__ import annotations

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.visitor import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]


def test_what_carriers_refuse_is_marked_while_one_types_on_a_phone(visitor: Visitor) -> None:
    rows = visitor.office.api("GET", "templates/")["results"]
    wanted = ("sms", "zh-hans", "transactional")
    row = next(row for row in rows if (row["channel"], row["language"], row["category"]) == wanted)
    page = visitor.log_in()
    page.set_viewport_size(ViewportSize(width=PHONE["width"], height=PHONE["height"]))
    page.goto(f"/templates/{row['id']}/edit/")
    page.locator("#id_body").fill("订单{订单号}已发货😊" + "，感谢您的耐心等待" * 8)
    marked = page.get_by_role("group", name="Your words, with the points marked")
    expect(marked.locator("mark")).to_have_text(["😊"])
    number = marked.get_by_role("link", name="See point 1")
    # Leaving the field shows the preview anew; what is clicked then is the new one.
    with page.expect_response(lambda answer: answer.url.endswith("/preview/")):
        page.locator("#preview-order").focus()
    number.click()
    point = page.locator("#finding-1")
    expect(point).to_be_in_viewport()
    expect(point).to_contain_text("Say it in words.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
