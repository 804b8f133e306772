"""Whatever is sent, the answer is an order or a problem that says why not."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orders.models import Order
from tests.api import a_caller
from tests.builders import a_merchant, an_order

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "number",
    "currency",
    "total",
    "status",
    "placed_at",
    "payment_due_at",
    "ip",
    "source",
    "language",
    "customer",
    "items",
    "attributes",
]
bodies = st.fixed_dictionaries(
    {"number": st.just("1") | anything, "total": st.just("1.00") | anything},
    optional=dict.fromkeys(FIELDS[3:], anything)
    | {
        "customer": st.just({"external_id": "u1"})
        | st.fixed_dictionaries({"external_id": anything, "phone": anything})
    },
)


class TestHostileBodies(TestCase):
    @settings(max_examples=60)
    @given(anything | bodies)
    def test_an_order_is_made_or_the_problem_told(self, body):
        client = a_caller(a_merchant())
        answer = client.post("/api/v1/orders/", json.dumps(body), content_type="application/json")
        if answer.status_code == 201:
            assert Order.objects.get().number == answer.json()["number"]
        else:
            assert answer.status_code == 400
            assert answer.json()["code"] in {"invalid_input", "malformed_json"}
            assert not Order.objects.exists()

    @settings(max_examples=40)
    @given(st.dictionaries(st.sampled_from(FIELDS), anything, max_size=3))
    def test_a_change_is_made_or_the_problem_told(self, changes):
        merchant = a_merchant()
        order = an_order(merchant)
        path = f"/api/v1/orders/{order.number}/"
        answer = a_caller(merchant).patch(path, json.dumps(changes), content_type="application/json")
        assert answer.status_code in {200, 400, 409}
        if answer.status_code != 200:
            assert answer.json()["code"] in {"invalid_input", "malformed_json", "illegal_transition"}
