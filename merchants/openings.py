"""Open a shop: the merchant, its brand, its owner, its first key, and what the apps above add."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction

from merchants.models import ApiKey, Brand, Membership, Merchant, User
from merchants.ownership import across_merchants, inside
from merchants.roles import Role
from merchants.signals import merchant_created


class ShopExists(Exception):
    """The person owns a shop of this name already."""


@dataclass(frozen=True)
class Opened:
    """A new shop. `password` is None where the owner had an account, whose password stays."""

    merchant: Merchant
    owner: User
    password: str | None
    api_key: str


def open_shop(merchant: Merchant, *, email: str, name_of_key: str = "bootstrap") -> Opened:
    """Save a new merchant with all it needs, in one transaction.

    `merchant` is unsaved and complete. Raises `ShopExists`, and `ValidationError` for a field that is wrong.
    """
    email = User.objects.normalize_email(email).lower()
    merchant.full_clean()
    password = None
    with transaction.atomic():
        owner = User.objects.filter(email=email).first()
        if owner is None:
            password = secrets.token_urlsafe(15)
            owner = User(email=email, language=merchant.language)
            owner.set_password(password)
            owner.full_clean()
            owner.save()
        else:
            _refuse_a_second(merchant, owner=owner)
        merchant.save(force_insert=True)
        with inside(merchant):
            Membership.objects.create(merchant=merchant, user=owner, role=Role.OWNER)
            Brand.objects.create(merchant=merchant, from_name=merchant.name[:60])
            _key, text = ApiKey.issue(merchant, name=name_of_key)
            merchant_created.send(Merchant, merchant=merchant)
    return Opened(merchant, owner, password, text)


def _refuse_a_second(merchant: Merchant, *, owner: User) -> None:
    with across_merchants():
        if Membership.objects.filter(user=owner, merchant__name=merchant.name).exists():
            raise ShopExists
