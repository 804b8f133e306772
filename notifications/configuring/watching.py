"""How an account is watched: who may report for it, how fast it may send, its money, its canary."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation
from ipaddress import ip_network
from typing import Any, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from notifications.configuring.entries import Entries
from notifications.consent import BadAddress, normalise_address
from notifications.models import ChannelKind

FIELDS: Final = ("sources", "per_second", "balance_floor", "canary_phone", "canary_minutes")
MOST_SOURCES: Final = 100
FASTEST: Final = 100_000
MOST_MONEY: Final = Decimal("999999999999.99")
# Every so many minutes at the least and at the most; 0 is never.
CANARY_MINUTES: Final = (5, 1_440)


def read(entries: Entries, *, country: str) -> None:
    """Read the fields; `country` helps to read a phone."""
    _read_sources(entries)
    if not _is_emptied(entries, "per_second"):
        entries.whole("per_second", least=1, most=FASTEST)
    _read_floor(entries)
    _read_canary(entries, country)


def _is_emptied(entries: Entries, name: str) -> bool:
    """Take away a value for which nothing was entered; say whether that was so."""
    is_emptied = entries.entered(name) and entries.data[name] is None
    if is_emptied:
        entries.values[name] = None
    return is_emptied


def _read_sources(entries: Entries) -> None:
    """Read networks as `203.0.113.0/24` or single addresses, each kept once."""
    if not entries.entered("sources"):
        return
    given = entries.data["sources"]
    if not isinstance(given, list) or len(given) > MOST_SOURCES:
        message = format_lazy(_("Write a list of at most {most} addresses."), most=MOST_SOURCES)
        entries.refuse("sources", "not_a_list", message)
        return
    networks = [_network(entries, place, one) for place, one in enumerate(given)]
    if not entries.is_wrong("sources"):
        entries.values["sources"] = list(dict.fromkeys(networks))


def _network(entries: Entries, place: int, given: Any) -> str:
    try:
        # A number would be read as an address too.
        network = ip_network(given.strip(), strict=False) if isinstance(given, str) else None
    except ValueError:
        network = None
    if network is None:
        message = _("“{given}” is no address or network, such as 203.0.113.7 or 203.0.113.0/24.")
        entries.refuse(f"sources[{place}]", "bad_network", format_lazy(message, given=str(given)[:60]))
        return ""
    return str(network.network_address) if network.num_addresses == 1 else str(network)


def _read_floor(entries: Entries) -> None:
    """Read an amount of money, or a number of texts."""
    if _is_emptied(entries, "balance_floor") or not entries.entered("balance_floor"):
        return
    amount = _amount(entries.data["balance_floor"])
    if amount is None:
        message = _("Write an amount of 0 or more, with two decimals at the most.")
        entries.refuse("balance_floor", "bad_amount", message)
    else:
        entries.values["balance_floor"] = amount


def _amount(given: Any) -> Decimal | None:
    if isinstance(given, bool) or not isinstance(given, str | int | float | Decimal):
        return None
    if isinstance(given, float) and not math.isfinite(given):
        return None
    try:
        amount = Decimal(str(given)[:40])
        is_fit = amount.is_finite() and 0 <= amount <= MOST_MONEY and amount == round(amount, 2)
    except (InvalidOperation, ValueError):
        return None
    return round(amount, 2) if is_fit else None


def _read_canary(entries: Entries, country: str) -> None:
    entries.text("canary_phone", most=40)
    if entries.values.get("canary_phone"):
        try:
            phone = normalise_address(ChannelKind.SMS, entries.values["canary_phone"], country)
        except BadAddress as fault:
            entries.refuse("canary_phone", fault.code, fault.detail)
        else:
            entries.values["canary_phone"] = phone
    least, most = CANARY_MINUTES
    entries.whole("canary_minutes", least=0, most=most)
    minutes = entries.value("canary_minutes") or 0
    if entries.is_wrong("canary_phone", "canary_minutes"):
        return
    if 0 < minutes < least:
        message = _("Write 0 for never, or {least} to {most} minutes.")
        entries.refuse("canary_minutes", "out_of_range", format_lazy(message, least=least, most=most))
    elif minutes and not entries.value("canary_phone"):
        entries.refuse("canary_phone", "required", _("Name the phone that the text goes to."))
    elif entries.values.get("canary_phone") and not minutes and "canary_minutes" not in entries.data:
        entries.refuse("canary_minutes", "required", _("Say every how many minutes a text goes there."))
