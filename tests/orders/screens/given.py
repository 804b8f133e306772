"""What the tests of screens start from."""

from __future__ import annotations

from django.test import Client

from merchants.models import Merchant
from merchants.roles import Role
from tests.builders import a_member


def logged_in(merchant: Merchant, *, role: str = Role.OWNER) -> Client:
    """Return a browser in which somebody of the merchant's team is logged in."""
    client = Client()
    client.force_login(a_member(merchant, role=role))
    return client
