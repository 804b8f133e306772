"""Which buckets a text takes from: the vendor's limits and the account's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

from notifications.limits.arithmetic import Claim, within

if TYPE_CHECKING:
    from notifications.gateways.terms import Limit


@dataclass(slots=True)
class Leaving:
    """What the limits of vendors look at in a text; the fields are named as in `terms.Part`."""

    account_id: UUID
    sender: str = ""
    template: str = ""
    phone: str = ""
    country: str = ""
    category: str = ""


def claims_for(text: Leaving, *, limits: Sequence[Limit], per_second: int | None = None) -> list[Claim]:
    """Return what a text takes: of each limit that concerns it, and of the account's `per_second`.

    No number can be read from a bucket's key. A limit that is changed begins with a full bucket.
    """
    claims = {}
    if per_second:
        claims[_key(text.account_id, f"{per_second}/1", ())] = within(per_second, 1)
    for limit in limits:
        is_of_category = not limit.categories or text.category in limit.categories
        if is_of_category and (not limit.countries or text.country in limit.countries):
            name, bucket = _known(limit)
            values = tuple([getattr(text, part) for part in limit.per])
            claims[_key(text.account_id, name, values)] = bucket
    return [Claim(key, *bucket) for key, bucket in claims.items()]


@lru_cache(maxsize=512)
def _known(limit: Limit) -> tuple[str, tuple[int, float]]:
    """Return what tells a limit from the others of its account, and its bucket."""
    whom = [",".join(sorted(names)) for names in (limit.categories, limit.countries)]
    name = "\0".join([f"{limit.count}/{limit.seconds}", ",".join(limit.per), *whom])
    return name.rstrip("\0"), within(limit.count, limit.seconds)


# Most keys are those of the texts before; the phones between them come and go.
@lru_cache(maxsize=1024)
def _key(account_id: UUID, name: str, values: tuple[str, ...]) -> str:
    told = "\0".join([account_id.hex, name, *values])
    return blake2b(told.encode(), digest_size=16, key=_secret(settings.SECRET_KEY)).hexdigest()


@lru_cache(maxsize=1)
def _secret(secret_key: str) -> bytes:
    """Return what keeps people who can read the keys from finding phones by trying all."""
    return sha256(f"buckets {secret_key}".encode()).digest()
