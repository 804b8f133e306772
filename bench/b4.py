"""The shop for measuring how soon one order is told, and how much memory that takes."""

from __future__ import annotations

from django.core.management import call_command

from bench.b1 import make_shop
from merchants.models import ApiKey
from merchants.ownership import across_merchants


def make(port: str) -> str:
    """As a step: a shop whose texts go to the sink, in a database that is empty; return its API key."""
    call_command("migrate", interactive=False, verbosity=0)
    with across_merchants():
        merchant = make_shop(int(port))
        _key, text = ApiKey.issue(merchant, name="bench")
    return text
