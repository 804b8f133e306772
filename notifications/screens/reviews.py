"""Where a signature or a template stands with a gateway: kept by hand, shown as a badge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.http import Http404

from merchants.screens.base import Tone
from notifications.gateways.base import Gateway
from notifications.gateways.registry import GATEWAYS
from notifications.models import GatewayAccount, Review

TONES: dict[str, Tone] = {
    Review.DRAFT: "plain",
    Review.SUBMITTED: "wait",
    Review.APPROVED: "good",
    Review.REJECTED: "bad",
    Review.FILED: "good",
    Review.USABLE: "good",
}


def reviewing(row: Model, *, accounts: Iterable[GatewayAccount], url: str) -> list[dict[str, Any]]:
    """Return for each account where the row stands there, and the address on which that is set.

    `row.reviews` holds what is known; what is not yet counts as a draft.
    """
    known = {review.gateway_id: review for review in row.reviews.all()}  # type: ignore[attr-defined]
    found = []
    for account in accounts:
        review = known.get(account.pk)
        state = Review(review.state if review else Review.DRAFT)
        found.append(
            {
                "gateway": account,
                "state": state.label,
                "tone": TONES[state],
                "reason": review.reason if review else "",
                "code": getattr(review, "code", ""),
                "url": url,
            }
        )
    return found


def gateway_of(account: GatewayAccount) -> Gateway:
    """Return the vendor's module of an account; 404 for a kind that is no longer there."""
    if account.kind not in GATEWAYS:
        raise Http404
    return GATEWAYS[account.kind]


def reviewers(*, of_templates: bool = False) -> list[GatewayAccount]:
    """Return the accounts whose vendor looks at signatures, or at templates, before use."""
    return [
        account
        for account in GatewayAccount.objects.all()[:200]
        if account.kind in GATEWAYS
        and (GATEWAYS[account.kind].needs_template if of_templates else GATEWAYS[account.kind].adds_signature)
    ]
