"""Write down who opted out and who came back.

The caller opens the scope: `inside(merchant)` on screens and in the API, `across_merchants()` where
a token or a receipt says whose address it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from notifications.models import Category, OptOut, OptOutSource

# The address does not work, its vendor refuses it anyway, or somebody called us spam: no click on a
# page of ours takes that back.
LASTING = frozenset({OptOutSource.BOUNCE, OptOutSource.VENDOR, OptOutSource.COMPLAINT})


def opt_out(
    merchant_id: UUID, *, channel: str, address: str, category: str, source: str, reason: str = ""
) -> bool:
    """Note that this address must not get this category; return whether that was new.

    `address` is normalised (`normalise_address`). What was known keeps its source and date.
    """
    _row, is_new = OptOut.objects.get_or_create(
        merchant_id=merchant_id,
        channel=channel,
        address=address,
        category=category,
        defaults={"source": source, "reason": reason[:200]},
    )
    return bool(is_new)


def opt_out_of_everything(
    merchant_id: UUID, *, channel: str, address: str, source: str, reason: str = ""
) -> bool:
    """Note that this address must get nothing; return whether any of it was new."""
    new = [
        opt_out(
            merchant_id, channel=channel, address=address, category=category, source=source, reason=reason
        )
        for category in Category
    ]
    return any(new)


def opt_in(
    merchant_id: UUID,
    *,
    channel: str,
    address: str,
    categories: Iterable[str] = tuple(Category),
    sources: Iterable[str] = tuple(OptOutSource),
) -> int:
    """Take back opt-outs that came from `sources`; return how many there were."""
    gone, _by_model = OptOut.objects.filter(
        merchant_id=merchant_id,
        channel=channel,
        address=address,
        category__in=list(categories),
        source__in=list(sources),
    ).delete()
    return int(gone)


def is_opted_out(merchant_id: UUID, *, channel: str, address: str, category: str) -> bool:
    """Return whether this address must not get this category."""
    return bool(
        OptOut.objects.filter(
            merchant_id=merchant_id, channel=channel, address=address, category=category
        ).exists()
    )
