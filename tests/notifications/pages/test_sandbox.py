from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import Settings

from merchants.models import Merchant
from notifications import receipts
from notifications.channels.sandbox_mail import EmailBackend
from notifications.models import OptOut, Receipt, SandboxDelivery, State
from tests.builders import a_merchant, a_message
from tests.notifications.pages.given import MAIL, PHONE, a_delivery

HTML = (
    "<html><head><style>p{color:red}</style></head><body><p>Hello</p><script>alert(1)</script></body></html>"
)


@pytest.fixture(autouse=True)
def _open_sandbox(settings: Settings) -> None:
    settings.SANDBOX_PAGE = True


@pytest.fixture
def merchant(db: None) -> Merchant:
    return a_merchant(name="叮单茶铺")


@pytest.mark.parametrize(
    "path", ["/sandbox/", "/sandbox/messages.json", "/sandbox/mail/1/", "/sandbox/mail/1/html"]
)
def test_in_production_there_is_no_sandbox(db: None, client: Client, settings: Settings, path: str):
    settings.SANDBOX_PAGE = False
    assert client.get(path).status_code == 404
    assert client.post("/sandbox/reply/", {"address": PHONE, "text": "TD"}).status_code == 404


def test_it_shows_an_empty_desk(db: None, client: Client):
    assert "No phone has rung yet" in client.get("/sandbox/").content.decode()


def test_it_shows_phones_and_mailboxes_newest_first(client: Client, merchant: Merchant):
    a_delivery(text="first text")
    a_delivery(text="second text")
    a_delivery(address="+447911123456", text="to London")
    a_delivery(channel="email", address=MAIL, subject="Thanks", html=HTML)
    page = client.get("/sandbox/").content.decode()
    assert page.count('class="phone"') == 2
    assert page.index("+447911123456") < page.index(PHONE)
    assert page.index("second text") < page.index("first text")
    assert "Thanks" in page


def test_times_are_those_of_the_shops_zone(client: Client, merchant: Merchant):
    at = datetime(2026, 1, 5, 20, 30, tzinfo=UTC)
    a_delivery(merchant=merchant, created_at=at)
    a_delivery(merchant=merchant, created_at=at, channel="email", address=MAIL)
    assert client.get("/sandbox/").content.decode().count("01-06 04:30:00") == 2


def test_markup_in_a_text_stays_text(client: Client, merchant: Merchant):
    a_delivery(text="<script>alert(1)</script>", sender="<b>x</b>")
    page = client.get("/sandbox/").content.decode()
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


def test_a_poll_without_news_gets_nothing(client: Client, merchant: Merchant):
    a_delivery()
    poll: Any = {"headers": {"hx-request": "true"}}
    news = client.get("/sandbox/?seen=0", **poll)
    assert news.status_code == 200
    assert b"<html" not in news.content
    stamp = news.context["stamp"]
    assert client.get(f"/sandbox/?seen={stamp}", **poll).status_code == 204
    a_delivery()
    assert client.get(f"/sandbox/?seen={stamp}", **poll).status_code == 200


def test_scripts_read_what_arrived_as_json(client: Client, merchant: Merchant):
    a_delivery(text="你好")
    a_delivery(channel="email", address=MAIL)
    everything = client.get("/sandbox/messages.json").json()["messages"]
    assert [row["channel"] for row in everything] == ["email", "sms"]
    for query in (f"?address=%2B{PHONE[1:]}", f"?address={PHONE}", "?channel=sms"):
        (row,) = client.get(f"/sandbox/messages.json{query}").json()["messages"]
        assert (row["address"], row["text"]) == (PHONE, "你好")


def test_a_mail_is_shown_in_a_frame_where_nothing_runs(client: Client, merchant: Merchant):
    mail = a_delivery(channel="email", address=MAIL, subject="Thanks", text="Hello", html=HTML)
    page = client.get(f"/sandbox/mail/{mail.pk}/").content.decode()
    assert f'src="/sandbox/mail/{mail.pk}/html"' in page
    assert "allow-scripts" not in page
    frame = client.get(f"/sandbox/mail/{mail.pk}/html")
    policy = frame["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert "unsafe-inline" not in client.get("/sandbox/")["Content-Security-Policy"]


def test_a_mail_is_shown_as_plain_text_too(client: Client, merchant: Merchant):
    mail = a_delivery(channel="email", address=MAIL, text="Hello <b>", html=HTML)
    page = client.get(f"/sandbox/mail/{mail.pk}/?view=text").content.decode()
    assert "Hello &lt;b&gt;" in page
    assert "<iframe" not in page


def test_a_reply_on_a_phone_is_a_reply_to_the_shop(client: Client, merchant: Merchant):
    message = a_message(merchant, state=State.ACCEPTED, address=PHONE)
    a_delivery(message)
    assert client.post("/sandbox/reply/", {"address": PHONE, "text": " TD "}).status_code == 302
    receipts.work_off()
    assert Receipt.objects.get().merchant_id == merchant.pk
    assert OptOut.objects.filter(merchant=merchant, address=PHONE, source="reply").exists()
    assert '<li class="own">' in client.get("/sandbox/").content.decode()


def test_a_phone_that_heard_nothing_cannot_reply(db: None, client: Client):
    assert client.post("/sandbox/reply/", {"address": PHONE, "text": "TD"}).status_code == 404


def test_a_reply_from_another_site_is_refused(merchant: Merchant):
    a_delivery(a_message(merchant, state=State.ACCEPTED, address=PHONE))
    response = Client(enforce_csrf_checks=True).post("/sandbox/reply/", {"address": PHONE, "text": "TD"})
    assert response.status_code == 403


def test_mail_of_the_house_is_shown_as_well(db: None):
    mail = EmailMultiAlternatives(
        "Welcome", "Plain", "shop@mail.example", [MAIL.upper()], bcc=["b@mail.example"]
    )
    mail.attach_alternative(HTML, "text/html")
    assert EmailBackend().send_messages([mail, EmailMultiAlternatives("To nobody")]) == 1
    row = SandboxDelivery.objects.get(address=MAIL)
    assert (row.sender, row.subject, row.text, row.html) == ("shop@mail.example", "Welcome", "Plain", HTML)
    assert SandboxDelivery.objects.count() == 2
