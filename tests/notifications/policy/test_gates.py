"""The gates: in order, up to the first that does not allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.policy.gates import (
    GATES,
    Route,
    Situation,
    Verdict,
    ask,
    held_after_all,
    is_overtaken,
    record,
)
from notifications.reasons import Reason

NOON = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)  # noon in Shanghai
NIGHT = datetime(2026, 5, 4, 18, 0, tzinfo=UTC)  # two in the morning there
UNPAID = {"field": "order.status", "operator": "eq", "value": "created"}
PAUSED = Route(is_open=False, reason="gateway_paused", until=NIGHT)
ALL_RIGHT = Situation(
    now=NOON,
    event="order.paid",
    channel="sms",
    category="transactional",
    address="+8613800138000",
    country="CN",
    timezone="Asia/Shanghai",
    facts={"order": {"status": "paid"}},
)


def last(**changes: Any) -> tuple[str, str, str]:
    answer = ask(replace(ALL_RIGHT, **changes))[-1]
    return answer.gate, answer.verdict.value, answer.reason


def test_it_allows_what_nothing_speaks_against() -> None:
    answers = ask(ALL_RIGHT)
    assert [answer.verdict for answer in answers] == [Verdict.ALLOW] * len(GATES)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"address": ""}, ("address", "drop", "no_address")),
        ({"opted_out": frozenset({"transactional"})}, ("consent", "drop", "opted_out")),
        ({"refused": frozenset({"sms:transactional"})}, ("preference", "drop", "preference")),
        ({"is_duplicate": True}, ("duplicate", "drop", "duplicate")),
        ({"is_rule_on": False}, ("still_true", "drop", "rule_off")),
        (
            {"conditions": [{"field": "order.status", "operator": "eq", "value": "created"}]},
            ("still_true", "drop", "not_true"),
        ),
        ({"event": "order.unpaid"}, ("still_true", "drop", "overtaken")),
        ({"expires_at": NOON}, ("useful_life", "drop", "expired")),
        ({"category": "marketing", "now": NIGHT}, ("quiet_hours", "hold", "quiet_hours")),
        ({"budget_until": NIGHT}, ("budget", "hold", "budget")),
        ({"has_template": False}, ("route", "drop", "no_template")),
        ({"route": Route(is_open=False, reason="no_gateway")}, ("route", "drop", "no_gateway")),
        (
            {"route": Route(is_open=False, reason="gateway_paused", until=NIGHT)},
            ("route", "hold", "gateway_paused"),
        ),
    ],
)
def test_each_gate_has_its_say(changes: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert last(**changes) == expected
    assert expected[2] in Reason.values


def test_a_marketing_opt_out_leaves_notices_alone() -> None:
    assert last(opted_out=frozenset({"marketing"}))[1] == "allow"


def test_a_notice_goes_out_at_night_unless_the_person_asked_for_rest() -> None:
    assert last(now=NIGHT)[1] == "allow"
    assert last(now=NIGHT, quiet_from=time(22), quiet_until=time(7))[1] == "hold"


def test_marketing_waits_until_the_later_of_the_countrys_and_the_persons_morning() -> None:
    answer = ask(
        replace(ALL_RIGHT, now=NIGHT, category="marketing", quiet_from=time(22), quiet_until=time(10))
    )[-1]
    assert answer.until == datetime(2026, 5, 5, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", ["delivered", "signed"])
def test_news_from_the_road_is_worthless_once_the_parcel_is_there(status: str) -> None:
    assert is_overtaken("shipment.out_for_delivery", {"shipment": {"status": status}})
    assert not is_overtaken("shipment.delivered", {"shipment": {"status": status}})


situations = st.builds(
    Situation,
    now=st.just(NIGHT),
    event=st.sampled_from(["order.paid", "order.unpaid", "shipment.delayed"]),
    channel=st.just("sms"),
    category=st.sampled_from(["transactional", "marketing"]),
    address=st.sampled_from(["", "+8613800138000"]),
    country=st.sampled_from(["", "CN", "US", "FR"]),
    timezone=st.sampled_from(["", "Asia/Shanghai", "America/New_York"]),
    has_template=st.booleans(),
    opted_out=st.frozensets(st.sampled_from(["transactional", "marketing"])),
    refused=st.frozensets(st.sampled_from(["sms:marketing", "email:marketing"])),
    is_duplicate=st.booleans(),
    is_rule_on=st.booleans(),
    expires_at=st.sampled_from([None, NIGHT, NIGHT + timedelta(hours=1)]),
    route=st.sampled_from([Route(), Route(is_open=False, reason="no_gateway")]),
)


@given(situations)
def test_an_opted_out_person_is_never_written_to(at: Situation) -> None:
    answers = ask(at)
    if at.category in at.opted_out:
        assert answers[-1].verdict is Verdict.DROP


@given(situations)
def test_all_before_the_deciding_gate_allowed_and_every_refusal_has_a_reason(at: Situation) -> None:
    answers = ask(at)
    assert all(answer.verdict is Verdict.ALLOW for answer in answers[:-1])
    assert [answer.gate for answer in answers] == [gate.__name__ for gate in GATES[: len(answers)]]
    if answers[-1].verdict is not Verdict.ALLOW:
        assert answers[-1].reason in Reason.values
    if answers[-1].verdict is Verdict.HOLD:
        assert answers[-1].until is not None
        assert answers[-1].until > at.now
    kept = record(answers, at=at.now, when="planned")
    assert kept["answer"] == answers[-1].verdict.value


@pytest.mark.parametrize("gate", ["rate_limit", "budget"])
def test_what_all_allowed_may_still_have_to_wait(gate: str) -> None:
    kept = held_after_all(record(ask(ALL_RIGHT), at=NOON, when="sent"), gate=gate, until=NIGHT)
    assert (kept["answer"], kept["gate"], kept["reason"]) == ("hold", gate, gate)
    assert kept["until"] == NIGHT.isoformat(timespec="seconds")
    assert gate not in kept["allowed"]
    assert "address" in kept["allowed"]
    assert gate in Reason.values
