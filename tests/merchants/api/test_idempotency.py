"""The same POST twice is one POST."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.signals import post_save
from django.utils import timezone as clock

from merchants.api.idempotency import forget_old_answers
from merchants.models import IdempotencyRecord
from orders.models import Customer, Order
from tests.api import a_caller
from tests.builders import a_merchant, an_order
from tests.threads import at_once

ORDERS = "/api/v1/orders/"
BODY: dict[str, Any] = {
    "number": "A-1",
    "total": "5.00",
    "customer": {"external_id": "u1"},
    "items": [{"name": "Tea"}],
}


@pytest.mark.django_db
class TestOneAfterTheOther:
    def test_the_second_gets_the_answer_of_the_first(self):
        client = a_caller(a_merchant())
        first = client.post(ORDERS, BODY, HTTP_IDEMPOTENCY_KEY="k")
        second = client.post(ORDERS, BODY, HTTP_IDEMPOTENCY_KEY="k")
        assert (second.status_code, second.json()) == (201, first.json())
        assert "Idempotency-Replayed" not in first
        assert second["Idempotency-Replayed"] == "true"
        assert Order.objects.count() == 1

    def test_a_refusal_is_repeated_as_a_refusal(self):
        client = a_caller(a_merchant())
        answers = [client.post(ORDERS, BODY | {"total": "x"}, HTTP_IDEMPOTENCY_KEY="k") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [400, 400]
        assert answers[0].json() == answers[1].json()
        assert answers[1]["Content-Type"] == "application/problem+json"
        assert answers[1]["Idempotency-Replayed"] == "true"

    def test_what_a_refused_request_wrote_is_undone(self):
        merchant = a_merchant()
        an_order(merchant, number="A-1")
        customers = Customer.objects.count()
        answer = a_caller(merchant).post(ORDERS, BODY, HTTP_IDEMPOTENCY_KEY="k")
        assert answer.json()["code"] == "already_exists"
        assert Customer.objects.count() == customers

    @pytest.mark.parametrize(
        ("path", "body"), [(ORDERS, BODY | {"total": "6.00"}), ("/api/v1/customers/", {"external_id": "u1"})]
    )
    def test_the_same_key_for_another_request_is_refused(self, path, body):
        client = a_caller(a_merchant())
        client.post(ORDERS, BODY, HTTP_IDEMPOTENCY_KEY="k")
        answer = client.post(path, body, HTTP_IDEMPOTENCY_KEY="k")
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")

    def test_keys_are_each_merchants_own(self):
        for client in (a_caller(a_merchant()), a_caller(a_merchant())):
            assert client.post(ORDERS, BODY, HTTP_IDEMPOTENCY_KEY="k").status_code == 201
        assert Order.objects.count() == 2

    def test_what_was_nowhere_may_come(self):
        merchant = a_merchant()
        client = a_caller(merchant)
        path = f"{ORDERS}A-1/shipments/"
        assert client.post(path, {}, HTTP_IDEMPOTENCY_KEY="k").status_code == 404
        an_order(merchant, number="A-1")
        assert client.post(path, {}, HTTP_IDEMPOTENCY_KEY="k").status_code == 201

    def test_after_a_day_a_key_is_free_again(self):
        client = a_caller(a_merchant())
        client.post(ORDERS, BODY, HTTP_IDEMPOTENCY_KEY="k")
        IdempotencyRecord.objects.update(created_at=clock.now() - timedelta(hours=24))
        assert client.post(ORDERS, BODY | {"number": "A-2"}, HTTP_IDEMPOTENCY_KEY="k").status_code == 201

    def test_old_answers_are_forgotten(self):
        client = a_caller(a_merchant())
        client.post(ORDERS, BODY, HTTP_IDEMPOTENCY_KEY="old")
        IdempotencyRecord.objects.update(created_at=clock.now() - timedelta(hours=25))
        client.post(ORDERS, BODY | {"number": "A-2"}, HTTP_IDEMPOTENCY_KEY="new")
        assert forget_old_answers() == 1
        assert IdempotencyRecord.objects.get().key == "new"

    @pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel", "a\tb"])
    def test_a_key_that_cannot_be_kept_is_refused(self, key):
        answer = a_caller(a_merchant()).post(ORDERS, BODY, HTTP_IDEMPOTENCY_KEY=key)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "invalid_idempotency_key")

    def test_an_answer_without_a_body_is_kept_too(self):
        merchant = a_merchant()
        client = a_caller(merchant)
        orders = [BODY, BODY | {"number": "A-2"}]
        answers = [client.post(f"{ORDERS}bulk/", orders, HTTP_IDEMPOTENCY_KEY="k") for _ in range(2)]
        assert answers[0].json() == answers[1].json()
        assert answers[0].json()["created"] == 2


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def test_twenty_with_one_key_make_one_order_and_hear_the_same(self):
        client = a_caller(a_merchant())
        answers = at_once(20, lambda _: client.post(ORDERS, BODY, HTTP_IDEMPOTENCY_KEY="k"))
        statuses = {answer.status_code for answer in answers}
        assert 201 in statuses
        assert statuses <= {201, 409}
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {
            "idempotency_in_progress"
        }
        assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
        assert Order.objects.get().events.count() == 1
        again = client.post(ORDERS, BODY, HTTP_IDEMPOTENCY_KEY="k")
        assert again["Idempotency-Replayed"] == "true"

    def test_a_failure_of_ours_frees_the_key_and_leaves_nothing(self):
        merchant = a_merchant()
        client = a_caller(merchant)
        client.raise_request_exception = False

        def refuse(sender: Any, instance: Order, **_: Any) -> None:
            raise RuntimeError("the disk is full of secrets")

        post_save.connect(refuse, sender=Order)
        try:
            answer = client.post(ORDERS, BODY, HTTP_IDEMPOTENCY_KEY="k")
        finally:
            post_save.disconnect(refuse, sender=Order)
        assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
        assert "secrets" not in answer.content.decode()
        assert not Customer.objects.exists()
        assert not IdempotencyRecord.objects.exists()
        assert client.post(ORDERS, BODY, HTTP_IDEMPOTENCY_KEY="k").status_code == 201
