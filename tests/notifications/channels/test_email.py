"""A mail comes from the merchant's brand and leaves by the way that the settings name."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone as clock
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django import Settings

from bench.sinks import Sink
from merchants.ids import uuid7
from merchants.models import Brand, Merchant
from notifications import links
from notifications.channels.base import Parcel
from notifications.channels.email import Email, Way, way
from notifications.channels.mime import Mail
from notifications.channels.provider import Provider
from notifications.channels.registry import CHANNELS
from notifications.outbound import World
from notifications.outcomes import ErrorClass, Outcome, Result
from notifications.recipients import Person
from notifications.rendering import Rendered
from notifications.routing import Errand
from notifications.setup import Setup
from tests import builders

EMAIL = Email()
RENDERED = Rendered(subject="Your order A-1", text="We have your order.", html="<p>We have your order.</p>")


def packed(merchant: Merchant, **fields: Any) -> Parcel:
    """Return a parcel as it stands when it is about to leave."""
    setup = Setup([merchant.pk])
    template_id = uuid4()
    choice = EMAIL.choose(setup, Errand(merchant.pk, "CN", "transactional", template_id), now=clock.now())
    defaults: dict[str, Any] = {
        "message_id": uuid7(),
        "attempt_id": uuid7(),
        "merchant_id": merchant.pk,
        "address": "li.na@mail.example",
        "country": "CN",
        "category": "transactional",
        "rendered": RENDERED,
        "way": choice.way,
    }
    parcel = Parcel(**defaults | fields)
    EMAIL.pack(parcel, setup, facts={}, template_id=template_id)
    return parcel


def mail_of(merchant: Merchant, **fields: Any) -> Mail:
    mail: Mail = packed(merchant, **fields).packed
    return mail


def sent(*parcels: Parcel) -> list[Result]:
    async def go() -> list[Result]:
        results = await EMAIL.send(parcels, World())
        await EMAIL.close()
        return results

    return asyncio.run(go())


def address_of(email: str) -> str:
    return EMAIL.target(Person(key="customer", email=email), country="CN", timezone="UTC").address


def brand(merchant: Merchant, **fields: Any) -> None:
    Brand.objects.update_or_create(merchant=merchant, defaults=fields)


def test_it_is_one_of_the_channels() -> None:
    assert isinstance(CHANNELS["email"], Email)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("li.na@mail.example", "li.na@mail.example"),
        (" Li.Na@Mail.Example ", "li.na@mail.example"),
        ("li@bücher.example", "li@bücher.example"),
        ("li.na", ""),
        ("李@mail.example", ""),
        ('"li na"@mail.example', ""),
        ("li@mail.example\r\nBcc: x@y.example", ""),
        ("", ""),
    ],
)
def test_only_an_address_that_can_exist_is_an_address(written: str, address: str) -> None:
    assert address_of(written) == address


@given(st.emails() | st.text(max_size=60))
@example("\u212a@mail.example")
def test_whatever_somebody_typed_in_is_an_address_or_is_none(written: str) -> None:
    address = address_of(written)
    assert address == address.lower()
    assert not set(address) & set("\r\n<> ")


def test_a_persons_country_and_zone_go_before_the_merchants() -> None:
    person = Person(key="customer", email="a@b.example", country="DE", timezone="Europe/Berlin")
    target = EMAIL.target(person, country="CN", timezone="Asia/Shanghai")
    assert (target.country, target.timezone) == ("DE", "Europe/Berlin")
    target = EMAIL.target(replace(person, country="", timezone=""), country="CN", timezone="Asia/Shanghai")
    assert (target.country, target.timezone) == ("CN", "Asia/Shanghai")


def test_it_comes_from_the_brand(db: None) -> None:
    merchant = builders.a_merchant()
    brand(merchant, from_name="兰亭茶铺", from_email="shop@lanting.example", reply_to="help@lanting.example")
    mail = mail_of(merchant)
    assert (mail.sender_name, mail.sender) == ("兰亭茶铺", "shop@lanting.example")
    assert mail.reply_to == "help@lanting.example"


def test_without_an_address_of_its_own_it_comes_from_ours_in_the_merchants_name(
    db: None, settings: Settings
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Orderbell <no-reply@orderbell.example>"
    merchant = builders.a_merchant(name="Lanting Tea")
    mail = mail_of(merchant)
    assert (mail.sender_name, mail.sender, mail.reply_to) == ("Lanting Tea", "no-reply@orderbell.example", "")


def test_it_carries_the_link_that_ends_such_messages(db: None) -> None:
    parcel = packed(builders.a_merchant())
    assert parcel.packed.unsubscribe_url == links.unsubscribe_url(parcel.message_id)


def test_complaints_are_counted_by_merchant_and_template(db: None) -> None:
    merchant = builders.a_merchant()
    _template, of, category, system = mail_of(merchant).feedback_id.split(":")
    assert (of, category, system) == (merchant.pk.hex, "transactional", "orderbell")


def test_the_sandbox_shows_what_would_have_been_sent(db: None, settings: Settings) -> None:
    settings.EMAIL_SCHEME = "sandbox"
    merchant = builders.a_merchant(name="Lanting Tea")
    brand(merchant, from_email="shop@lanting.example")
    parcel = packed(merchant)
    (result,) = sent(parcel)
    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, f"sandbox-{parcel.attempt_id.hex}")
    assert result.shown is not None
    assert result.shown.channel == "email"
    assert result.shown.address == "li.na@mail.example"
    assert result.shown.sender == "Lanting Tea <shop@lanting.example>"
    assert (result.shown.subject, result.shown.text, result.shown.html) == (
        RENDERED.subject,
        RENDERED.text,
        RENDERED.html,
    )


def test_an_address_that_no_envelope_takes_is_refused_and_the_others_are_sent(
    db: None, settings: Settings
) -> None:
    settings.EMAIL_SCHEME = "sandbox"
    merchant = builders.a_merchant()
    good, bad = packed(merchant), packed(merchant, address="li na@mail.example")
    results = sent(bad, good, bad)
    assert [result.error for result in results] == [ErrorClass.RECIPIENT, None, ErrorClass.RECIPIENT]


def test_without_any_address_to_send_from_it_is_a_matter_of_configuration(
    db: None, settings: Settings
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Orderbell"
    (result,) = sent(packed(builders.a_merchant()))
    assert result.error is ErrorClass.CONFIG


def test_smtp_takes_several_at_a_time(db: None, settings: Settings) -> None:
    settings.EMAIL_SCHEME = "smtp"
    merchant = builders.a_merchant()
    parcels = [packed(merchant) for _ in range(60)]
    batches = EMAIL.batches(parcels)
    assert [len(batch) for batch in batches] == [25, 25, 10]
    assert [parcel for batch in batches for parcel in batch] == parcels


def test_it_arrives_by_smtp(db: None, settings: Settings) -> None:
    merchant = builders.a_merchant()
    brand(merchant, from_name="兰亭茶铺", from_email="shop@lanting.example")

    async def go() -> tuple[Parcel, list[Result], Sink]:
        sink = Sink(keeps=True)
        await sink.open()
        settings.EMAIL_SCHEME, settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp", "127.0.0.1", sink.port
        results = await EMAIL.send([parcel := prepared(way())], World())
        await EMAIL.close()
        await sink.close()
        return parcel, results, sink

    ready = packed(merchant)

    def prepared(by: Way) -> Parcel:
        ready.way = by
        return ready

    parcel, (result,), sink = asyncio.run(go())
    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, parcel.attempt_id.hex)
    ((sender, recipient, raw),) = sink.mails
    assert (sender, recipient) == ("shop@lanting.example", "li.na@mail.example")
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Message-ID"] == f"<{parcel.attempt_id.hex}@lanting.example>"
    assert message["From"] == "兰亭茶铺 <shop@lanting.example>"


def test_the_same_settings_give_the_same_way(settings: Settings) -> None:
    settings.EMAIL_SCHEME, settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp", "mail.example", 25
    first = way()
    assert way() is first
    settings.EMAIL_HOST = "other.example"
    assert way() is not first


def test_a_provider_is_reached_by_anymail(settings: Settings) -> None:
    settings.EMAIL_SCHEME = "anymail"
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    assert isinstance(way(), Provider)
