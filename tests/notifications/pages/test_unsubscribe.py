from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from merchants.models import Brand, Merchant
from notifications import links
from notifications.models import Category, Message, OptOut, OptOutSource
from tests.builders import a_merchant, an_opt_out
from tests.notifications.pages.given import MAIL, a_mail


@pytest.fixture
def merchant(db: None) -> Merchant:
    return a_merchant(name="叮单茶铺")


@pytest.fixture
def mail(merchant: Merchant) -> Message:
    return a_mail(merchant, category=Category.MARKETING)


@pytest.fixture
def browser() -> Client:
    """A browser whose forms are checked as in production, and that holds no cookie."""
    return Client(enforce_csrf_checks=True)


def path(message: Message) -> str:
    return f"/u/{links.sign(links.UNSUBSCRIBE, message.pk)}"


def stopped() -> dict[str, str]:
    return {row.category: row.source for row in OptOut.objects.filter(address=MAIL, channel="email")}


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_opens_the_link_changes_nothing(browser: Client, mail: Message, method: str):
    response = getattr(browser, method)(path(mail))
    assert response.status_code == 200
    assert stopped() == {}


def test_it_asks_with_the_shops_name_and_the_masked_address(browser: Client, mail: Message):
    page = browser.get(path(mail)).content.decode()
    assert "叮单茶铺" in page
    assert "l***@mail.example" in page
    assert MAIL not in page


def test_the_button_ends_what_the_message_was(browser: Client, mail: Message):
    response = browser.post(path(mail), {"action": "stop", "scope": "this"})
    assert (response.status_code, response["Location"]) == (303, path(mail))
    assert stopped() == {"marketing": OptOutSource.LINK}
    assert "You are unsubscribed" in browser.get(path(mail)).content.decode()


def test_a_notice_ends_notices_alone(browser: Client, merchant: Merchant):
    browser.post(path(a_mail(merchant)), {"action": "stop", "scope": "this"})
    assert set(stopped()) == {"transactional"}


def test_everything_can_be_ended_at_once(browser: Client, mail: Message):
    browser.post(path(mail), {"action": "stop", "scope": "everything"})
    assert set(stopped()) == set(Category)


def test_it_can_be_undone(browser: Client, mail: Message):
    browser.post(path(mail), {"action": "stop", "scope": "everything"})
    browser.post(path(mail), {"action": "undo"})
    assert stopped() == {}
    assert "Unsubscribe?" in browser.get(path(mail)).content.decode()


def test_a_bounce_cannot_be_undone(browser: Client, mail: Message):
    an_opt_out(mail.merchant, address=MAIL, category=Category.MARKETING, source=OptOutSource.BOUNCE)
    assert b"Undo" not in browser.get(path(mail)).content
    browser.post(path(mail), {"action": "undo"})
    assert stopped() == {"marketing": OptOutSource.BOUNCE}


@pytest.mark.parametrize(
    "body",
    [
        {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"},
        {"data": {"List-Unsubscribe": "One-Click"}},
    ],
)
def test_a_mail_client_unsubscribes_by_one_click(browser: Client, mail: Message, body: Any):
    for _ in range(2):
        response = browser.post(path(mail), **body)
        assert response.status_code == 200
        assert not response.cookies
    assert stopped() == {"marketing": OptOutSource.LINK}


def test_a_post_that_asks_for_nothing_changes_nothing(browser: Client, mail: Message):
    assert browser.post(path(mail), {"x": "y"}).status_code == 400
    assert stopped() == {}


def test_only_the_shop_of_the_message_hears_of_it(browser: Client, mail: Message):
    browser.post(path(mail), {"action": "stop"})
    assert [row.merchant_id for row in OptOut.objects.all()] == [mail.merchant_id]


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "é" * 43, "a" * 500])
def test_a_link_that_is_none_gets_a_friendly_answer(db: None, browser: Client, token: str):
    response = browser.get(f"/u/{token}", headers={"accept-language": "zh-CN"})
    assert response.status_code == 404
    assert "<main>" in response.content.decode()


def test_a_link_to_preferences_does_not_unsubscribe(browser: Client, mail: Message):
    response = browser.post(f"/u/{links.sign(links.PREFERENCES, mail.pk)}", {"action": "stop"})
    assert response.status_code == 404
    assert stopped() == {}


def test_a_link_of_somebody_erased_leads_nowhere(browser: Client, mail: Message):
    Message.objects.update(address="")
    assert browser.get(path(mail)).status_code == 404


@pytest.mark.parametrize(
    ("language", "query", "spoken"),
    [("zh-CN", "", "zh-hans"), ("en-GB", "", "en"), ("zh-hans", "?lang=en", "en"), ("en", "?lang=xx", "en")],
)
def test_it_speaks_the_customers_language(
    browser: Client, merchant: Merchant, language: str, query: str, spoken: str
):
    page = browser.get(path(a_mail(merchant, language=language)) + query).content.decode()
    assert f'<html lang="{spoken}">' in page


def test_it_keeps_the_language_that_was_chosen(browser: Client, mail: Message):
    response = browser.post(f"{path(mail)}?lang=zh-hans", {"action": "stop"})
    assert response["Location"].endswith("?lang=zh-hans")


def test_a_name_with_markup_stays_text(browser: Client, mail: Message):
    Merchant.objects.update(name="<script>alert(1)</script>")
    assert b"<script>" not in browser.get(path(mail)).content


def test_the_page_runs_nothing_keeps_nothing_and_is_listed_nowhere(browser: Client, mail: Message):
    response = browser.get(path(mail))
    page = response.content.decode()
    assert "<script" not in page
    assert "style=" not in page
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"
    assert "noindex" in response["X-Robots-Tag"]
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_the_merchants_colour_comes_as_a_stylesheet(browser: Client, mail: Message):
    Brand.objects.create(merchant=mail.merchant, accent="#ffcc00")
    assert f'href="/brand/{mail.merchant_id}.css?v=' in browser.get(path(mail)).content.decode()
    response = browser.get(f"/brand/{mail.merchant_id}.css")
    assert response.content.decode() == ":root{--accent:#ffcc00;--on-accent:#000000}\n"
    assert "max-age" in response["Cache-Control"]


def test_a_merchant_without_a_brand_has_the_usual_colour(browser: Client, merchant: Merchant):
    assert b"#0b5cad" in browser.get(f"/brand/{merchant.pk}.css").content
    assert browser.get("/brand/00000000-0000-7000-8000-000000000000.css").status_code == 404
