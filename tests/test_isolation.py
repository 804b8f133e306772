"""Another merchant sees nothing: every address of the project, with somebody else's things in it.

Every route stands in one of the tables below; a new one fails `test_every_route_is_in_a_table` until
somebody has said whose things it shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from merchants.models import Brand, Invitation, Merchant
from notifications.models import Attempt, OptOutImport, Receipt, Route, SendingLimit, State
from notifications.models.messages import DRILL
from tests.api import a_caller
from tests.builders import (
    a_customer,
    a_gateway,
    a_member,
    a_merchant,
    a_message,
    a_return,
    a_rule,
    a_shipment,
    a_signature,
    a_template,
    an_api_key,
    an_event,
    an_opt_out,
    an_order,
)
from tests.test_hostile_api import everything

pytestmark = pytest.mark.django_db

# Screens about one thing: which kind of thing their address names.
SCREENS_OF_ONE = {
    "settings/team/{pk}/role/": "member",
    "settings/team/{pk}/remove/": "member",
    "settings/team/invitations/{pk}/withdraw/": "invitation",
    "settings/keys/{pk}/revoke/": "key",
    "orders/{pk}/": "order",
    "orders/{pk}/status/{status}/": "order",
    "orders/{pk}/shipments/new/": "order",
    "orders/{pk}/returns/new/": "order",
    "shipments/{pk}/report/": "shipment",
    "returns/{pk}/move/{status}/": "return",
    "customers/{pk}/": "customer",
    "customers/{pk}/edit/": "customer",
    "customers/{pk}/erase/": "customer",
    "messages/{pk}/": "message",
    "messages/{pk}/mail/": "mail",
    "messages/{pk}/resend/": "message",
    "replies/{pk}/": "reply",
    "replies/{pk}/read/": "reply",
    "replies/{pk}/unread/": "reply",
    "opt-outs/{pk}/remove/": "opt_out",
    "opt-outs/import/{pk}/": "import",
    "rules/{pk}/": "rule",
    "rules/{pk}/toggle/": "rule",
    "rules/{pk}/copy/": "rule",
    "rules/{pk}/remove/": "rule",
    "templates/{pk}/": "template",
    "templates/{pk}/edit/": "template",
    "templates/{pk}/preview/": "template",
    "templates/{pk}/mail/": "template",
    "templates/{pk}/toggle/": "template",
    "templates/{pk}/remove/": "template",
    "templates/{pk}/test/": "template",
    "templates/{pk}/at/{gateway}/": "template",
    "templates/{pk}/at/{gateway}/submit/": "template",
    "templates/{pk}/at/{gateway}/ask/": "template",
    "templates/{pk}/at/{gateway}/withdraw/": "template",
    "templates/{pk}/versions/{number}/": "template",
    "templates/{pk}/versions/{number}/restore/": "template",
    "settings/signatures/{pk}/": "signature",
    "settings/signatures/{pk}/default/": "signature",
    "settings/signatures/{pk}/remove/": "signature",
    "settings/signatures/{pk}/at/{gateway}/": "signature",
    "settings/signatures/{pk}/at/{gateway}/submit/": "signature",
    "settings/signatures/{pk}/at/{gateway}/ask/": "signature",
    "settings/signatures/{pk}/at/{gateway}/withdraw/": "signature",
    "settings/gateways/{pk}/": "gateway",
    "settings/gateways/{pk}/edit/": "gateway",
    "settings/gateways/{pk}/toggle/": "gateway",
    "settings/gateways/{pk}/resume/": "gateway",
    "settings/gateways/{pk}/remove/": "gateway",
    "settings/gateways/{pk}/test/": "gateway",
    "settings/gateways/{pk}/submit-templates/": "gateway",
    "settings/gateways/{gateway}/test/{pk}/": "drill",
    "settings/routes/{pk}/": "route",
    "settings/limits/{pk}/": "limit",
    "settings/limits/{pk}/remove/": "limit",
    "settings/routes/{pk}/remove/": "route",
}
# Screens about no one thing: they show what is the shop's own.
SCREENS = (
    "",
    "settings/account/",
    "settings/shop/",
    "settings/brand/",
    "settings/team/",
    "settings/team/invite/",
    "settings/keys/",
    "settings/keys/new/",
    "orders/",
    "orders/new/",
    "customers/",
    "customers/new/",
    "messages/",
    "replies/",
    "unknown-outcomes/",
    "opt-outs/",
    "opt-outs/add/",
    "opt-outs/import/",
    "opt-outs/import/template.csv",
    "opt-outs/opt-outs.csv",
    "rules/",
    "rules/new/",
    "templates/",
    "templates/new/",
    "templates/new/preview/",
    "templates/new/mail/",
    "settings/signatures/",
    "settings/signatures/new/",
    "settings/reviews/",
    "settings/gateways/",
    "settings/gateways/new/",
    "settings/gateways/new/{kind}/",
    "settings/routes/",
    "settings/routes/new/",
    "settings/limits/",
    "settings/limits/new/",
)
API_OF_ONE = {
    "api/v1/customers/{external_id}/": "customer",
    "api/v1/orders/{number}/": "order",
    "api/v1/orders/{order_number}/shipments/": "order",
    "api/v1/orders/{order_number}/returns/": "order",
    "api/v1/shipments/{pk}/": "shipment",
    "api/v1/returns/{pk}/": "return",
    "api/v1/events/{pk}/": "event",
    "api/v1/messages/{pk}/": "message",
    "api/v1/messages/{pk}/resend/": "message",
    "api/v1/replies/{pk}/": "reply",
    "api/v1/signatures/{pk}/": "signature",
    "api/v1/signatures/{pk}/reviews/": "signature",
    "api/v1/signatures/{pk}/reviews/ask/": "signature",
    "api/v1/templates/{pk}/": "template",
    "api/v1/templates/{pk}/reviews/": "template",
    "api/v1/templates/{pk}/reviews/ask/": "template",
    "api/v1/templates/{pk}/preview/": "template",
    "api/v1/rules/{pk}/": "rule",
    "api/v1/opt-outs/{pk}/": "opt_out",
    "api/v1/gateways/{pk}/": "gateway",
    "api/v1/gateways/{pk}/test/": "gateway",
    "api/v1/gateways/{pk}/submit-templates/": "gateway",
    "api/v1/routes/{pk}/": "route",
    "api/v1/limits/{pk}/": "limit",
}
API = (
    "api/v1/me/",
    "api/v1/customers/",
    "api/v1/orders/",
    "api/v1/orders/bulk/",
    "api/v1/events/",
    "api/v1/messages/",
    "api/v1/replies/",
    "api/v1/signatures/",
    "api/v1/templates/",
    "api/v1/rules/",
    "api/v1/opt-outs/",
    "api/v1/gateways/",
    "api/v1/routes/",
    "api/v1/limits/",
)
# Open to everybody: what it shows without a secret word in the address is nobody's in particular.
OPEN = (
    "switch/",
    "language/",
    "invitation/{token}/",
    "media/logos/{name}.{kind}",
    "u/{token}",
    "p/{token}",
    "q/{key}/",
    "brand/{merchant_id}.css",
    "hooks/{kind}/{token}/",
    "sandbox/",
    "sandbox/messages.json",
    "sandbox/reply/",
    "sandbox/mail/{pk}/",
    "sandbox/mail/{pk}/html",
    "healthz",
    "readyz",
    "metrics",
    "api/v1/schema/",
    "api/v1/docs/",
    "api/v1/",
)
# Doors of packages: one's own account, and mail providers that must know a word.
OF_PACKAGES = ("accounts/", "anymail/")
OPERATORS = "ops/"

MARK = "Zanzibar"
MARK_IN_LOWER_CASE = MARK.lower()


def routes() -> list[str]:
    """Return every address of the project, its arguments in braces."""
    return sorted({_plain(route) for route in _walk(get_resolver().url_patterns)})


def _walk(patterns: Iterable[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _walk(pattern.url_patterns, route)


def _plain(route: str) -> str:
    route = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", re.sub(r"\(\?P<(\w+)>[^()]*\)", r"<\1>", route))
    return re.sub(r"[\^$\\]", "", route)


def a_shop_with_everything() -> tuple[Merchant, dict[str, Any]]:
    """Return a merchant with one of each thing, all of which bear the mark."""
    shop = a_merchant(name=MARK)
    Brand.objects.create(merchant=shop, from_name=MARK)
    customer = a_customer(
        shop, external_id=f"{MARK}-c", name=MARK, email=f"{MARK_IN_LOWER_CASE}@mail.example"
    )
    order = an_order(shop, number=f"{MARK}-1", customer=customer)
    gateway = a_gateway(shop, name=MARK, kind="kannel", credentials={"username": MARK, "password": MARK})
    template = a_template(shop, code=MARK_IN_LOWER_CASE, body=f"{MARK} {{{{ order.number }}}}")
    rule = a_rule(shop, template=template, name=MARK)
    message = a_message(
        shop, order=order, template=template, rule=rule, gateway=gateway, state=State.FAILED, body=MARK
    )
    Attempt.objects.create(
        merchant=shop, message=message, gateway=gateway, number=1, text=MARK, started_at=message.created_at
    )
    reply = Receipt.objects.create(
        merchant=shop, message=message, channel="sms", kind="reply", dedupe="1", text=MARK
    )
    things = {
        "order": order,
        "shipment": a_shipment(order, tracking_number=MARK),
        "return": a_return(order, reason=MARK),
        "event": an_event(shop, data={"sku": MARK}),
        "customer": customer,
        "gateway": gateway,
        "template": template,
        "rule": rule,
        "message": message,
        "reply": reply,
        "route": Route.objects.create(merchant=shop, country="CN", gateways=[str(gateway.pk)]),
        "drill": a_message(shop, template=template, gateway=gateway, event=None, recipient=DRILL, body=MARK),
        "mail": a_message(shop, order=order, template=a_template(shop, channel="email"), body=MARK),
        "signature": a_signature(shop, text=MARK),
        "limit": SendingLimit.objects.create(merchant=shop, scope="domestic", period="day", most=5),
        "opt_out": an_opt_out(shop, address=f"{MARK_IN_LOWER_CASE}@mail.example", reason=MARK),
        "import": OptOutImport.objects.create(merchant=shop, file_name=f"{MARK}.csv"),
        "key": an_api_key(shop, name=MARK)[0],
        "invitation": Invitation.objects.create(
            merchant=shop, email=f"{MARK_IN_LOWER_CASE}@new.example", digest="d" * 64
        ),
        "member": a_member(shop, email=f"{MARK_IN_LOWER_CASE}@shop.example").memberships.get(),
    }
    return shop, things


def filled(route: str, things: dict[str, Any], kind: str = "") -> str:
    """Return the route's address, about one of the things."""
    order, customer = things["order"], things["customer"]
    arguments = {
        "pk": things[kind].pk if kind else 1,
        "number": order.number if route.startswith("api/") else 1,
        "order_number": order.number,
        "external_id": customer.external_id,
        "gateway": things["gateway"].pk,
        "status": "approved",
        "kind": "png" if "logos" in route else "kannel",
        "name": order.pk.hex,
        "token": things["message"].pk,
        "key": order.pk.hex,
        "merchant_id": order.merchant_id,
    }
    return "/" + route.format(**arguments)


