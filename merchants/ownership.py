"""The tenant boundary: whose row it is, and how a query is kept inside one merchant.

Every merchant-owned model derives from `Owned`. Its `objects` refuses to run unless a scope says
which merchant is meant (`inside(merchant)`) or that all are (`across_merchants()`).
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from django.db import models
from django_scopes import ScopedManager, scope, scopes_disabled

from merchants.ids import uuid7

if TYPE_CHECKING:
    from merchants.models import Merchant


class Owned(models.Model):
    """A row that belongs to one merchant, by an unguessable id.

    `merchant` has no index of its own: what is listed by merchant declares one with what it is sorted by.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(
        "merchants.Merchant", on_delete=models.CASCADE, related_name="+", editable=False, db_index=False
    )

    objects: Any = ScopedManager(merchant="merchant")

    class Meta:
        abstract = True


def inside(merchant: Merchant) -> AbstractContextManager[None]:
    """Open a scope in which every query is about this merchant alone."""
    context: AbstractContextManager[None] = scope(merchant=merchant)
    return context


def across_merchants() -> AbstractContextManager[None]:
    """Open a scope for work that concerns all merchants: workers, operators, token doors."""
    context: AbstractContextManager[None] = scopes_disabled()
    return context
