"""The operators' admin shows everything, changes little, and keeps secrets."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from merchants.models import ApiKey, IdempotencyRecord, Invitation, User
from notifications.models import (
    Attempt,
    Bucket,
    GatewayAccount,
    Message,
    OptOutImport,
    Preferences,
    QueryCode,
    Receipt,
    Route,
    SandboxDelivery,
    SendingLimit,
    Usage,
    VendorSignature,
    VendorTemplate,
)
from orders.models import Event, Order, Shipment
from tests.builders import (
    a_gateway,
    a_member,
    a_merchant,
    a_message,
    a_return,
    a_shipment,
    a_signature,
    a_template,
    a_user,
    an_api_key,
    an_opt_out,
    an_order,
)

pytestmark = pytest.mark.django_db

OURS = [
    model
    for app in ("merchants", "orders", "notifications")
    for model in apps.get_app_config(app).get_models()
]
FACTS = (Message, Attempt, Receipt, Event)
# What a strict Content-Security-Policy refuses to run or to paint.
INLINE = re.compile(
    r"""<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son\w+=|javascript:"""
)


def an_operator(**fields: Any) -> Client:
    client = Client()
    client.force_login(a_user(**{"is_staff": True, "is_superuser": True} | fields))
    return client


def address(row: Any, action: str = "change") -> str:
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_{action}", args=[row.pk])


def one_of_each() -> dict[type[Model], Any]:
    """Return a row of every model of ours, all of one shop."""
    shop = a_merchant(name="Tea house")
    a_member(shop)
    an_api_key(shop)
    gateway = a_gateway(shop, kind="kannel", credentials={"username": "u", "password": "hunter2"})
    order, template = an_order(shop), a_template(shop)
    message = a_message(shop, order=order, template=template, gateway=gateway)
    a_shipment(order)
    a_return(order)
    an_opt_out(shop, address="li@mail.example")
    signature = a_signature(shop)
    owned = {"merchant": shop}
    Invitation.objects.create(**owned, email="new@shop.example", digest="d" * 64)
    IdempotencyRecord.objects.create(**owned, key="k", request_digest="d" * 64)
    Attempt.objects.create(**owned, message=message, gateway=gateway, number=1, started_at=message.created_at)
    Receipt.objects.create(**owned, message=message, channel="sms", kind="reply", dedupe="d")
    SandboxDelivery.objects.create(**owned, message=message, channel="sms", address="+8613800138000")
    Preferences.objects.create(**owned, customer=message.customer)
    OptOutImport.objects.create(**owned, file_name="list.csv")
    VendorSignature.objects.create(**owned, signature=signature, gateway=gateway)
    VendorTemplate.objects.create(**owned, template=template, gateway=gateway)
    Route.objects.create(**owned, gateways=[str(gateway.pk)])
    SendingLimit.objects.create(**owned, scope="domestic", period="day", most=1_000)
    Usage.objects.create(**owned, scope="domestic", day=message.created_at.date(), parts=1)
    Bucket.objects.create(key="b" * 32, full_at=0.0)
    QueryCode.objects.create(**owned, order=order, code="K7M3QX")
    shop.brand = apps.get_model("merchants.Brand").objects.create(merchant=shop)
    return {model: model._base_manager.first() for model in OURS}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_model_is_there(model):
    assert admin.site.is_registered(model)


def test_every_list_and_every_row_can_be_looked_at_and_tells_no_secret():
    operator = an_operator()
    rows = one_of_each()
    gateway, key = rows[GatewayAccount], rows[ApiKey]
    secrets = ("hunter2", gateway.token, key.digest, "d" * 64)
    for model, row in rows.items():
        name = model._meta.label_lower.replace(".", "_")
        rows_of = reverse(f"admin:{name}_changelist")
        for path in (rows_of, f"{rows_of}?q=tea", address(row)):
            answer = operator.get(path)
            assert answer.status_code == 200, model
            text = answer.content.decode()
            told = [secret for secret in secrets if secret in text]
            assert not told or model is IdempotencyRecord, model
            assert not INLINE.search(text), (model, INLINE.search(text))


def test_second_factors_and_the_queue_are_withheld():
    withheld = {model._meta.app_label for model in admin.site._registry} & {"mfa", "django_q"}
    assert not withheld


def test_nobody_but_staff_gets_in():
    shop = a_merchant()
    client = Client()
    index = reverse("admin:index")
    assert client.get(index, follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
    client.force_login(a_member(shop))
    assert client.get(index, follow=True).status_code == 403
    assert client.get(address(an_order(shop)), follow=True).status_code == 403


def test_the_admins_own_login_form_is_not_offered():
    staff = a_user(is_staff=True, is_superuser=True)
    answer = Client().post(
        reverse("admin:login"), {"username": staff.email, "password": "correct horse battery staple"}
    )
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("model", FACTS)
def test_facts_are_not_made_changed_or_removed(model):
    row = one_of_each()[model]
    operator = an_operator()
    assert operator.post(address(row), {}).status_code == 403
    assert operator.post(address(row, "delete"), {"post": "yes"}).status_code == 403
    made = operator.get(reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_add"))
    assert made.status_code == 403


def moved(row: Any, status: str) -> Any:
    """Return the answer to an operator who sets the status."""
    page = {f"{prefix}-{name}_FORMS": "0" for prefix in ("items", "events") for name in ("TOTAL", "INITIAL")}
    return an_operator(language="en").post(address(row), {**page, "status": status}, follow=True)


def test_a_status_set_here_is_an_event_like_any_other():
    order = an_order(a_merchant())
    assert moved(order, "paid").status_code == 200
    assert Order.objects.get().status == "paid"
    assert Event.objects.filter(order=order, kind="order.paid").count() == 1


def test_a_status_that_may_not_follow_is_an_error_beside_it_and_changes_nothing():
    order = an_order(a_merchant(), status="cancelled")
    answer = moved(order, "paid")
    assert answer.context["adminform"].form.errors["status"]
    assert Order.objects.get().status == "cancelled"
    assert not Event.objects.filter(kind="order.paid").exists()


def test_news_that_comes_late_is_kept_and_said_to_be_late():
    shipment = a_shipment(an_order(a_merchant()), status="delivered")
    answer = moved(shipment, "in_transit")
    assert "already further on" in answer.content.decode()
    assert Shipment.objects.get().status == "delivered"
    assert Event.objects.get(kind="shipment.in_transit").silence == "late"


def test_switching_a_gateway_off_writes_that_and_nothing_else():
    gateway = a_gateway(a_merchant(), kind="kannel", credentials={"username": "u", "password": "hunter2"})
    an_operator().post(address(gateway), {"priority": "4", "name": "other", "credentials": "{}"})
    gateway.refresh_from_db()
    assert (gateway.is_active, gateway.priority) == (False, 4)
    assert gateway.credentials == {"username": "u", "password": "hunter2"}
    assert gateway.name != "other"


def test_an_operator_makes_a_person_who_logs_in_by_email():
    form = {"email": "New@Shop.example", "usable_password": "true"}
    password = "some thing long 77"
    answer = an_operator().post(
        reverse("admin:merchants_user_add"), form | {"password1": password, "password2": password}
    )
    assert answer.status_code == 302
    assert User.objects.get(email="new@shop.example").check_password(password)


def test_a_key_is_revoked_for_its_merchant():
    key, _text = an_api_key(a_merchant())
    an_operator().post(
        reverse("admin:merchants_apikey_changelist"), {"action": "revoke", "_selected_action": [str(key.pk)]}
    )
    key.refresh_from_db()
    assert key.revoked_at
