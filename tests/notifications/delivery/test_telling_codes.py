"""A text tells the shop's constant address and its order's own code."""

from __future__ import annotations

import pytest
from django.conf import settings

from notifications import query_codes, tasks
from notifications.models import QueryCode, SandboxDelivery
from orders.events import Lane
from tests.builders import a_gateway, a_merchant, a_rule, a_signature, a_template, an_order

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_text_tells_the_code_by_which_its_order_is_found() -> None:
    merchant = a_merchant()
    a_gateway(merchant)
    a_signature(merchant)
    a_rule(merchant, template=a_template(merchant, body="查询 {查询网址} 输入 {查询码}", language="zh-hans"))
    orders = [an_order(merchant) for _ in range(3)]
    tasks.work(Lane.URGENT)
    texts = SandboxDelivery.objects.values_list("text", flat=True)
    address = f"{settings.PUBLIC_URL}/q/{query_codes.key_of(merchant.pk)}/"
    assert all(text.startswith(f"【叮单茶铺】查询 {address} 输入 ") for text in texts)
    found = {query_codes.find_order(merchant, text[-6:]) for text in texts}
    assert found == set(orders)


def test_no_code_is_made_for_a_text_that_tells_none() -> None:
    merchant = a_merchant()
    a_gateway(merchant)
    a_signature(merchant)
    a_rule(merchant)
    an_order(merchant)
    tasks.work(Lane.URGENT)
    assert SandboxDelivery.objects.count() == 1
    assert not QueryCode.objects.exists()
