from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from config.figures import first_id
from merchants.ids import uuid7
from notifications.models import State
from tests.builders import a_merchant, a_message

FAR: Any = {"REMOTE_ADDR": "203.0.113.9"}


def broken(*_: Any) -> None:
    raise OperationalError("the database has gone")


def figures(client: Client) -> dict[tuple[str, ...], float]:
    response = client.get("/metrics")
    assert response.status_code == 200
    families = text_string_to_metric_families(response.content.decode())
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_it_lives_though_the_database_is_gone(client: Client):
    assert client.get("/healthz").status_code == 200


def test_it_is_ready(db: None, client: Client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["checks"] == {"database": True, "migrations": True, "cache": True}


def test_it_is_not_ready_without_its_database(db: None, client: Client):
    with connection.execute_wrapper(broken):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] is False


def test_it_tells_for_how_long_the_oldest_message_has_been_due(db: None, client: Client):
    merchant = a_merchant()
    a_message(merchant, due_at=timezone.now() - timedelta(seconds=90))
    a_message(merchant, due_at=timezone.now() + timedelta(hours=1))
    a_message(merchant, due_at=timezone.now() - timedelta(hours=9), state=State.DELIVERED)
    assert client.get("/readyz").json()["waiting"]["due_urgent"] == pytest.approx(90, abs=5)


def test_it_counts_the_last_days_messages(db: None, client: Client):
    merchant = a_merchant()
    a_message(merchant, state=State.DELIVERED)
    a_message(merchant, id=first_id(timezone.now() - timedelta(days=2)))
    found = figures(client)
    assert found["orderbell_messages_last_day", "sms", "delivered"] == 1
    assert ("orderbell_messages_last_day", "sms", "due") not in found
    assert found["orderbell_events_unplanned",] == 2


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "fd00::7", "::ffff:192.168.1.2"])
def test_neighbours_see_the_figures(db: None, client: Client, address: str):
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize(
    "request_from",
    [FAR, {"REMOTE_ADDR": ""}, {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, {"HTTP_X_REAL_IP": "10.0.0.1"}],
)
def test_strangers_see_no_figures(db: None, client: Client, settings: Settings, request_from: Any):
    settings.METRICS_TOKEN = "a long token"
    assert client.get("/metrics", **request_from).status_code == 403
    wrong: Any = {"HTTP_AUTHORIZATION": "Bearer another token"}
    assert client.get("/metrics", **request_from, **wrong).status_code == 403


def test_the_token_opens_the_figures_from_afar(db: None, client: Client, settings: Settings):
    settings.METRICS_TOKEN = "a long token"
    assert client.get("/metrics", **FAR, HTTP_AUTHORIZATION="Bearer a long token").status_code == 200


def test_without_a_token_none_is_right(db: None, client: Client, settings: Settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", **FAR, HTTP_AUTHORIZATION="Bearer ").status_code == 403


def test_ids_sort_after_the_first_of_their_moment():
    moment = timedelta(milliseconds=2)
    assert first_id(timezone.now() - moment) < uuid7() < first_id(timezone.now() + moment)
