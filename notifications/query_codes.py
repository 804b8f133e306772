"""Codes that a customer types in where a text may not carry a link of the order's own.

The address is the shop's, the same for all its orders, and stands in the text as it is; the code is the
order's. Neither says who the customer is.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone as clock

from merchants.models import Merchant
from notifications.models import QueryCode
from orders.models import Order

# Nothing that looks like another of them, and no vowels, so that no code is a word.
ALPHABET = "23456789CDFGHJKMNPQRTVWXY"
LENGTH = 6
# No code has these letters: who types one saw a digit. Hyphens and spaces people put in by themselves.
_MEANT = str.maketrans({"B": "8", "S": "5", "Z": "2", "-": None})
LIFE = timedelta(days=180)
# A code that is told once more begins anew: what a message says works for so long at least.
_RENEWED_AFTER = LIFE / 2
# Of a million codes, one in 244 new ones is taken: five times in a row happens to nobody.
_ROUNDS = 5

# A shop's key is the second in which it was made and the end of its id. The second finds it by the primary
# key, the end tells it from others of that second, and no change of secrets changes what texts already say.
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_LIKE_DIGITS = str.maketrans("oil", "011")
_SECOND_AT, _SECOND_BITS, _TAIL_BITS = 90, 38, 24


def of_orders(merchants: Mapping[UUID, UUID]) -> dict[UUID, str]:
    """Return the codes of orders, made for those that have none; `merchants` says whose each order is.

    One query when all are known, two more for those that are not, however many. Who makes one for the
    same order at the same time gets the same.
    """
    found = _known(merchants)
    for _round in range(_ROUNDS):
        # In one order, so that two who write the same rows do not wait for each other crosswise.
        missing = sorted(merchants.keys() - found.keys())
        if not missing:
            break
        rows = [QueryCode(merchant_id=merchants[id], order_id=id, code=_new()) for id in missing]
        # Left out is what another made meanwhile, which is read, and who drew a taken code: once more.
        QueryCode.objects.bulk_create(rows, ignore_conflicts=True)
        found |= _known(missing)
    now = clock.now()
    old = [id for id, (_code, since) in found.items() if since < now - _RENEWED_AFTER]
    if old:
        QueryCode.objects.filter(order__among=old).update(created_at=now)
    return {id: code for id, (code, _since) in found.items()}


def _known(orders: Iterable[UUID]) -> dict[UUID, tuple[str, datetime]]:
    rows = QueryCode.objects.filter(order__among=list(orders))
    return {id: (code, since) for id, code, since in rows.values_list("order_id", "code", "created_at")}


def _new() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read(typed: str) -> str:
    """Return the code that somebody meant; empty when it cannot be one."""
    code = "".join(unicodedata.normalize("NFKC", typed[:100]).upper().translate(_MEANT).split())
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def find_order(merchant: Merchant, typed: str) -> Order | None:
    """Return the merchant's order of a code that lives, its customer loaded; erased people have none."""
    code = read(typed)
    if not code:
        return None
    rows = QueryCode.objects.filter(merchant=merchant, code=code, created_at__gt=clock.now() - LIFE)
    row = rows.filter(order__customer__erased_at=None).select_related("order__customer").first()
    return row.order if row else None


def url(merchant_id: UUID) -> str:
    """Return where the customers of this merchant type their codes in; it never changes."""
    return f"{settings.PUBLIC_URL}/q/{key_of(merchant_id)}/"


def key_of(merchant_id: UUID) -> str:
    """Return a merchant's key in that address, eleven characters."""
    number = merchant_id.int >> _SECOND_AT << _TAIL_BITS | merchant_id.int & (1 << _TAIL_BITS) - 1
    key = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        key = _DIGITS[digit] + key
    return key


def find_merchant(key: str) -> Merchant | None:
    """Return whose key it is, in capitals or not; None when it is nobody's."""
    key = key.lower().translate(_LIKE_DIGITS)
    if not key or len(key) > 13 or not set(key) <= set(_DIGITS):
        return None
    number = 0
    for digit in key:
        number = number * len(_DIGITS) + _DIGITS.index(digit)
    second = number >> _TAIL_BITS
    if second >> _SECOND_BITS:
        return None
    first, last = UUID(int=second << _SECOND_AT), UUID(int=((second + 1) << _SECOND_AT) - 1)
    rows = Merchant.objects.filter(pk__range=(first, last))
    return next((row for row in rows if key_of(row.pk) == key), None)
