"""Phones and mail addresses for people who need not see them: enough to tell two apart, no more."""

from __future__ import annotations

import re

from merchants.models import Membership
from merchants.roles import Right

_KEPT_IN_FRONT, _KEPT_BEHIND = 3, 2
_ADDRESS = re.compile(r"[^\s<>\"'()\[\],;:]+@[^\s<>\"'()\[\],;:]+|\+?\d[\d\- ]{5,}\d")


def masked(address: str) -> str:
    """Return `+86•••••••••00` for a phone and `l•••@mail.example` for a mail address."""
    local, at, domain = address.rpartition("@")
    if at:
        return f"{local[:1]}•••@{domain}"
    hidden = len(address) - _KEPT_IN_FRONT - _KEPT_BEHIND
    if hidden <= 0:
        return "•" * len(address)
    return f"{address[:_KEPT_IN_FRONT]}{'•' * hidden}{address[-_KEPT_BEHIND:]}"


def contact(address: str, membership: Membership) -> str:
    """Return an address as this person may see it."""
    return address if membership.can(Right.SEE_CONTACTS) else masked(address)


def without_contacts(text: str, membership: Membership) -> str:
    """Return a text as this person may see it: what looks like a phone or a mail address is masked."""
    if membership.can(Right.SEE_CONTACTS):
        return text
    return _ADDRESS.sub(lambda found: masked(found[0]), text)