def a_person(shop: Merchant) -> Client:
    client = Client()
    client.force_login(a_member(shop))
    return client


def told(answer: Any, things: dict[str, Any]) -> set[str]:
    """Return what of these things an answer speaks of."""
    body = answer.getvalue() if answer.streaming else answer.content
    text = f"{body.decode('utf-8', 'replace')} {answer.headers}".lower()
    names = {MARK_IN_LOWER_CASE} | {
        form for row in things.values() for form in (str(row.pk), getattr(row.pk, "hex", "-"))
    }
    asked = str(answer.wsgi_request.get_full_path()).lower()
    return {name for name in names if name in text.replace(asked, "")}


def test_every_route_is_in_a_table():
    listed = {*SCREENS_OF_ONE, *SCREENS, *API_OF_ONE, *API, *OPEN}
    there = {route for route in routes() if not route.startswith((*OF_PACKAGES, OPERATORS))}
    assert there - listed == set(), "say in a table of this file whose things these show"
    assert listed - there == set(), "these are no more"


@pytest.mark.parametrize("route", SCREENS_OF_ONE)
def test_a_screen_about_another_shops_thing_is_not_there(route):
    shop, things = a_shop_with_everything()
    stranger, owner = a_person(a_merchant()), a_person(shop)
    path = filled(route, things, SCREENS_OF_ONE[route])
    before = everything()
    answers = [stranger.get(path), stranger.post(path, {})]
    assert {answer.status_code for answer in answers} <= {404, 405}
    assert not any(told(answer, things) for answer in answers)
    assert everything() == before
    # The shop's own people do find it there.
    is_for_reading = answers[0].status_code == 404
    assert (owner.get(path) if is_for_reading else owner.post(path, {})).status_code not in {404, 405}


