"""A gateway that fails in every way in turn beside one that works: nothing lost, nothing twice, no delay."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from tests.failover import SHARE, Failover, run
from tests.postgres import postgres

MESSAGES = 640

# The run has a database of its own, of the same kind as this test's.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def _run(folder: Path) -> Failover:
    if connection.vendor == "sqlite":
        return run(messages=MESSAGES, url=f"sqlite:///{folder / 'failover.sqlite3'}", seconds_each=5)
    with postgres() as server:
        return run(messages=MESSAGES, url=server.url, seconds_each=5)


@pytest.mark.timeout(400)
def test_what_one_gateway_fails_to_take_goes_another_way_at_once(tmp_path: Path) -> None:
    found = _run(tmp_path)
    print(found)
    outcome = found.outcome
    assert outcome.orders == outcome.taken == MESSAGES
    assert (outcome.lost, outcome.twice, outcome.unforeseen) == ([], [], [])
    assert found.share >= SHARE
    assert found.by_mood["refuses"]["by Healthy"] == MESSAGES // 8
    assert found.by_mood["hangs"]["by Healthy"] == MESSAGES // 8
    assert {why for kind, name, why in found.news if kind == "gateway.switched"} >= {"refused", "slow"}
    assert {name for _, name, _ in found.news} == {"Failing"}
