"""What a text takes from which buckets."""

from __future__ import annotations

from uuid import UUID

from notifications.gateways.terms import Limit
from notifications.limits import Leaving, claims_for

ACCOUNT = UUID(int=1)
TEXT = Leaving(ACCOUNT, sender="TEA", template="SMS_1", phone="+8613800138000", country="CN", category="code")
EACH_PHONE = Limit(1, 60, per=("sender", "phone"))


def keys(text: Leaving, *limits: Limit) -> list[str]:
    return [claim.key for claim in claims_for(text, limits=limits)]


def of(**changes: object) -> Leaving:
    return Leaving(**{name: getattr(TEXT, name) for name in Leaving.__dataclass_fields__} | changes)


def test_without_limits_nothing_is_claimed() -> None:
    assert claims_for(TEXT, limits=()) == []
    assert claims_for(TEXT, limits=(), per_second=0) == []


def test_the_accounts_own_pace_is_a_bucket_of_a_second() -> None:
    [claim] = claims_for(TEXT, limits=(), per_second=100)
    assert (claim.holds, round(claim.holds / claim.seconds)) == (20, 81)


def test_a_limit_counts_each_value_of_what_it_is_for() -> None:
    same = keys(TEXT, EACH_PHONE)
    assert keys(of(template="SMS_2", country="HK"), EACH_PHONE) == same
    for change in ({"phone": "+8613800138001"}, {"sender": "CUP"}, {"account_id": UUID(int=2)}):
        assert keys(of(**change), EACH_PHONE) != same


def test_limits_on_the_same_thing_do_not_share_a_bucket() -> None:
    limits = (EACH_PHONE, Limit(5, 3600, per=("sender", "phone")), Limit(40, 86400, per=("phone",)))
    assert len(set(keys(TEXT, *limits))) == 3
    by_country = (Limit(9, 1, countries=frozenset({"CN"})), Limit(9, 1, categories=frozenset({"code"})))
    assert len(set(keys(TEXT, *by_country))) == 2


def test_only_limits_of_its_category_and_country_concern_a_text() -> None:
    codes = Limit(1, 60, categories=frozenset({"code"}))
    mainland = Limit(1, 60, countries=frozenset({"CN"}))
    assert len(keys(TEXT, codes, mainland)) == 2
    assert keys(of(category="marketing"), codes) == []
    assert keys(of(country="HK"), mainland) == []


def test_no_bucket_is_claimed_twice() -> None:
    assert len(claims_for(TEXT, limits=(Limit(5, 1), Limit(5, 1)), per_second=5)) == 1


def test_a_key_is_short_and_shows_no_number(settings) -> None:
    [key] = keys(TEXT, EACH_PHONE)
    assert len(key) == 32
    assert "138" not in bytes.fromhex(key).decode("latin-1")
    assert set(key) <= set("0123456789abcdef")
