"""Whatever a caller sends, the answer says precisely what is wrong, and nothing was changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from merchants.models import Merchant
from notifications.models import Receipt, Route, SendingLimit
from tests.api import a_caller
from tests.builders import (
    a_customer,
    a_gateway,
    a_merchant,
    a_return,
    a_shipment,
    a_signature,
    a_template,
    an_opt_out,
    an_order,
)

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"
JSON = "application/json"
ORDER: dict[str, Any] = {
    "number": "H-1",
    "currency": "CNY",
    "total": "12.50",
    "status": "created",
    "placed_at": "2026-05-01T08:00:00Z",
    "ip": "203.0.113.7",
    "language": "en",
    "customer": {"external_id": "li", "name": "Li", "email": "li@mail.example", "phone": "13800138000"},
    "items": [{"sku": "T", "name": "Tea", "quantity": 1, "unit_price": "12.50", "kind": "physical"}],
    "attributes": {"gift": True},
}
TEMPLATE: dict[str, Any] = {
    "code": "thanks",
    "event": "order.paid",
    "channel": "sms",
    "language": "en",
    "category": "transactional",
    "subject": "",
    "body": "Order {{ order.number }} is paid.",
    "is_active": True,
}
# Every path that takes a body, and a body that it takes.
BODIES: dict[str, Any] = {
    "customers/": ORDER["customer"] | {"timezone": "Asia/Shanghai", "country": "CN", "region": "Hangzhou"},
    "orders/": ORDER,
    "orders/bulk/": {"orders": [{"number": "H-1"}]},
    "orders/A-1/shipments/": {
        "carrier": "SF",
        "tracking_number": "SF1",
        "status": "dispatched",
        "delay_hours": 1,
    },
    "orders/A-1/returns/": {"reason": "size", "items": [{"sku": "T"}], "refund_amount": "1.00"},
    "events/": {"kind": "stock.low", "data": {"sku": "T"}, "occurred_at": "2026-05-01T08:00:00Z"},
    "signatures/": {"text": "叮单茶铺", "channel": "sms", "countries": ["CN"], "is_default": True},
    "templates/": TEMPLATE,
    "rules/": {
        "name": "Thank",
        "event": "order.created",
        "match": "all",
        "conditions": [{"field": "order.total", "operator": "gte", "value": "5"}],
        "recipients": ["customer"],
        "channels": ["sms"],
        "strategy": "all",
        "template": "known",
        "delay_seconds": 0,
        "is_active": True,
    },
    "opt-outs/": {"channel": "sms", "address": "13800138000", "category": "marketing", "reason": "asked"},
    "gateways/": {
        "kind": "kannel",
        "name": "Box",
        "endpoint": "http://127.0.0.1:1/",
        "credentials": {"username": "u", "password": "p"},
        "sender": "TEA",
        "countries": ["CN"],
        "priority": 1,
        "is_active": True,
        "sources": ["203.0.113.0/24"],
        "per_second": 30,
        "balance_floor": "50.00",
        "canary_phone": "13800138000",
        "canary_minutes": 60,
    },
    "routes/": {"country": "CN", "category": "marketing", "gateways": [str(UUID(int=7))]},
    "limits/": {"scope": "domestic", "period": "day", "most": 500},
    "templates/{template}/preview/": {"order": "A-1", "body": "Order {{ order.number }}."},
    "gateways/{gateway}/test/": {"phone": "13800138000"},
    "gateways/{reviewer}/submit-templates/": {
        "languages": ["en"],
        "fields": {"ApplySceneContent": "https://shop.example"},
    },
}
CHANGES = {
    "customers/known/": {"phone": "13800138000", "timezone": "Asia/Shanghai"},
    "orders/A-1/": {
        "status": "paid",
        "total": "1.00",
        "customer": {"external_id": "li"},
        "items": [{"name": "T"}],
    },
    "shipments/{shipment}/": BODIES["orders/A-1/shipments/"],
    "returns/{return}/": {"reason": "size", "status": "approved", "refund_amount": "1.00"},
    "signatures/{signature}/": BODIES["signatures/"],
    "templates/{template}/": {"body": "Other words.", "is_active": False},
    "gateways/{gateway}/": {"name": "Other", "priority": 2, "countries": []},
    "routes/{route}/": {"country": "US", "category": ""},
    "opt-outs/{opt_out}/": {"reason": "asked"},
    "limits/{limit}/": {"most": 700},
    "replies/{reply}/": {"is_read": True},
}
HOSTILE: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    "",
    "\0",
    "\ud800",
    "x" * 100_000,
    "<script>alert(1)</script>",
    [],
    [[[[]]]],
    {"a": {"b": []}},
)
READS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


def a_shop() -> tuple[Merchant, dict[str, Any]]:
    """Return a merchant with one of each thing that a path can name."""
    shop = a_merchant(country="CN")
    customer = a_customer(shop, external_id="known")
    order = an_order(shop, number="A-1", customer=customer)
    named = {
        "shipment": a_shipment(order),
        "return": a_return(order),
        "signature": a_signature(shop, text="已有"),
        "template": a_template(shop, code="known"),
        "gateway": a_gateway(shop),
        "reviewer": a_gateway(shop, kind="aliyun"),
        "route": Route.objects.create(merchant=shop, gateways=[]),
        "opt_out": an_opt_out(shop, address="+8613900139000"),
        "limit": SendingLimit.objects.create(merchant=shop, scope="international", period="day", most=5),
        "reply": Receipt.objects.create(merchant=shop, channel="sms", kind="reply", dedupe="1", text="Hi"),
    }
    return shop, {name: row.pk for name, row in named.items()}


def everything() -> dict[str, list[Any]]:
    """Return all rows there are, but for what is kept about the calls themselves."""
    calls = {"merchants.apikey", "merchants.idempotencyrecord"}
    models = [
        model
        for name in ("merchants", "orders", "notifications")
        for model in apps.get_app_config(name).get_models()
    ]
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in models
        if model._meta.label_lower not in calls
    }


def problem(answer: Any) -> tuple[int, str]:
    """Return status and code of an answer, which must be a problem and repeat no traceback."""
    assert answer["Content-Type"] == "application/problem+json", answer.content[:300]
    body = answer.json()
    assert body["status"] == answer.status_code
    assert "Traceback" not in answer.content.decode()
    return answer.status_code, body["code"]


def variations(body: Any) -> Iterator[Any]:
    """Yield the body with each of its values, at any depth, exchanged for each hostile one."""
    yield from HOSTILE
    for place in _places(body):
        for value in HOSTILE:
            changed = deepcopy(body)
            inner = changed
            for step in place[:-1]:
                inner = inner[step]
            inner[place[-1]] = value
            yield changed


def _places(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for step, value in inner:
        yield (*path, step)
        yield from _places(value, (*path, step))


MALFORMED = {
    "cut off": b'{"number": ',
    "no UTF-8": b'{"number": "\xff"}',
    "not a number": b'{"total": NaN}',
    "infinite": b'{"total": -Infinity}',
    "digits without end": b'{"total": ' + b"9" * 5_000 + b"}",
    "lists without end": b"[" * 100_000,
    "objects without end": b'{"attributes": ' * 50_000,
}


@pytest.mark.parametrize("path", BODIES)
def test_what_is_not_json_is_malformed(path):
    shop, named = a_shop()
    caller, before = a_caller(shop), everything()
    for what, body in MALFORMED.items():
        answer = caller.post(V1 + path.format(**named), body, content_type=JSON)
        assert problem(answer) == (400, "malformed_json"), what
    assert everything() == before


@pytest.mark.parametrize("path", BODIES)
def test_deep_nesting_is_an_error_and_not_a_crash(path):
    shop, named = a_shop()
    caller, before = a_caller(shop), everything()
    name = next(iter(BODIES[path]))
    for depth in (60, 200, 450, 900):
        lists, objects = "[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth
        for deep in (lists, objects):
            body = f'{{"{name}": {deep}, "attributes": {deep}}}'
            answer = caller.post(V1 + path.format(**named), body, content_type=JSON)
            assert problem(answer)[0] == 400, (depth, deep[:5])
    assert everything() == before


@pytest.mark.parametrize("path", BODIES)
def test_a_body_that_is_too_large_is_refused(path):
    shop, named = a_shop()
    before = everything()
    body = json.dumps({"number": "x" * (4 * 1024 * 1024)})
    answer = a_caller(shop).post(V1 + path.format(**named), body, content_type=JSON)
    assert problem(answer) == (413, "too_large")
    assert everything() == before


@contextmanager
def statements() -> Iterator[list[str]]:
    """Yield the statements that a call makes, as they are made."""
    made: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        made.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield made


def hostile_calls(call: Callable[..., Any], body: Any) -> None:
    """Send every variation; each is taken, or refused by a problem that changes nothing."""
    before = everything()
    for sent in variations(body):
        with statements() as made:
            answer = call(json.dumps(sent))
        told = answer.content[:500]
        assert answer.status_code in {200, 201, 202, 400, 403, 404, 409}, (sent, told)
        if answer.status_code < 400:
            before = everything()
            continue
        status, code = problem(answer)
        assert status in {403, 404, 409} or code in {"invalid_input", "malformed_json"}, (sent, told)
        assert status != 400 or code != "invalid_input" or answer.json()["errors"], (sent, told)
        # To look at every row takes longer than the call, and what wrote nothing has changed nothing.
        if any(not statement.startswith(READS) for statement in made):
            assert everything() == before, (sent, told)


@pytest.mark.parametrize("path", BODIES)
def test_a_wrong_value_anywhere_in_a_new_thing_is_told_and_changes_nothing(path):
    shop, named = a_shop()
    caller, url = a_caller(shop), V1 + path.format(**named)
    hostile_calls(lambda body: caller.post(url, body, content_type=JSON), BODIES[path])


@pytest.mark.parametrize("path", CHANGES)
def test_a_wrong_value_anywhere_in_a_change_is_told_and_changes_nothing(path):
    shop, named = a_shop()
    caller, url = a_caller(shop), V1 + path.format(**named)
    hostile_calls(lambda body: caller.patch(url, body, content_type=JSON), CHANGES[path])


PRECISE = [
    ("orders/", {"currency": "XXQ"}, "currency", "unknown_currency"),
    ("orders/", {"total": "1e9999999"}, "total", "max_digits"),
    ("orders/", {"total": "9" * 1_500}, "total", "max_string_length"),
    ("orders/", {"status": "completd"}, "status", "invalid_choice"),
    ("orders/", {"customer": {"external_id": "li", "phone": "+86 1"}}, "customer.phone", "impossible_phone"),
    ("orders/", {"items": [{"name": "T", "quantity": 0}]}, "items.0.quantity", "min_value"),
    ("customers/", {"phone": "+8613800138000000"}, "phone", "impossible_phone"),
    ("customers/", {"email": "li@"}, "email", "invalid_email"),
    ("customers/", {"timezone": "Mars/Olympus"}, "timezone", "unknown_timezone"),
    ("opt-outs/", {"address": "+8613800138000000"}, "address", "bad_phone"),
    ("templates/", {"body": "{{ order.numbr }}"}, "body", "unknown_placeholder"),
    ("templates/", {"body": "{% for i in (1..99999999) %}x{% endfor %}"}, "body", "loop"),
    ("templates/", {"body": "{% while true %}{% endwhile %}"}, "body", "tag_not_allowed"),
    ("templates/", {"body": "{% include 'secrets' %}"}, "body", "tag_not_allowed"),
    ("templates/", {"body": "{{ settings.SECRET_KEY }}"}, "body", "unknown_placeholder"),
    ("templates/", {"body": "{{ order.__class__ }}"}, "body", "unknown_placeholder"),
    ("templates/", {"body": "x" * 1_001}, "body", "too_long"),
    ("templates/", {"body": "{{ order.number"}, "body", "syntax"),
    ("templates/", {"channel": "email", "body": "Hello"}, "subject", "missing_subject"),
    ("templates/", {"code": "../../etc"}, "code", "bad_code"),
    (
        "rules/",
        {"conditions": [{"field": "order.total", "operator": "gte", "value": "NaN"}]},
        "conditions.0",
        "not_a_number",
    ),
    ("rules/", {"recipients": ["phone:+86 1"]}, "recipients.0", "bad_phone"),
    ("rules/", {"delay_seconds": 10**12}, "delay_seconds", "out_of_range"),
    ("rules/", {"template": "nobodys"}, "template", "unknown_template"),
    ("gateways/", {"endpoint": "http://169.254.169.254/latest"}, "endpoint", "private_endpoint"),
    ("gateways/", {"endpoint": "file:///etc/passwd"}, "endpoint", "bad_endpoint"),
    ("gateways/", {"kind": "pigeon"}, "kind", "unknown_choice"),
    ("signatures/", {"text": "<b>茶</b>"}, "text", "bad_character"),
    ("signatures/", {"countries": ["Atlantis"]}, "countries.0", "unknown_country"),
]


@pytest.mark.parametrize(("path", "change", "field", "code"), PRECISE)
def test_it_says_which_field_and_why(path, change, field, code):
    shop, _named = a_shop()
    before = everything()
    answer = a_caller(shop).post(V1 + path, BODIES[path] | change)
    assert problem(answer) == (400, "invalid_input")
    assert (field, code) in {(error["field"], error["code"]) for error in answer.json()["errors"]}, (
        answer.json()
    )
    assert everything() == before


def test_501_orders_at_once_are_too_many():
    shop, _named = a_shop()
    before = everything()
    orders = [ORDER | {"number": f"H-{number}"} for number in range(501)]
    answer = a_caller(shop).post(f"{V1}orders/bulk/", {"orders": orders})
    assert problem(answer) == (400, "invalid_input")
    assert everything() == before


def test_a_name_made_of_script_is_text_and_never_markup():
    shop, _named = a_shop()
    caller = a_caller(shop)
    script = "<script>alert(1)</script>{{ order.total }}"
    customer = {"external_id": "li", "name": script, "email": "li@mail.example"}
    caller.post(f"{V1}orders/", ORDER | {"number": "<img src=x>", "customer": customer})
    mail = a_template(shop, channel="email", body="Dear {{ customer.name }}: {{ order.number }}")
    told = caller.post(f"{V1}templates/{mail.pk}/preview/", {"order": "<img src=x>"}).json()
    assert "<script>alert" not in told["html"]
    assert "<img src=x>" not in told["html"]
    # Values are not templates: nothing of them is filled in.
    assert "{{ order.total }}" in told["text"]
    assert caller.get(f"{V1}orders/").json()["results"][0]["customer"]["name"] == script


def test_what_a_template_makes_of_one_order_has_an_end():
    shop, _named = a_shop()
    caller = a_caller(shop)
    items = [{"name": "茶" * 300} for _ in range(100)]
    caller.post(f"{V1}orders/", ORDER | {"items": items})
    greedy = a_template(shop, body="{{ items.names }}" * 50)
    answer = caller.post(f"{V1}templates/{greedy.pk}/preview/", {"order": "H-1"})
    if answer.status_code == 200:
        assert len(answer.json()["text"]) <= 20_000
    else:
        assert problem(answer) == (400, "invalid_input")


@pytest.mark.parametrize("name", ["message-list", "order-list", "opt-out-list", "rule-list", "template-list"])
@pytest.mark.parametrize(
    "query", ["limit=-1", "cursor=%00", "cursor=" + "x" * 5_000, "no_such=1", "limit=1e3"]
)
def test_a_query_that_makes_no_sense_is_told(name, query):
    assert problem(a_caller(a_merchant()).get(f"{reverse(name)}?{query}")) == (400, "invalid_input")
