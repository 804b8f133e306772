"""The menu of the back office: each app adds its own entries beside its URLs.

    # orders/screens/urls.py
    navigation.add(Entry("orders", _("Orders"), url="order_list", icon="orders", place=20))

`section` of a screen names the entry that is shown as current.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from merchants.models import Membership, Merchant
from merchants.roles import Right


@dataclass(frozen=True)
class Entry:
    """One line of the menu. `icon` is a symbol of static/icons.svg; smaller `place` stands higher.

    `count` says how many things wait there. It is asked with every page, so it must be cheap.
    """

    name: str
    label: str | Promise
    url: str
    icon: str
    place: int
    right: Right = Right.SEE
    is_setting: bool = False
    count: Callable[[Merchant], int] | None = None


_entries: dict[str, Entry] = {}


def add(entry: Entry) -> None:
    """Put an entry into the menu, once."""
    _entries[entry.name] = entry


def entries_for(request: HttpRequest, membership: Membership) -> list[dict[str, object]]:
    """Return the entries that this person may open, in order, with their addresses."""
    allowed = [entry for entry in _entries.values() if membership.can(entry.right)]
    return [
        {
            "name": entry.name,
            "label": entry.label,
            "href": reverse(entry.url),
            "icon": entry.icon,
            "is_setting": entry.is_setting,
            "count": entry.count(membership.merchant) if entry.count else 0,
        }
        for entry in sorted(allowed, key=lambda entry: (entry.is_setting, entry.place))
    ]