@pytest.mark.parametrize("route", SCREENS)
def test_a_screen_shows_what_is_the_shops_own(route):
    _shop, things = a_shop_with_everything()
    stranger = a_person(a_merchant())
    path = filled(route, things)
    answers = [stranger.get(path), stranger.post(path, {}), stranger.get(path, {"q": MARK})]
    assert {answer.status_code for answer in answers} <= {200, 302, 404, 405, 422}
    for answer in answers[:2]:
        assert told(answer, things) == set()
    assert told(answers[2], things) <= {MARK_IN_LOWER_CASE}  # what was looked for


@pytest.mark.parametrize("route", API_OF_ONE)
def test_a_call_about_another_shops_thing_finds_nothing(route):
    shop, things = a_shop_with_everything()
    stranger, owner = a_caller(a_merchant()), a_caller(shop)
    path = filled(route, things, API_OF_ONE[route])
    before = everything()
    answers = {verb: getattr(stranger, verb)(path, {}) for verb in ("get", "post", "patch", "delete")}
    statuses = {verb: answer.status_code for verb, answer in answers.items()}
    assert set(statuses.values()) <= {404, 405}
    assert 404 in statuses.values()
    assert not any(told(answer, things) for answer in answers.values())
    assert everything() == before
    for verb in (verb for verb, status in statuses.items() if status == 404 and verb != "delete"):
        assert getattr(owner, verb)(path, {}).status_code not in {404, 405}


