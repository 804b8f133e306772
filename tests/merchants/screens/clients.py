"""Browsers of people who are logged in."""

from __future__ import annotations

from typing import Any

from django.test import Client

from merchants.models import Merchant
from merchants.roles import Role
from tests.builders import a_member


def a_browser(merchant: Merchant, *, role: str = Role.OWNER, **user_fields: Any) -> Client:
    """Return a client that somebody of the merchant's team is logged in with."""
    client = Client()
    client.force_login(a_member(merchant, role=role, **user_fields))
    return client
