"""What people write, brought into the one form that is kept; or `InvalidInput`, which says why not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision, list_currencies
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from orders.errors import InvalidInput

# What Chinese is written in, by the ways in which people name it.
CHINESE = {
    "zh": "zh-hans",
    "zh-cn": "zh-hans",
    "zh-sg": "zh-hans",
    "zh-my": "zh-hans",
    "zh-hans-cn": "zh-hans",
    "zh-hans-sg": "zh-hans",
    "zh-tw": "zh-hant",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
    "zh-hant-tw": "zh-hant",
    "zh-hant-hk": "zh-hant",
    "zh-hant-mo": "zh-hant",
}
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?")
NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"}
CLOCK_SKEW = timedelta(minutes=10)
JSON_DEPTH = 10
JSON_BYTES = 16_384
MOST_MONEY = Decimal("999999999999.99")


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """Return the codes of ISO 4217, those out of use included: old orders name them."""
    return frozenset(list_currencies())


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """Return the codes of ISO 3166-1 alpha-2."""
    names = map(str, Locale("en").territories)
    return frozenset(code for code in names if len(code) == 2 and code.isalpha()) - NOT_COUNTRIES


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def one_line(text: str) -> str:
    """Return the text without controls and line breaks: it goes into subjects and text messages."""
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text)
        text = "".join(sign for sign in text if unicodedata.category(sign) != "Cs")
    return " ".join(text.split())


def phone(text: str, *, countries: tuple[str, ...] = (), field: str = "phone") -> str:
    """Return the number in E.164, reading national ways of writing by the first country that fits."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return ""
    for country in countries or (None,):
        try:
            number = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE:
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise InvalidInput(
        field,
        "impossible_phone",
        _("No phone can have this number. Write it with its country, such as +86 138 0000 0000."),
    )


def email(text: str, *, field: str = "email") -> str:
    """Return the address in lower case, which is how opt-outs know it."""
    text = text.strip().lower()
    if text:
        try:
            validate_email(text)
        except ValidationError:
            raise InvalidInput(field, "invalid_email", _("This is not an email address.")) from None
        if len(text) > 254:
            raise InvalidInput(field, "invalid_email", _("This email address is too long."))
    return text


@lru_cache(maxsize=512)
def _is_language(tag: str) -> bool:
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def language(text: str, *, field: str = "language") -> str:
    """Return the BCP 47 tag in lower case; Chinese by its script (zh-hans, zh-hant)."""
    tag = text.strip().lower().replace("_", "-")
    if not tag:
        return ""
    tag = CHINESE.get(tag, tag)
    if len(tag) > 12 or not LANGUAGE_TAG.fullmatch(tag) or not _is_language(tag):
        raise InvalidInput(
            field, "unknown_language", _("Name the language by its tag, such as en or zh-Hans.")
        )
    return tag


def country(text: str, *, field: str = "country") -> str:
    code = text.strip().upper()
    if code and code not in countries():
        raise InvalidInput(
            field, "unknown_country", _("Name the country by its two letters of ISO 3166, such as CN.")
        )
    return code


def currency(text: str, *, field: str = "currency") -> str:
    code = text.strip().upper()
    if code not in currencies():
        raise InvalidInput(
            field, "unknown_currency", _("Name the currency by its three letters of ISO 4217, such as CNY.")
        )
    return code


def time_zone(text: str, *, field: str = "timezone") -> str:
    name = text.strip()
    if name and name not in zones():
        raise InvalidInput(
            field, "unknown_timezone", _("Name the time zone as the IANA does, such as Asia/Shanghai.")
        )
    return name


def money(amount: Decimal, *, currency: str, field: str) -> Decimal:
    """Return the amount; refuse what the currency has no coin for, what is negative or astronomic."""
    if not amount.is_finite() or not 0 <= amount <= MOST_MONEY:
        raise InvalidInput(field, "impossible_amount", _("Write an amount between 0 and 999,999,999,999.99."))
    places = min(get_currency_precision(currency), 2)
    if amount != round(amount, places):
        raise InvalidInput(field, "too_precise", _("This amount has more decimals than its currency."))
    return amount


def moment(value: datetime, *, field: str) -> datetime:
    """Return the time; refuse one without a zone, or so far away that no calendar can show it."""
    if clock.is_naive(value):
        raise InvalidInput(
            field, "naive_time", _("Write the time with its zone, such as 2026-05-01T08:00:00Z.")
        )
    if not 1970 <= value.year <= 2200:
        raise InvalidInput(field, "impossible_time", _("Write a time between 1970 and 2200."))
    return value


def happened(value: datetime | None, *, field: str = "occurred_at") -> datetime | None:
    """Return when it happened, no later than now; a clock that is slightly ahead is forgiven."""
    if value is None:
        return None
    value, now = moment(value, field=field), clock.now()
    if value > now + CLOCK_SKEW:
        raise InvalidInput(
            field, "in_future", _("This time is still to come; only what happened is an event.")
        )
    return min(value, now)


def window(fields: Mapping[str, Any], *, start: datetime | None, end: datetime | None) -> None:
    """Refuse a window that ends before it begins, whichever of its ends was given."""
    start, end = fields.get("window_start", start), fields.get("window_end", end)
    if start and end and end < start:
        raise InvalidInput("window_end", "before_start", _("The window ends before it begins."))


def json_object(value: Any, *, field: str) -> dict[str, Any]:
    """Return the object; refuse what no database can keep: NUL, half characters, infinities, depths."""
    if not isinstance(value, dict):
        raise InvalidInput(field, "not_an_object", _("Write a JSON object."))
    _check_json(value, field=field, depth=JSON_DEPTH)
    if len(repr(value).encode()) > JSON_BYTES:
        raise InvalidInput(field, "too_long", _("This is more than can be kept (16 KB)."))
    return value


def _check_json(value: Any, *, field: str, depth: int) -> None:
    if depth < 0:
        raise InvalidInput(field, "too_deep", _("This is nested too deeply (10 levels at most)."))
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise InvalidInput(field, "invalid_text", _("This text holds characters that cannot be kept."))
    elif isinstance(value, dict):
        for name, part in value.items():
            _check_json(name, field=field, depth=depth)
            _check_json(part, field=field, depth=depth - 1)
    elif isinstance(value, list):
        for part in value:
            _check_json(part, field=field, depth=depth - 1)
    elif isinstance(value, int | float) and not abs(value) < 1 << 63:
        raise InvalidInput(field, "invalid_number", _("This number cannot be kept."))
