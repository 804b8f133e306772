"""A shop is set up by a script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone as clock

from notifications.models import GatewayAccount, Message, OptOut, Rule, Signature, Template
from tests.api import a_caller
from tests.builders import (
    a_customer,
    a_gateway,
    a_merchant,
    a_rule,
    a_signature,
    a_template,
    an_opt_out,
    an_order,
)

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"
SIGNATURE = {"text": "叮单茶铺", "channel": "sms", "countries": ["CN"]}
TEMPLATE = {
    "code": "thanks",
    "event": "order.paid",
    "channel": "sms",
    "language": "en",
    "category": "transactional",
    "subject": "",
    "body": "Thank you, {{ customer.name }}: {{ order.number }} is paid.",
    "is_active": True,
}
RULE = {
    "name": "Thank who pays",
    "event": "order.paid",
    "match": "all",
    "conditions": [{"field": "order.total", "operator": "gte", "value": "500"}],
    "recipients": ["customer"],
    "channels": ["sms"],
    "strategy": "all",
    "template": "thanks",
    "delay_seconds": 0,
    "is_active": True,
}
GATEWAY = {
    "kind": "kannel",
    "name": "Our box",
    "endpoint": "http://127.0.0.1:13013/cgi-bin/sendsms",
    "credentials": {"username": "orderbell", "password": "hunter2"},
    "sender": "TEA",
    "countries": ["CN"],
    "priority": 3,
    "is_active": True,
}


def codes(answer):
    return {error["field"]: error["code"] for error in answer.json()["errors"]}


def test_a_script_sets_up_a_shop():
    shop = a_merchant()
    caller = a_caller(shop)
    for kind, body in (
        ("gateways", GATEWAY),
        ("signatures", SIGNATURE),
        ("templates", TEMPLATE),
        ("rules", RULE),
    ):
        answer = caller.post(f"{V1}{kind}/", body)
        assert answer.status_code == 201, answer.json()
        told = answer.json()
        given = {name: value for name, value in body.items() if name != "credentials"}
        assert {name: told[name] for name in given} == given
        assert caller.get(f"{V1}{kind}/{told['id']}/").json() == told
        assert caller.get(f"{V1}{kind}/").json()["results"] == [told]
    assert Rule.objects.get().merchant == shop


@pytest.mark.parametrize("kind", ["gateways", "signatures", "templates", "rules", "opt-outs"])
@pytest.mark.parametrize("body", [[], "text", 1, None, {}])
def test_a_body_that_is_none_is_an_error(kind, body):
    answer = a_caller(a_merchant()).post(f"{V1}{kind}/", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


@pytest.mark.parametrize("kind", ["gateways", "signatures", "templates", "rules", "opt-outs"])
def test_an_unknown_field_is_an_error(kind):
    answer = a_caller(a_merchant()).post(f"{V1}{kind}/", {"colour": "red"})
    assert codes(answer)["colour"] == "unknown_field"


def test_every_wrong_field_is_named_by_its_path():
    a_merchant()
    body = RULE | {
        "channels": ["pigeon"],
        "conditions": [{"field": "order.mood", "operator": "eq", "value": 1}],
    }
    answer = a_caller(a_merchant()).post(f"{V1}rules/", body)
    assert answer.status_code == 400
    assert codes(answer).items() >= {"channels.0": "unknown_choice", "conditions.0": "unknown_field"}.items()
    assert not Rule.objects.exists()


def test_patch_changes_what_it_names_and_nothing_else():
    shop = a_merchant()
    rule = a_rule(shop, name="Old", delay_seconds=60)
    answer = a_caller(shop).patch(f"{V1}rules/{rule.pk}/", {"name": "New", "is_active": False})
    assert answer.status_code == 200
    rule.refresh_from_db()
    assert (rule.name, rule.is_active, rule.delay_seconds) == ("New", False, 60)


@pytest.mark.parametrize("make", [a_gateway, a_signature, a_template, a_rule])
def test_what_is_removed_is_gone_from_the_lists_and_kept_for_the_stories(make):
    shop = a_merchant()
    row = make(shop)
    kind = {"gatewayaccount": "gateway"}.get(row._meta.model_name, row._meta.model_name)
    caller = a_caller(shop)
    assert caller.delete(f"{V1}{kind}s/{row.pk}/").status_code == 204
    assert caller.get(f"{V1}{kind}s/{row.pk}/").status_code == 404
    assert type(row)._base_manager.get(pk=row.pk).archived_at


def test_credentials_are_never_told_only_which_are_set():
    caller = a_caller(a_merchant())
    made = caller.post(f"{V1}gateways/", GATEWAY)
    told = made.json()
    assert told["credentials_set"] == ["password", "username"]
    assert "credentials" not in told
    seen = [made, caller.get(f"{V1}gateways/"), caller.get(f"{V1}gateways/{told['id']}/")]
    assert not any(b"hunter2" in answer.content for answer in seen)


def test_a_change_without_credentials_keeps_them():
    shop = a_merchant()
    gateway = a_gateway(shop, kind="kannel", endpoint=GATEWAY["endpoint"], credentials=GATEWAY["credentials"])
    a_caller(shop).patch(f"{V1}gateways/{gateway.pk}/", {"priority": 1})
    gateway.refresh_from_db()
    assert (gateway.priority, gateway.credentials) == (1, GATEWAY["credentials"])


def test_a_credential_that_the_vendor_does_not_know_is_an_error_that_repeats_no_value():
    body = GATEWAY | {"credentials": {"username": "u", "password": "p", "pin": "hunter2"}}
    answer = a_caller(a_merchant()).post(f"{V1}gateways/", body)
    assert codes(answer) == {"credentials.pin": "unknown_credential"}
    assert b"hunter2" not in answer.content
    assert not GatewayAccount.objects.exists()


def test_the_push_address_is_told_to_who_may_change_settings():
    shop = a_merchant()
    gateway = a_gateway(shop, kind="kannel")
    path = f"{V1}gateways/{gateway.pk}/"
    assert gateway.token in a_caller(shop).get(path).json()["push_url"]
    assert a_caller(shop, scopes=["settings:read"]).get(path).json()["push_url"] is None


def test_reading_settings_does_not_allow_to_change_them():
    shop = a_merchant()
    caller = a_caller(shop, scopes=["settings:read"])
    assert caller.get(f"{V1}rules/").status_code == 200
    for answer in (
        caller.post(f"{V1}signatures/", SIGNATURE),
        caller.delete(f"{V1}signatures/{a_signature(shop).pk}/"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


def test_the_same_post_twice_makes_one_row():
    caller = a_caller(a_merchant())
    answers = [caller.post(f"{V1}signatures/", SIGNATURE, HTTP_IDEMPOTENCY_KEY="one") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert Signature.objects.count() == 1


def test_other_words_are_a_new_version_and_its_place_cannot_change():
    shop = a_merchant()
    template = a_template(shop)
    caller = a_caller(shop)
    answer = caller.patch(f"{V1}templates/{template.pk}/", {"body": "Order {{ order.number }} is here."})
    assert answer.json()["version"] == 2
    refused = caller.patch(f"{V1}templates/{template.pk}/", {"channel": "email"})
    assert codes(refused) == {"channel": "fixed"}


def test_a_template_that_asks_for_what_is_not_there_is_an_error_at_its_place():
    body = TEMPLATE | {"body": "Hello {{ customer.shoe_size }}"}
    answer = a_caller(a_merchant()).post(f"{V1}templates/", body)
    assert codes(answer) == {"body": "unknown_placeholder"}
    assert "customer.shoe_size" in answer.json()["errors"][0]["detail"]
    assert not Template.objects.exists()


def test_a_preview_speaks_of_a_made_up_order():
    shop = a_merchant()
    a_signature(shop, text="叮单")
    told = a_caller(shop).get(f"{V1}templates/{a_template(shop).pk}/preview/").json()
    assert told["text"].startswith("We have your order ")
    assert (told["signature"], told["segments"]["parts"]) == ("叮单", 1)


def test_a_preview_speaks_of_a_real_order():
    shop = a_merchant()
    an_order(shop, number="A-77")
    path = f"{V1}templates/{a_template(shop).pk}/preview/"
    caller = a_caller(shop)
    for answer in (caller.get(f"{path}?order=A-77"), caller.post(path, {"order": "A-77"})):
        assert answer.json()["text"] == "We have your order A-77."
    assert caller.get(f"{path}?order=nobodys").status_code == 404


def test_a_preview_tries_other_words_and_keeps_none():
    shop = a_merchant()
    template = a_template(shop, channel="email")
    path = f"{V1}templates/{template.pk}/preview/"
    caller = a_caller(shop)
    told = caller.post(path, {"subject": "About {{ order.number }}", "body": "Hello you"}).json()
    assert told["subject"].startswith("About ")
    assert "Hello" in told["html"]
    assert told["segments"] is None
    assert codes(caller.post(path, {"body": "{% for x in y %}{% endfor %}"}))["body"] == "loop"
    template.refresh_from_db()
    assert template.version == 1


def test_a_preview_says_who_objects_to_which_words_and_what_to_do():
    shop = a_merchant(country="CN")
    a_gateway(shop, kind="aliyun")
    a_signature(shop)
    template = a_template(shop, language="zh-hans")
    path = f"{V1}templates/{template.pk}/preview/"
    (finding,) = a_caller(shop).post(path, {"body": "{订单号}{订单金额}已付款"}).json()["findings"]
    assert finding == {
        "severity": "error",
        "code": "adjacent_placeholders",
        "detail": "Placeholders with nothing between them are refused.",
        "advice": "Put words between them that say what the second one is.",
        "spans": [[0, 11]],
        "gateways": ["aliyun"],
        "countries": [],
    }


def test_a_preview_of_an_order_needs_a_key_that_may_read_orders():
    shop = a_merchant()
    an_order(shop, number="A-77", customer=a_customer(shop, name="Li Na"))
    template = a_template(shop, body="Dear {{ customer.name }}")
    caller = a_caller(shop, scopes=["settings:read"])
    path = f"{V1}templates/{template.pk}/preview/"
    assert caller.post(path, {}).status_code == 200
    answer = caller.post(path, {"order": "A-77"})
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


def test_an_opt_out_is_kept_in_one_spelling():
    shop = a_merchant(country="CN")
    body = {"channel": "sms", "address": "138 0013 8000", "category": "marketing", "reason": "asked"}
    answer = a_caller(shop).post(f"{V1}opt-outs/", body)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["address"], told["source"], told["reason"]) == ("+8613800138000", "api", "asked")


def test_an_opt_out_that_is_known_stays_as_it_was():
    shop = a_merchant(country="CN")
    row = an_opt_out(shop, address="+8613800138000", reason="by reply")
    body = {"channel": "sms", "address": "13800138000", "category": "transactional", "reason": "other"}
    answer = a_caller(shop).post(f"{V1}opt-outs/", body)
    assert (answer.status_code, answer.json()["id"], answer.json()["reason"]) == (
        200,
        str(row.pk),
        "by reply",
    )


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"address": "12"}, "address", "bad_phone"),
        ({"channel": "email"}, "address", "bad_email"),
        ({"channel": "pigeon"}, "channel", "invalid_choice"),
        ({"category": "all"}, "category", "invalid_choice"),
        ({"source": "reply"}, "source", "read_only"),
        ({"reason": "x" * 201}, "reason", "max_length"),
    ],
)
def test_an_opt_out_that_cannot_be_is_an_error(change, field, code):
    body = {"channel": "sms", "address": "13800138000", "category": "marketing"} | change
    answer = a_caller(a_merchant()).post(f"{V1}opt-outs/", body)
    assert codes(answer) == {field: code}
    assert not OptOut.objects.exists()


def test_opt_outs_are_found_by_any_spelling_and_taken_back():
    shop = a_merchant(country="CN")
    row = an_opt_out(shop, address="+8613800138000")
    an_opt_out(shop, address="li@mail.example")
    caller = a_caller(shop)
    for spelling in ("13800138000", "%2B86 138 0013 8000"):
        found = caller.get(f"{V1}opt-outs/?address={spelling}").json()["results"]
        assert [one["id"] for one in found] == [str(row.pk)]
    assert caller.get(f"{V1}opt-outs/?address=nobody").json()["results"] == []
    assert caller.patch(f"{V1}opt-outs/{row.pk}/", {"reason": "in writing"}).json()["reason"] == "in writing"
    assert codes(caller.patch(f"{V1}opt-outs/{row.pk}/", {"address": "x"})) == {"address": "unknown_field"}
    assert caller.delete(f"{V1}opt-outs/{row.pk}/").status_code == 204
    assert OptOut.objects.count() == 1


def test_a_test_goes_the_way_of_every_message_and_has_a_story():
    shop = a_merchant(country="CN")
    gateway = a_gateway(shop)
    a_template(shop)
    caller = a_caller(shop)
    answer = caller.post(f"{V1}gateways/{gateway.pk}/test/", {"phone": "138 0013 8000"})
    assert answer.status_code == 202
    story = caller.get(answer.json()["url"]).json()
    assert (story["id"], story["event"]) == (answer.json()["message"], None)
    assert story["address"] == "+8613800138000"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"phone": "12"}, 400, "bad_phone"),
        ({"phone": ""}, 400, "blank"),
        ({}, 400, "required"),
        ({"phone": "13800138000", "text": "hi"}, 400, "unknown_field"),
    ],
)
def test_a_test_to_no_phone_is_an_error(body, status, code):
    shop = a_merchant()
    a_template(shop)
    answer = a_caller(shop).post(f"{V1}gateways/{a_gateway(shop).pk}/test/", body)
    assert answer.status_code == status
    assert code in codes(answer).values()
    assert not Message.objects.exists()


def test_a_gateway_that_is_off_is_not_tested():
    shop = a_merchant()
    gateway = a_gateway(shop, is_active=False)
    answer = a_caller(shop).post(f"{V1}gateways/{gateway.pk}/test/", {"phone": "13800138000"})
    assert (answer.status_code, answer.json()["code"]) == (409, "gateway_off")


def test_how_a_gateway_is_watched_is_set_and_how_it_fares_is_told():
    caller = a_caller(a_merchant(country="CN"))
    watching = {
        "sources": ["203.0.113.0/24"],
        "per_second": 30,
        "balance_floor": "50.00",
        "canary_phone": "+8613800138000",
        "canary_minutes": 60,
    }
    told = caller.post(f"{V1}gateways/", GATEWAY | watching).json()
    assert {name: told[name] for name in watching} == watching
    faring = {
        "state": "active",
        "doubted_until": None,
        "balance": None,
        "balance_unit": "",
        "reported_at": None,
    }
    assert {name: told[name] for name in faring} == faring
    for name in (*faring, "paused_until", "paused_reason", "balance_at"):
        answer = caller.patch(f"{V1}gateways/{told['id']}/", {name: "x"})
        assert codes(answer) == {name: "unknown_field"}


def test_a_gateway_that_rests_says_so():
    until = clock.now() + timedelta(hours=1)
    gateway = a_gateway(a_merchant(), paused_until=until, paused_reason="no money", rests=1)
    told = a_caller(gateway.merchant).get(f"{V1}gateways/{gateway.pk}/").json()
    assert (told["state"], told["paused_reason"]) == ("resting", "no money")
