"""Nothing lost and nothing sent twice, whatever is killed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import connection

from tests.chaos import Outcome, run
from tests.postgres import postgres

MESSAGES = int(os.environ.get("CHAOS_MESSAGES", "2000"))


# The run has a database of its own, of the same kind as this test's.
pytestmark = pytest.mark.django_db


def _run(folder: Path) -> Outcome:
    if connection.vendor == "sqlite":
        return run(messages=MESSAGES, url=f"sqlite:///{folder / 'chaos.sqlite3'}")
    with postgres() as server:
        return run(messages=MESSAGES, url=server.url, database=server)


@pytest.mark.timeout(400)
def test_every_order_is_told_of_exactly_once_through_kill_9(tmp_path: Path) -> None:
    outcome = _run(tmp_path)
    print(outcome)
    assert outcome.orders == MESSAGES
    assert outcome.lost == []
    assert outcome.twice == []
    assert outcome.unforeseen == []
    assert outcome.kills["worker"] > 0
    assert outcome.taken == MESSAGES