@pytest.mark.parametrize("route", API)
def test_a_call_lists_what_is_the_shops_own(route):
    _shop, things = a_shop_with_everything()
    stranger = a_caller(a_merchant())
    path = filled(route, things)
    answers = [stranger.get(path), stranger.post(path, {})]
    assert {answer.status_code for answer in answers} <= {200, 400, 405}
    assert not any(told(answer, things) for answer in answers)


def test_what_is_another_shops_cannot_be_named_in_a_body():
    _shop, things = a_shop_with_everything()
    other = a_merchant()
    caller, order = a_caller(other), things["order"]
    own = a_template(other)
    rule = {"name": "R", "event": "order.created", "recipients": ["customer"], "channels": ["sms"]}
    calls = [
        (f"templates/{own.pk}/preview/", {"order": order.number}, 404),
        ("rules/", rule | {"template": things["template"].code}, 400),
        ("events/", {"kind": "stock.low", "customer": things["customer"].external_id}, 400),
        ("orders/bulk/", [{"number": order.number, "total": "1", "customer": str(order.customer_id)}], 200),
    ]
    for path, body, status in calls:
        answer = caller.post(f"/api/v1/{path}", body)
        assert answer.status_code == status, answer.content
        assert not told(answer, things) - {MARK_IN_LOWER_CASE}
    lists = ("messages/", "orders/", "events/")
    for path in (f"{name}?customer={things['customer'].external_id}" for name in lists):
        assert caller.get(f"/api/v1/{path}").json()["results"] == []


@pytest.mark.parametrize("route", OPEN)
def test_an_open_door_shows_nobodys_things(route):
    _shop, things = a_shop_with_everything()
    path = filled(route, things)
    for client in (Client(), a_person(a_merchant())):
        for answer in (client.get(path), client.post(path, {})):
            assert answer.status_code < 500
            assert told(answer, things) == set()


@pytest.mark.parametrize("route", [*SCREENS_OF_ONE, *SCREENS])
def test_a_screen_asks_who_is_there(route):
    _shop, things = a_shop_with_everything()
    path = filled(route, things, SCREENS_OF_ONE.get(route, ""))
    for answer in (Client().get(path), Client().post(path, {})):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("route", [*API_OF_ONE, *API])
def test_a_call_without_a_key_is_refused(route):
    _shop, things = a_shop_with_everything()
    path = filled(route, things, API_OF_ONE.get(route, ""))
    for verb in ("get", "post", "patch", "delete"):
        assert getattr(Client(), verb)(path).status_code == 401


def test_doors_of_packages_show_nobodys_things():
    _shop, things = a_shop_with_everything()
    stranger = a_person(a_merchant())
    # A provider whose own package is not installed answers by an error.
    stranger.raise_request_exception = False
    pages = [route for route in routes() if route.startswith(OF_PACKAGES) and not re.search(r"[{(]", route)]
    assert pages
    for route in pages:
        for answer in (stranger.get(f"/{route}"), stranger.post(f"/{route}")):
            assert told(answer, things) == set(), route


def test_operations_are_for_staff():
    _shop, things = a_shop_with_everything()
    stranger = a_person(a_merchant())
    pages = [route for route in routes() if route.startswith(OPERATORS)]
    assert len(pages) > 50
    order = things["order"].pk
    for route in pages:
        if not re.search(r"[(|]", route):
            path = "/" + re.sub(r"{\w+}", str(order), route)
            for client in (stranger, Client()):
                for answer in (client.get(path), client.post(path)):
                    assert answer.status_code in {302, 403, 404}, path
                    assert told(answer, things) <= {str(order)}, path
