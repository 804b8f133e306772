from __future__ import annotations

from datetime import time

import pytest
from django.test import Client

from merchants.models import Merchant
from notifications import links
from notifications.models import Category, Message, OptOut, OptOutSource, Preferences
from orders.models import Customer
from tests.builders import a_merchant, an_opt_out
from tests.notifications.pages.given import MAIL, PHONE, a_mail

ALL = ["sms:transactional", "sms:marketing", "email:transactional", "email:marketing"]


@pytest.fixture
def merchant(db: None) -> Merchant:
    return a_merchant()


@pytest.fixture
def mail(merchant: Merchant) -> Message:
    return a_mail(merchant)


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def path(message: Message) -> str:
    return f"/p/{links.sign(links.PREFERENCES, message.pk)}"


def choose(browser: Client, message: Message, *ticked: str, **fields: str) -> int:
    choices = dict.fromkeys(ticked, "on")
    if message.customer_id:
        choices |= {"language": "en", "quiet_from": "", "quiet_until": ""}
    return browser.post(path(message), choices | fields).status_code


def test_it_shows_each_channel_with_its_masked_address(browser: Client, mail: Message):
    page = browser.get(path(mail)).content.decode()
    assert page.count('type="checkbox"') == 4
    assert page.count(" checked") == 4
    assert "+86138***8000" in page
    assert PHONE not in page
    assert MAIL not in page


def test_it_keeps_what_was_refused_in_which_language_and_when(browser: Client, mail: Message):
    status = choose(
        browser, mail, "sms:transactional", language="zh-hans", quiet_from="22:00", quiet_until="07:30"
    )
    assert status == 303
    kept = Preferences.objects.get(customer=mail.customer)
    assert kept.refused == ["email:marketing", "email:transactional", "sms:marketing"]
    assert (kept.quiet_from, kept.quiet_until) == (time(22), time(7, 30))
    assert Customer.objects.get().language == "zh-hans"


def test_it_shows_what_was_kept(browser: Client, mail: Message):
    choose(browser, mail, "sms:transactional", quiet_from="22:00", quiet_until="07:30")
    page = browser.get(path(mail)).content.decode()
    assert page.count(" checked") == 1
    assert 'value="22:00"' in page


def test_choices_can_be_changed_again(browser: Client, mail: Message):
    choose(browser, mail)
    choose(browser, mail, *ALL)
    assert Preferences.objects.get().refused == []


def test_an_opt_out_is_an_empty_box_and_a_tick_takes_it_back(browser: Client, mail: Message):
    an_opt_out(mail.merchant, address=MAIL, category=Category.MARKETING, source=OptOutSource.LINK)
    assert browser.get(path(mail)).content.decode().count(" checked") == 3
    choose(browser, mail, *ALL)
    assert not OptOut.objects.exists()


def test_saving_without_a_tick_leaves_an_opt_out_as_it_is(browser: Client, mail: Message):
    an_opt_out(mail.merchant, address=MAIL, category=Category.MARKETING, source=OptOutSource.LINK)
    choose(browser, mail, "email:transactional")
    assert OptOut.objects.get().source == OptOutSource.LINK


@pytest.mark.parametrize("source", [OptOutSource.BOUNCE, OptOutSource.VENDOR, OptOutSource.COMPLAINT])
def test_what_lasts_cannot_be_ticked_away(browser: Client, mail: Message, source: str):
    an_opt_out(mail.merchant, address=MAIL, category=Category.MARKETING, source=source)
    assert b" disabled" in browser.get(path(mail)).content
    choose(browser, mail, *ALL)
    assert OptOut.objects.get().source == source


@pytest.mark.parametrize(
    "fields",
    [
        {"quiet_from": "22:00"},
        {"quiet_from": "x", "quiet_until": "07:00"},
        {"language": "klingon"},
    ],
)
def test_it_refuses_what_makes_no_sense_and_keeps_nothing(
    browser: Client, mail: Message, fields: dict[str, str]
):
    assert choose(browser, mail, **fields) == 400
    assert not Preferences.objects.exists()


def test_somebody_we_know_by_address_only_chooses_for_the_address(browser: Client, mail: Message):
    Message.objects.update(customer=None)
    mail.refresh_from_db()
    assert browser.get(path(mail)).content.decode().count('type="checkbox"') == 2
    choose(browser, mail, "email:transactional")
    assert {(row.address, row.category) for row in OptOut.objects.all()} == {(MAIL, "marketing")}
    choose(browser, mail, "email:transactional", "email:marketing")
    assert not OptOut.objects.exists()


def test_a_language_that_is_not_ours_is_kept(browser: Client, merchant: Merchant):
    mail = a_mail(merchant, language="fr")
    assert choose(browser, mail, *ALL, language="fr") == 303
    assert Customer.objects.get().language == "fr"


def test_a_get_changes_nothing(browser: Client, mail: Message):
    browser.get(path(mail), {"email:marketing": "on", "language": "zh-hans"})
    assert not Preferences.objects.exists()


def test_a_link_to_unsubscribe_opens_no_preferences(browser: Client, mail: Message):
    assert browser.get(f"/p/{links.sign(links.UNSUBSCRIBE, mail.pk)}").status_code == 404


def test_one_merchants_page_knows_nothing_of_anothers_opt_outs(browser: Client, mail: Message):
    an_opt_out(a_merchant(), address=MAIL, category=Category.MARKETING)
    assert browser.get(path(mail)).content.decode().count(" checked") == 4
    choose(browser, mail, *ALL)
    assert OptOut.objects.count() == 1
