"""A mail that was written down reads as it was meant, by a parser that is not ours."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any, cast

import pytest
from django.core.mail import EmailMultiAlternatives
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.channels.mime import Mail, encode, one_line, wire_address
from notifications.channels.provider import message_of
from tests.notifications.channels.given import a_mail

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CLICK = "https://orderbell.example/u/abc"

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=400)
NASTY = st.lists(
    st.sampled_from(
        ["\r", "\n", "\r\n", ".", "..", "\r\n.\r\n", "Bcc: x@y.example", "=?utf-8?q?x?=", '"', "\\", "<", " ",
         "=", "a" * 80, "订单", "🎁", "\x00", "\x85", "\u2028", "\t"]
    ),
    max_size=20,
).map("".join)  # fmt: skip
WORDS = ANY_TEXT | NASTY


def parsed(mail: Mail) -> EmailMessage:
    message: EmailMessage = message_from_bytes(encode(mail, at=NOW), policy=policy.default)
    assert not message.defects
    return message


def content(message: Any, subtype: str) -> str:
    """Return a body as a reader sees it: its line breaks are \\n, those at the end do not count."""
    part = message.get_body((subtype,))
    assert part is not None
    return cast(bytes, part.get_payload(decode=True)).decode().replace("\r\n", "\n").rstrip("\n")


def as_lines(words: str) -> str:
    return words.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


def header_names(mail: Mail) -> list[str]:
    head = encode(mail, at=NOW).split(b"\r\n\r\n")[0].split(b"\r\n")
    return [line.split(b":")[0].decode() for line in head if not line.startswith(b" ")]


@given(text=WORDS, html=WORDS)
@example(text=".\n.\n..", html=".")
@example(text="", html="<p>only</p>")
@example(text="no line break at all " * 20, html="<p>" + "x" * 5000 + "</p>")
@example(text="trailing space \nand tab\t\n", html="订单" * 500)
def test_it_keeps_every_word(text: str, html: str) -> None:
    message = parsed(a_mail(text=text, html=html))
    if text or not html:
        assert content(message, "plain") == as_lines(text)
    if html:
        assert content(message, "html") == as_lines(html)


@given(text=WORDS.filter(bool), html=WORDS.filter(bool))
def test_it_says_what_django_would_have_said(text: str, html: str) -> None:
    mail = a_mail(
        subject="订单 A-1 已发货",
        sender_name="叮单茶铺",
        text=text,
        html=html,
        reply_to="help@lanting.example",
    )
    ours, theirs = (
        parsed(mail),
        message_from_bytes(message_of(mail).message().as_bytes(), policy=policy.default),
    )
    for name in ("From", "To", "Subject", "Reply-To"):
        assert str(ours[name]) == str(theirs[name])
    # Django keeps a lone carriage return, which is no line break in a mail.
    for subtype in ("plain", "html"):
        assert content(ours, subtype) == as_lines(content(theirs, subtype))


@given(subject=WORDS)
@example(subject="订单" * 100)
@example(subject="🎁" * 60)
@example(subject="A long subject in plain words, " * 10)
@example(subject="=?utf-8?q?not_encoded?=")
@example(subject="Re:")
def test_it_keeps_the_subject_in_one_line(subject: str) -> None:
    assert str(parsed(a_mail(subject=subject))["Subject"]) == one_line(subject)


@given(name=WORDS)
@example(name='Tea "of the" \\ hills, Ltd. <x@y.example>')
@example(name="叮单茶铺" * 15)
def test_it_keeps_the_senders_name_and_address_apart(name: str) -> None:
    # The newer parser of Python 3.11 puts spaces between the encoded words of a name; this one does not.
    written = message_from_bytes(encode(a_mail(sender_name=name), at=NOW))["From"]
    shown, address = parseaddr(written.replace("\r\n", ""))
    assert address == "shop@lanting.example"
    assert str(make_header(decode_header(shown))) == one_line(name)


@given(words=NASTY)
def test_no_value_begins_a_header_of_its_own(words: str) -> None:
    honest = header_names(a_mail(unsubscribe_url=CLICK, feedback_id="a:b"))
    nasty = a_mail(subject=words, sender_name=words, unsubscribe_url=CLICK + words, feedback_id="a" + words)
    assert header_names(nasty) == honest


@given(text=WORDS, html=WORDS, subject=WORDS, name=WORDS)
def test_lines_are_short_ascii_and_end_as_smtp_wants(text: str, html: str, subject: str, name: str) -> None:
    mail = a_mail(text=text, html=html, subject=subject, sender_name=name, unsubscribe_url=CLICK)
    raw = encode(mail, at=NOW)
    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_a_mail_in_one_form_is_not_made_of_parts() -> None:
    assert parsed(a_mail()).get_content_type() == "text/plain"
    assert parsed(a_mail(text="", html="<p>x</p>")).get_content_type() == "text/html"


def test_plain_text_comes_before_html() -> None:
    message = parsed(a_mail(html="<p>We have your order.</p>"))
    assert message.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "text/html"]


def test_it_carries_one_click_unsubscription() -> None:
    message = parsed(a_mail(unsubscribe_url=CLICK))
    assert message["List-Unsubscribe"] == f"<{CLICK}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_its_message_id_holds_our_reference() -> None:
    mail = a_mail()
    assert parsed(mail)["Message-ID"] == f"<{mail.reference}@lanting.example>"


def test_it_is_dated_now() -> None:
    assert parsedate_to_datetime(parsed(a_mail())["Date"]) == NOW


def test_it_asks_machines_not_to_answer() -> None:
    assert parsed(a_mail())["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("written", "wire"),
    [
        ("li.na@mail.example", "li.na@mail.example"),
        ("o'neil+tea@mail.example", "o'neil+tea@mail.example"),
        ("li@bücher.example", "li@xn--bcher-kva.example"),
        ("李@mail.example", ""),
        ('"li na"@mail.example', ""),
        ("li@mail.example>\r\nRCPT TO:<x@y.example", ""),
        ("li@mail.example\r\n", "li@mail.example"),
        ("a b@mail.example", ""),
        ("li@" + "a" * 250 + ".example", ""),
        ("li@" + "茶" * 64 + ".example", ""),
        ("@mail.example", ""),
        ("li@", ""),
        ("li", ""),
        ("", ""),
    ],
)
def test_an_address_fits_an_envelope_or_is_none(written: str, wire: str) -> None:
    assert wire_address(written) == wire


@given(address=WORDS | st.emails())
def test_no_address_breaks_out_of_its_brackets(address: str) -> None:
    wire = wire_address(address)
    assert wire.isascii()
    assert not set(wire) & set("<>\r\n\0 ")


def test_the_django_message_takes_the_same_headers() -> None:
    mail = a_mail(unsubscribe_url=CLICK, feedback_id="a:b:c:orderbell", html="<p>x</p>")
    message = message_of(mail)
    assert isinstance(message, EmailMultiAlternatives)
    assert message.extra_headers == mail.extra_headers
