"""When a vendor is asked again, and what can be asked at all: data, and questions about one row."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from notifications.gateways.registry import GATEWAYS, REVIEWING
from notifications.gateways.reviewing import Reviewing
from notifications.models import GatewayAccount, Review, VendorSignature, VendorTemplate

Reviewed = VendorSignature | VendorTemplate

# A filing lapses when nothing is sent for months, so what is usable is still asked about.
AGAIN: Final = {
    Review.SUBMITTED.value: timedelta(minutes=10),
    Review.APPROVED.value: timedelta(hours=6),
    Review.FILED.value: timedelta(hours=6),
    Review.USABLE.value: timedelta(days=1),
}
# What was not answered is looked at again: after a refused connection, a lost answer, a dead worker.
AFTER_NO_CONNECTION: Final = timedelta(minutes=5)
AFTER_NO_ANSWER: Final = timedelta(minutes=1)
LEASE: Final = timedelta(minutes=2)
# Of these the team hears.
DECISIONS: Final = frozenset({Review.APPROVED, Review.REJECTED, Review.FILED, Review.USABLE})


def reviews(account: GatewayAccount) -> Reviewing | None:
    """Return how the vendor of an account reviews by his API; None where it is done by hand."""
    return REVIEWING.get(account.kind)


def wants_review(account: GatewayAccount, *, of_templates: bool) -> bool:
    """Say whether the vendor looks at signatures, or at templates, before use."""
    gateway = GATEWAYS.get(account.kind)
    return gateway is not None and (gateway.takes_template if of_templates else gateway.adds_signature)


def goes_abroad(account: GatewayAccount) -> bool:
    """Say whether an account is for texts abroad alone."""
    return bool(account.countries) and "CN" not in account.countries


def can_ask(review: Reviewed) -> bool:
    """Say whether the vendor can be asked where this stands: by its name or by the code that he gave."""
    reviewing = reviews(review.gateway)
    if reviewing is None:
        return False
    return bool(review.code) or (isinstance(review, VendorSignature) and reviewing.knows_by_name)


def is_waiting_to_leave(review: Reviewed) -> bool:
    """Say whether it is still to be handed in."""
    return review.state == Review.SUBMITTED and review.submitted_at is None and review.look_at is not None


def has_changed(review: VendorTemplate) -> bool:
    """Say whether our wording is another than the one that is with the vendor."""
    return 0 < review.version < review.template.version


def next_look(review: Reviewed, *, now: datetime) -> datetime | None:
    """Return when the vendor is asked next; None when there is nothing to ask."""
    again = AGAIN.get(review.state)
    return now + again if again and can_ask(review) else None
