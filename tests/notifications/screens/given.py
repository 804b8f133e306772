"""What the tests of these screens share: somebody who is logged in, and doors that are shut to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.test import Client
from django.urls import reverse

from merchants.models import Merchant
from merchants.roles import RIGHTS, Right, Role
from tests.builders import a_member, a_merchant

Doors = Mapping[str, tuple[Right, Sequence[object]]]


def logged_in(merchant: Merchant, *, role: str = Role.OWNER, language: str = "en") -> Client:
    client = Client()
    client.force_login(a_member(merchant, role=role, language=language))
    return client


def open_doors(merchant: Merchant, doors: Doors, *, role: Role) -> set[str]:
    """Return the doors (URL name → right, arguments) that are not answered with 403 to a role."""
    client = logged_in(merchant, role=role)
    return {
        name
        for name, (_right, args) in doors.items()
        if client.get(reverse(name, args=args)).status_code != 403
    }


def expected_doors(doors: Doors, *, role: Role) -> set[str]:
    return {name for name, (right, _args) in doors.items() if right in RIGHTS[role]}


def answers_to_a_stranger(doors: Doors) -> dict[str, set[int]]:
    """Return what the owner of another shop is told by each door, but for methods that nobody may use."""
    client = logged_in(a_merchant())
    return {
        name: {getattr(client, method)(reverse(name, args=args)).status_code for method in ("get", "post")}
        - {405}
        for name, (_right, args) in doors.items()
    }
