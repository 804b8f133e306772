from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from merchants.ownership import inside
from notifications import tasks, testsend
from notifications.models import Message, SandboxDelivery, Template, VendorTemplate
from notifications.testsend import CannotTest
from orders.events import Lane
from tests.builders import a_gateway, a_merchant, a_signature, a_template, an_opt_out, an_order

PHONE = "+8613800138000"


def sent(template: Template, **about: Any) -> Message:
    """Send a test and let a worker do its round."""
    a_gateway(template.merchant)
    a_signature(template.merchant)
    with inside(template.merchant):
        message = testsend.send_test(template, address="138 0013 8000", **about)
    tasks.work(Lane.URGENT)
    message.refresh_from_db()
    return message


@pytest.mark.django_db(transaction=True)
def test_a_test_goes_the_real_way_to_the_sandbox():
    message = sent(a_template(a_merchant()))
    assert (message.state, message.address) == ("accepted", PHONE)
    shown = SandboxDelivery.objects.get()
    assert (shown.address, shown.text) == (PHONE, "【叮单茶铺】We have your order WL-10482.")


@pytest.mark.django_db(transaction=True)
def test_a_test_speaks_of_the_order_that_was_named():
    template = a_template(a_merchant())
    message = sent(template, order=an_order(template.merchant, number="N-1"))
    assert message.body == "【叮单茶铺】We have your order N-1."


@pytest.mark.django_db(transaction=True)
def test_a_test_is_not_sent_to_who_opted_out():
    template = a_template(a_merchant())
    an_opt_out(template.merchant, address=PHONE)
    message = sent(template)
    assert (message.state, message.reason) == ("dropped", "opted_out")
    assert not SandboxDelivery.objects.exists()


@pytest.mark.django_db
def test_a_gateway_is_tested_with_a_wording_that_it_can_send():
    shop = a_merchant(language="en")
    gateway = a_gateway(shop, kind="aliyun")
    a_template(shop, code="other")
    known = a_template(shop, code="known", language="zh-hans")
    with inside(shop), pytest.raises(CannotTest, match="no_wording"):
        testsend.drill(gateway, address=PHONE)
    VendorTemplate.objects.create(
        merchant=shop, template=known, gateway=gateway, code="SMS_1", state="usable"
    )
    with inside(shop):
        assert testsend.drill(gateway, address=PHONE).template == "known"
    VendorTemplate.objects.update(code="SMS_2", state="submitted", former_code="SMS_1")
    with inside(shop):
        assert testsend.drill(gateway, address=PHONE).template == "known"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "code"), [("", "missing_address"), ("12", "bad_phone"), ("a@b.example", "bad_phone")]
)
def test_an_address_that_cannot_be_is_refused(address, code):
    template = a_template(a_merchant())
    with inside(template.merchant), pytest.raises(CannotTest, match=code):
        testsend.send_test(template, address=address)
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_one_canary_waits_at_a_time_however_long_the_account_is_in_trouble():
    gateway = a_gateway(a_merchant(), canary_phone=PHONE, canary_minutes=10)
    a_template(gateway.merchant)
    assert testsend.send_canaries() == 1
    message = Message.objects.get()
    assert message.expires_at - message.due_at == timedelta(minutes=10)


@pytest.mark.django_db
def test_a_canary_that_cannot_be_sent_leaves_the_others_alone():
    shop = a_merchant()
    a_template(shop)
    a_gateway(shop, kind="gone", canary_phone=PHONE, canary_minutes=10)
    a_gateway(shop, canary_phone=PHONE, canary_minutes=10)
    assert testsend.send_canaries() == 1
