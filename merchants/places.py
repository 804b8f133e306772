"""Countries, languages, currencies, time zones: which there are, and what they are called."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils import translation
from django.utils.translation import gettext


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
    found = [
        (code, country_name(code))
        for code in map(str, _here().territories)
        if len(code) == 2 and code not in _NO_COUNTRY
    ]
    return sorted(found, key=lambda choice: choice[1])


def country_name(code: str) -> str:
    """Return what a country is called in the present language; an unknown code stays as it is."""
    here = _here()
    return _USUAL.get(str(here), {}).get(code) or str(here.territories.get(code, code))


# What a merchant there calls them, where the list says otherwise.
_USUAL = {"zh_Hans": {"HK": "中国香港", "MO": "中国澳门", "TW": "中国台湾"}}
# Babel's list has groups of countries and placeholders beside the countries.
_NO_COUNTRY = frozenset({"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"})


def language_choices() -> list[tuple[str, str]]:
    """Return language tags with their names in the present language: ours first, then by name."""
    ours = [code for code, _name in settings.LANGUAGES]
    others = [code for code, facts in LANG_INFO.items() if "fallback" not in facts and code not in ours]
    named = sorted(((code, language_name(code)) for code in others), key=lambda choice: choice[1])
    return [*((code, language_name(code)) for code in ours), *named]


def language_name(tag: str) -> str:
    """Return what a language is called in the present language; an unknown tag stays as it is."""
    language = _parsed(tag)
    if language is None:
        return tag
    if name := _here().languages.get(str(language)):
        return str(name)
    if language.territory:
        without = "-".join(filter(None, (language.language, language.script)))
        return gettext("%(language)s (%(place)s)") % {
            "language": language_name(without),
            "place": country_name(language.territory),
        }
    return language.get_display_name(_here()) or tag


@lru_cache(maxsize=256)
def _parsed(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-") if tag else None
    except (UnknownLocaleError, ValueError):
        return None


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
