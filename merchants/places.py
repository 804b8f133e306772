"""Countries, currencies, time zones: which there are, and what they are called."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from django.utils import translation


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    return Locale.parse(translation.to_locale(language), sep="_")


def _here() -> Locale:
    return _locale(translation.get_language() or "en")


@lru_cache(maxsize=1)
def timezones() -> tuple[str, ...]:
    """Return the zones that a person would choose from: Area/City, and UTC."""
    areas = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return ("UTC", *sorted(zone for zone in available_timezones() if zone.startswith(areas)))


def country_choices() -> list[tuple[str, str]]:
    """Return ISO 3166 codes with their names in the present language, by name."""
    usual = _USUAL.get(str(_here()), {})
    found = [
        (code, usual.get(code, name))
        for code, name in _here().territories.items()
        if len(code) == 2 and code not in _NO_COUNTRY
    ]
    return sorted(found, key=lambda choice: choice[1])


# What a merchant there calls them, where the list says otherwise.
_USUAL = {"zh_Hans": {"HK": "中国香港", "MO": "中国澳门", "TW": "中国台湾"}}
# Babel's list has groups of countries and placeholders beside the countries.
_NO_COUNTRY = frozenset({"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"})


def currency_choices() -> list[tuple[str, str]]:
    """Return ISO 4217 codes with their names in the present language, by code."""
    return [
        (code, f"{code} · {name}") for code, name in sorted(_here().currencies.items()) if code in _present()
    ]


@lru_cache(maxsize=1)
def _present() -> frozenset[str]:
    """Return the currencies that some country uses today."""
    return frozenset(
        code
        for uses in get_global("territory_currencies").values()
        for code, _start, end, is_tender in uses
        if end is None and is_tender
    )
