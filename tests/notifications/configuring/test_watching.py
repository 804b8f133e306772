"""How an account is watched: who reports for it, how fast it sends, its money, its canary."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from merchants.ownership import inside
from notifications.configuring import InvalidSettings, save_gateway
from tests.builders import a_gateway, a_merchant

pytestmark = pytest.mark.django_db


def changed(data: dict[str, Any], **fields: Any) -> Any:
    row = a_gateway(a_merchant(country="CN"), **fields)
    with inside(row.merchant):
        save_gateway(row.merchant, data=data, gateway=row)
    row.refresh_from_db()
    return row


def wrong(data: dict[str, Any], **fields: Any) -> dict[str, str]:
    with pytest.raises(InvalidSettings) as caught:
        changed(data, **fields)
    assert all(str(error.message) for error in caught.value.errors)
    return {error.field: error.code for error in caught.value.errors}


def test_networks_and_addresses_are_kept_in_one_spelling_each_once():
    row = changed({"sources": ["203.0.113.7", " 203.0.113.7/32", "198.51.100.9/24", "2001:DB8::1"]})
    assert row.sources == ["203.0.113.7", "198.51.100.0/24", "2001:db8::1"]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("sources", "203.0.113.7", {"sources": "not_a_list"}),
        ("sources", ["203.0.113.7"] * 101, {"sources": "not_a_list"}),
        ("sources", ["203.0.113.7", "vendor.example"], {"sources[1]": "bad_network"}),
        ("sources", [7], {"sources[0]": "bad_network"}),
        ("per_second", 0, {"per_second": "out_of_range"}),
        ("per_second", "5", {"per_second": "out_of_range"}),
        ("balance_floor", -1, {"balance_floor": "bad_amount"}),
        ("balance_floor", "1.005", {"balance_floor": "bad_amount"}),
        ("balance_floor", "NaN", {"balance_floor": "bad_amount"}),
        ("balance_floor", float("inf"), {"balance_floor": "bad_amount"}),
        ("balance_floor", True, {"balance_floor": "bad_amount"}),
        ("balance_floor", "much", {"balance_floor": "bad_amount"}),
        ("balance_floor", 10**30, {"balance_floor": "bad_amount"}),
        ("canary_minutes", 1441, {"canary_minutes": "out_of_range"}),
        ("canary_minutes", 4, {"canary_minutes": "out_of_range"}),
        ("canary_minutes", 30, {"canary_phone": "required"}),
        ("canary_phone", "12", {"canary_phone": "bad_phone"}),
        ("canary_phone", "13800138000", {"canary_minutes": "required"}),
    ],
)
def test_what_could_not_work_is_refused(field, value, expected):
    assert wrong({field: value}) == expected


def test_a_canary_flies_to_a_phone_in_one_spelling():
    row = changed({"canary_phone": "138 0013 8000", "canary_minutes": 5})
    assert (row.canary_phone, row.canary_minutes) == ("+8613800138000", 5)


def test_a_canary_that_has_a_phone_may_be_let_out_more_often_or_never():
    for minutes in (1440, 0):
        assert changed({"canary_minutes": minutes}, canary_phone="+8613800138000").canary_minutes == minutes


def test_a_rate_and_a_floor_are_set_and_taken_away():
    row = changed({"per_second": 30, "balance_floor": "50.5"})
    assert (row.per_second, row.balance_floor) == (30, Decimal("50.50"))
    row = changed({"per_second": None, "balance_floor": None}, per_second=3, balance_floor=5)
    assert (row.per_second, row.balance_floor) == (None, None)
