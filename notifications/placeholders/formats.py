"""Values as people write them: money, times, names of goods, in Chinese and English.

Text that may go into an English SMS stays inside the GSM alphabet where it can (a plain hyphen in
a span of time, plain spaces in an amount): one other character would halve the room of the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import babel
from babel.dates import get_month_names
from babel.numbers import format_currency

Facts = Mapping[str, Any]

LONGEST_VALUE = 500
_BRACKETS = str.maketrans("【】", "[]")
# Zero-width joiners hold emoji and several scripts together; every other format character goes.
_JOINERS = frozenset("\u200c\u200d")
_SPACES = re.compile(r"\s+")
_WIDE_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u200e": "", "\u200f": "", "\u061c": ""})


@dataclass(frozen=True, slots=True)
class Locale:
    """How one recipient reads: a language and a time zone."""

    language: str
    zone: tzinfo
    babel: babel.Locale
    is_chinese: bool

    def pick(self, *, en: str, zh: str) -> str:
        return zh if self.is_chinese else en


@lru_cache(maxsize=1024)
def locale_of(language: str, timezone: str) -> Locale:
    """Return the locale of a BCP 47 language and an IANA zone; unknown ones become English and UTC."""
    try:
        known = babel.Locale.parse(language.replace("-", "_"))
    except (ValueError, babel.UnknownLocaleError):
        known = babel.Locale("en")
    zone: tzinfo
    try:
        zone = ZoneInfo(timezone)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        zone = UTC
    return Locale(language, zone, known, known.language == "zh")


def clean(text: str) -> str:
    """Return one line of a value: no control or direction characters, no brackets of a signature."""
    if not text.isprintable():
        text = _SPACES.sub(" ", text)
        text = "".join(char for char in text if char.isprintable() or char in _JOINERS)
    if "【" in text or "】" in text:
        text = text.translate(_BRACKETS)
    return text.strip()[:LONGEST_VALUE]


def plain(value: object) -> str:
    """Return a fact as one clean line; None and booleans say nothing."""
    return "" if value is None or isinstance(value, bool) else clean(str(value))


@lru_cache(maxsize=4096)
def _frame(currency: str, language: str) -> tuple[str, str, str, str, int] | None:
    """Return what surrounds an amount (prefix, suffix, group, point, decimals), or None if it is not simple.

    Babel takes longer for one amount than a whole text message does; its answer for a model
    amount is taken apart once and used for all others.
    """
    model = _by_babel(Decimal(1234567), currency, language)
    found = re.fullmatch(r"(\D*)1(?P<group>\D)234(?P=group)567(?:(\D)(0+))?(\D*)", model)
    if not found:
        return None
    prefix, group, point, decimals, suffix = found.groups()
    return prefix, suffix, group, point or "", len(decimals or "")


def _by_babel(amount: Decimal, currency: str, language: str) -> str:
    known = locale_of(language, "UTC").babel
    return format_currency(amount, currency, locale=known).translate(_WIDE_SPACES)


def money(amount: object, currency: str, locale: Locale) -> str:
    """Return an amount in the recipient's notation; an unknown currency keeps its letters."""
    try:
        number = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    except InvalidOperation:
        return ""
    if not number.is_finite():
        return ""
    frame = _frame(currency, locale.language) if currency else ("", "", ",", ".", 2)
    if frame is None or number < 0:
        return _by_babel(number, currency, locale.language)
    prefix, suffix, group, point, decimals = frame
    whole, _, rest = f"{number:,.{decimals}f}".partition(".")
    return f"{prefix}{whole.replace(',', group)}{point if rest else ''}{rest}{suffix}"


@lru_cache(maxsize=256)
def _months(language: str) -> Mapping[int, str]:
    return get_month_names("abbreviated", locale=locale_of(language, "UTC").babel)


def _as_time(value: object, locale: Locale) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(locale.zone)


def _day(moment: datetime, locale: Locale) -> str:
    if locale.is_chinese:
        return f"{moment.month}月{moment.day}日"
    return f"{moment.day} {_months(locale.language)[moment.month]}"


def _clock(moment: datetime) -> str:
    return f"{moment.hour:02}:{moment.minute:02}"


def _day_and_clock(moment: datetime, locale: Locale) -> str:
    return f"{_day(moment, locale)}{locale.pick(en=', ', zh=' ')}{_clock(moment)}"


def when(value: object, locale: Locale) -> str:
    """Return a moment in the recipient's zone; midnight stands for the day alone."""
    moment = _as_time(value, locale)
    if moment is None:
        return ""
    return _day_and_clock(moment, locale) if (moment.hour, moment.minute) != (0, 0) else _day(moment, locale)


def day(value: object, locale: Locale) -> str:
    """Return the day of a moment in the recipient's zone."""
    moment = _as_time(value, locale)
    return _day(moment, locale) if moment else ""


def span(start: object, end: object, locale: Locale) -> str:
    """Return a span of time; either end may be open."""
    first, last = _as_time(start, locale), _as_time(end, locale)
    if first and last:
        tail = _clock(last) if first.date() == last.date() else _day_and_clock(last, locale)
        return f"{_day_and_clock(first, locale)}-{tail}"
    if first:
        moment = _day_and_clock(first, locale)
        return locale.pick(en=f"from {moment}", zh=f"{moment}起")
    if last:
        moment = _day_and_clock(last, locale)
        return locale.pick(en=f"by {moment}", zh=f"{moment}前")
    return ""


def shorten(name: str, length: int) -> str:
    return name if len(name) <= length else f"{name[: length - 3].rstrip()}..."


def joined(names: Iterable[str], pieces: int, locale: Locale) -> str:
    """Name the first two goods and count the rest: by lines in English, all pieces in Chinese."""
    listed = [shorten(name, 20 if locale.is_chinese else 30) for name in names if name]
    if len(listed) <= 2:
        return locale.pick(en=" and ", zh="、").join(listed)
    if locale.is_chinese:
        return f"{listed[0]}、{listed[1]}等{pieces}件"
    return f"{listed[0]}, {listed[1]} and {len(listed) - 2} more"
