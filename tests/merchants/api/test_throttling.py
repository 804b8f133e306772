"""How often a key may call."""

from __future__ import annotations

import pytest
from rest_framework.settings import api_settings

from tests.api import a_caller
from tests.builders import a_merchant

pytestmark = pytest.mark.django_db

ME = "/api/v1/me/"


@pytest.fixture
def _three_an_hour(monkeypatch):
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "key", "3/hour")


@pytest.mark.usefixtures("_three_an_hour")
def test_it_counts_and_then_refuses_until_the_next_window():
    client = a_caller(a_merchant())
    answers = [client.get(ME) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert [answer["X-RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0", "0"]
    assert answers[0]["X-RateLimit-Limit"] == "3"
    assert 0 < int(answers[-1]["Retry-After"]) <= 3600
    assert answers[-1].json()["code"] == "rate_limited"


@pytest.mark.usefixtures("_three_an_hour")
def test_each_key_has_a_count_of_its_own():
    merchant = a_merchant()
    for client in (a_caller(merchant), a_caller(merchant)):
        assert [client.get(ME).status_code for _ in range(3)] == [200, 200, 200]


def test_shares_taken_at_once_do_not_exceed_the_limit(monkeypatch):
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "key", "250/day")
    client = a_caller(a_merchant())
    statuses = [client.get(ME).status_code for _ in range(260)]
    assert statuses.count(200) == 250
