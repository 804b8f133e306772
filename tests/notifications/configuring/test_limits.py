from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone as clock

from merchants.ownership import inside
from notifications.configuring import InvalidSettings, remove_limit, save_limit
from notifications.models import SendingLimit, State
from notifications.setup import FRESH
from tests.builders import a_merchant, a_message

pytestmark = pytest.mark.django_db
A_DAY = {"scope": "domestic", "period": "day", "most": 100}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, {"scope": "required", "period": "required", "most": "required"}),
        (A_DAY | {"scope": "moon"}, {"scope": "unknown_choice"}),
        (A_DAY | {"period": "week"}, {"period": "unknown_choice"}),
        (A_DAY | {"most": -1}, {"most": "out_of_range"}),
        (A_DAY | {"most": 10**12}, {"most": "out_of_range"}),
        (A_DAY | {"most": "100"}, {"most": "out_of_range"}),
        (A_DAY | {"colour": "red"}, {"colour": "unknown_field"}),
    ],
)
def test_it_says_what_is_wrong(data, expected):
    shop = a_merchant()
    with inside(shop), pytest.raises(InvalidSettings) as caught:
        save_limit(shop, data=data)
    assert {error.field: error.code for error in caught.value.errors} == expected
    assert not SendingLimit.objects.exists()


def test_there_is_one_limit_for_each_scope_and_period():
    shop, other = a_merchant(), a_merchant()
    with inside(other):
        save_limit(other, data=A_DAY)
    with inside(shop):
        save_limit(shop, data=A_DAY)
        save_limit(shop, data=A_DAY | {"period": "month"})
        save_limit(shop, data=A_DAY | {"scope": "international", "most": 0})
        with pytest.raises(InvalidSettings, match="period: taken"):
            save_limit(shop, data=A_DAY)
    assert SendingLimit.objects.filter(merchant=shop).count() == 3


def test_only_the_number_changes():
    shop = a_merchant()
    with inside(shop):
        limit = save_limit(shop, data=A_DAY)
        save_limit(shop, data={"most": 50, "period": "day"}, limit=limit)
        with pytest.raises(InvalidSettings, match="period: fixed"):
            save_limit(shop, data={"period": "month"}, limit=limit)
    limit.refresh_from_db()
    assert (limit.period, limit.most) == ("day", 50)


@pytest.mark.parametrize("act", ["raise", "remove"])
def test_what_waits_for_a_limit_is_asked_again_soon(act, django_capture_on_commit_callbacks):
    shop, other = a_merchant(), a_merchant()
    midnight = clock.now() + timedelta(hours=9)
    waiting, resting = (
        a_message(shop, state=State.HELD, reason=reason, due_at=midnight)
        for reason in ("budget", "quiet_hours")
    )
    elsewhere = a_message(other, state=State.HELD, reason="budget", due_at=midnight)
    limit = SendingLimit.objects.create(merchant=shop, **A_DAY)
    with inside(shop), django_capture_on_commit_callbacks(execute=True):
        if act == "raise":
            save_limit(shop, data={"most": 500}, limit=limit)
        else:
            remove_limit(limit)
    for message in (waiting, resting, elsewhere):
        message.refresh_from_db()
    # By then every worker knows the new limit.
    assert timedelta(seconds=FRESH / 2) < waiting.due_at - clock.now() < timedelta(seconds=5)
    assert (waiting.state, resting.due_at, elsewhere.due_at) == (State.HELD, midnight, midnight)
