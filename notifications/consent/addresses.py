"""Bring phones and mail addresses into the one form in which opt-outs are kept and compared."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from notifications.models import ChannelKind

MAINLAND_MOBILE = re.compile(r"(?:\+?86|0086)?(1[38][0-9]{9})")


# What may be wrong with an entry, by stable codes: they are kept, the words are those of who reads them.
FAULTS = {
    "missing_address": _("There is no address here."),
    "bad_email": _("This is not an email address."),
    "bad_phone": _("This is not a phone number that exists."),
    "bad_channel": _("This is not a channel: write sms or email."),
    "bad_category": _("This is not a category: write marketing, transactional or all."),
}


class BadAddress(ValueError):
    """An entry that cannot be kept; `code` is one of FAULTS, `detail` its words in the language in force."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def detail(self) -> str:
        return str(FAULTS[self.code])


def normalise_address(channel: str, raw: str, country: str = "CN") -> str:
    """Return the phone as E.164 or the mail address in lower case.

    `country` (ISO 3166, two letters) helps to read a phone written without its country code.
    Raises `BadAddress`: missing_address, bad_phone, bad_email.
    """
    text = raw.strip()
    if not text:
        raise BadAddress("missing_address")
    return _phone(text, country) if channel == ChannelKind.SMS else _email(text)


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise BadAddress("bad_email") from None
    if len(text) > 254:
        raise BadAddress("bad_email")
    return text.lower()


def _phone(text: str, country: str) -> str:
    # Nine in ten numbers of a long list look like this, and the library takes its time.
    if country == "CN" and (mobile := MAINLAND_MOBILE.fullmatch(text)) and text.isascii():
        return f"+86{mobile[1]}"
    number = _parse(text, country) if len(text) <= 40 else None
    if number is None:
        raise BadAddress("bad_phone")
    return number


@lru_cache(maxsize=1024)
def _parse(text: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
