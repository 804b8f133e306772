"""The recipes a shop starts with."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from merchants.models import Merchant
from notifications import segments
from notifications.linting import VENDORS, Severity, Way, lint
from notifications.models import GatewayAccount, Rule, Signature, Template, TemplateVersion
from notifications.placeholders import sample_facts
from notifications.presets import RECIPES, Recipe, catch_up, install
from notifications.presets.installing import signature_text
from notifications.presets.team import TEAM_NEWS
from notifications.rendering import Source, compile
from orders.events import OWN_KINDS, EventKind
from tests.builders import a_merchant

LANGUAGES = ("en", "zh-hans")
FOR_CUSTOMERS = [recipe for recipe in RECIPES if recipe not in TEAM_NEWS]
EVERY_TEXT = list(product(FOR_CUSTOMERS, LANGUAGES))
# The least that is known of any order.
BARE = {
    "merchant": {"name": "Shop"},
    "order": {"number": "A-1", "total": 1, "currency": "CNY", "payment_due_at": None},
    "customer": {"name": ""},
    "items": [],
    "shipment": {"tracking_number": "", "carrier": "", "eta": None},
    "return": {"refund_amount": None, "reason": ""},
}


TEMPLATES = sum(len(recipe.channels) * len(LANGUAGES) for recipe in RECIPES)


def of(recipe: Recipe, language: str, channel: str) -> Source:
    words = recipe.words(language)
    body, subject = (words.sms, "") if channel == "sms" else (words.mail, words.subject)
    return Source(channel, recipe.event, language, subject, body)


def named(value: Any) -> str:
    return value.code if isinstance(value, Recipe) else str(value)


def test_they_cover_what_customers_wait_for() -> None:
    assert {recipe.event for recipe in RECIPES} >= {
        "order.created", "order.paid", "order.payment_failed", "order.unpaid", "order.cancelled",
        "shipment.dispatched", "shipment.out_for_delivery", "shipment.delayed", "shipment.ready_for_pickup",
        "shipment.delivered", "shipment.signed",
        "return.requested", "return.approved", "return.rejected", "return.refunded",
    }  # fmt: skip
    assert all(recipe.event in EventKind.values for recipe in RECIPES)
    assert len({recipe.code for recipe in RECIPES}) == len(RECIPES)


@pytest.mark.parametrize(("recipe", "language"), EVERY_TEXT, ids=named)
def test_a_text_fits_into_one_part(recipe: Recipe, language: str) -> None:
    facts = sample_facts(recipe.event, language=language)
    text = (
        compile(of(recipe, language, "sms"))
        .render(facts, language=language, timezone=facts["merchant"]["timezone"])
        .text
    )
    country, signature = ("CN", "山间茶铺") if language == "zh-hans" else ("GB", "")
    assert segments.count(segments.with_signature(text, signature), country=country).parts == 1
    assert facts["order"]["number"] in text


@pytest.mark.parametrize(("recipe", "language"), EVERY_TEXT, ids=named)
def test_nobody_objects_to_it(recipe: Recipe, language: str) -> None:
    country = "CN" if language == "zh-hans" else "GB"
    for channel in ("sms", "email"):
        assert (
            lint(
                of(recipe, language, channel),
                countries=[country],
                signature="山间茶铺" if country == "CN" else "",
            )
            == []
        )


@pytest.mark.parametrize(("recipe", "language"), EVERY_TEXT, ids=named)
def test_no_vendor_refuses_it(recipe: Recipe, language: str) -> None:
    ways = [Way(kind) for kind in VENDORS]
    found = lint(
        of(recipe, language, "sms"), countries=["CN", "GB", "US", "FR"], signature="山间茶铺", gateways=ways
    )
    assert [finding for finding in found if finding.severity is Severity.ERROR] == []


@pytest.mark.parametrize(("recipe", "language"), EVERY_TEXT, ids=named)
def test_it_can_be_said_of_the_barest_order(recipe: Recipe, language: str) -> None:
    for channel in ("sms", "email"):
        rendered = compile(of(recipe, language, channel)).render(
            BARE, language=language, timezone="UTC", links={}
        )
        assert "A-1" in rendered.text


@pytest.mark.parametrize(("recipe", "language"), list(product(TEAM_NEWS, LANGUAGES)), ids=named)
def test_news_for_the_team_says_what_and_where(recipe: Recipe, language: str) -> None:
    facts = sample_facts(recipe.event, language=language)
    rendered = compile(of(recipe, language, "email")).render(facts, language=language, timezone="UTC")
    named = {"gateway": facts["event"]["data"]["gateway"], "limit": "1000"}
    assert named.get(recipe.event.partition(".")[0], facts["event"]["data"]["gateway"]) in rendered.text
    assert "None" not in rendered.text


@pytest.mark.django_db
def test_after_an_upgrade_teams_get_their_news_and_customers_nothing_new() -> None:
    merchant = a_merchant()
    install(merchant)
    Rule.objects.filter(event__in=["gateway.back", "order.paid"]).delete()
    assert catch_up() == 1
    assert Rule.objects.filter(event="gateway.back").count() == 1
    assert not Rule.objects.filter(event="order.paid").exists()
    assert catch_up() == 0


@pytest.mark.django_db
def test_a_new_shop_can_send_at_once() -> None:
    merchant = a_merchant(name="山间茶铺（旗舰店）")
    install(merchant)
    assert Template.objects.count() == TemplateVersion.objects.count() == TEMPLATES
    assert Rule.objects.filter(is_active=True).count() == len(RECIPES)
    assert Signature.objects.get().text == "山间茶铺旗舰店"
    assert GatewayAccount.objects.get().kind == "sandbox"


@pytest.mark.django_db
def test_each_rule_finds_its_templates() -> None:
    install(a_merchant())
    for rule in Rule.objects.all():
        found = Template.objects.filter(code=rule.template, event=rule.event)
        assert {(t.channel, t.language) for t in found} == set(product(rule.channels, LANGUAGES))
        is_for_team = rule.event in OWN_KINDS
        assert rule.channels == (["email"] if is_for_team else ["sms", "email"])
        assert rule.recipients == (["role:owner", "role:operator"] if is_for_team else ["customer"])
        assert rule.strategy == "all"
        assert rule.useful_seconds > 0


@pytest.mark.django_db
def test_an_order_that_arrives_paid_is_not_asked_to_pay() -> None:
    install(a_merchant())
    (condition,) = Rule.objects.get(event="order.created").conditions
    assert condition == {"field": "order.status", "operator": "eq", "value": "created"}


@pytest.mark.django_db
def test_installing_again_makes_nothing_new_and_undoes_nothing() -> None:
    merchant = a_merchant()
    install(merchant)
    rule = Rule.objects.get(event="order.paid")
    rule.is_active = False
    rule.save()
    Rule.objects.get(event="order.created").archive()
    Template.objects.filter(code="order-paid", channel="sms", language="en").get().archive()
    Signature.objects.get().archive()
    install(merchant)
    assert not Rule.objects.get(event="order.paid").is_active
    assert not Rule.objects.filter(event="order.created").exists()
    assert Template.objects.count() == TEMPLATES - 1
    assert not Signature.objects.exists()


@pytest.mark.django_db
def test_the_rules_are_named_in_the_shops_language() -> None:
    install(a_merchant(language="zh-hans"))
    install(a_merchant(language="en"))
    assert set(Rule.objects.filter(event="order.paid").values_list("name", flat=True)) == {
        "付款成功",
        "Payment received",
    }


@pytest.mark.django_db
def test_a_rule_of_the_same_name_is_no_obstacle() -> None:
    merchant = a_merchant(language="en")
    Rule.objects.create(merchant=merchant, name="Payment received", event="order.paid", template="x")
    install(merchant)
    assert Rule.objects.filter(name="Payment received 2").exists()


@pytest.mark.django_db
def test_a_shop_abroad_signs_only_texts_to_china() -> None:
    install(a_merchant(country="GB"))
    assert Signature.objects.get().countries == ["CN"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("山间茶铺", "山间茶铺"),
        ("Willow & Lane of London", "WillowLaneof"),
        ("茶", "店铺通知"),
        ("★★", "店铺通知"),
    ],
)
def test_a_signature_is_made_of_the_shops_name(name: str, text: str) -> None:
    assert signature_text(Merchant(name=name)) == text
