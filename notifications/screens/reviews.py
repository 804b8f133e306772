"""Where a signature or a template stands with a gateway, as it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from merchants.screens.base import Tone
from notifications.gateways.base import Gateway
from notifications.gateways.registry import GATEWAYS
from notifications.models import GatewayAccount, Review, VendorSignature, VendorTemplate
from notifications.reviewing import has_changed, wants_review

TONES: dict[str, Tone] = {
    Review.DRAFT: "plain",
    Review.SUBMITTED: "wait",
    Review.APPROVED: "good",
    Review.REJECTED: "bad",
    Review.FILED: "good",
    Review.USABLE: "good",
}
CARRIERS = {"mobile": _("China Mobile"), "unicom": _("China Unicom"), "telecom": _("China Telecom")}
# A template is nothing to the carriers.
STEPS_OF_SIGNATURES = (Review.DRAFT, Review.SUBMITTED, Review.APPROVED, Review.FILED, Review.USABLE)
STEPS_OF_TEMPLATES = (Review.DRAFT, Review.SUBMITTED, Review.APPROVED, Review.USABLE)


def life_line(review: VendorSignature | VendorTemplate) -> list[dict[str, Any]]:
    """Return the steps from draft to usable: what is done, where it stands, what is to come."""
    steps: tuple[Review, ...] = (
        STEPS_OF_SIGNATURES if isinstance(review, VendorSignature) else STEPS_OF_TEMPLATES
    )
    state = Review(review.state)
    if state is Review.REJECTED:
        steps = (Review.DRAFT, Review.SUBMITTED, Review.REJECTED)
    here = steps.index(state) if state in steps else steps.index(Review.APPROVED)
    return [
        {
            "label": step.label,
            "is_done": place < here or step is Review.USABLE is state,
            "is_here": place == here,
            "tone": TONES[step] if place == here else "plain",
        }
        for place, step in enumerate(steps)
    ]


def carriers_of(review: VendorSignature) -> list[tuple[str | Promise, str | Promise, Tone]]:
    """Return what each carrier says: a stage by its name, or the vendor's word for what is wrong there."""
    return [
        (CARRIERS.get(name, name), Review(word).label, TONES[word])
        if word in Review.values
        else (CARRIERS.get(name, name), word, "bad")
        for name, word in review.carriers.items()
    ]


def reviewing(row: Model, *, accounts: Iterable[GatewayAccount], url: str) -> list[dict[str, Any]]:
    """Return for each account where the row stands there, and the address on which that is set.

    `row.reviews` holds what is known; what is not yet counts as a draft.
    """
    known = {review.gateway_id: review for review in row.reviews.all()}  # type: ignore[attr-defined]
    blank = VendorSignature if row._meta.model_name == "signature" else VendorTemplate
    found = []
    for account in accounts:
        review = known.get(account.pk) or blank(gateway=account)
        found.append(
            {
                "gateway": account,
                "state": Review(review.state).label,
                "tone": TONES[review.state],
                "reason": review.reason,
                "code": review.code,
                "line": life_line(review),
                "stays_in_use": review.stays_in_use,
                "is_changed": account.pk in known and is_behind(review),
                "url": url,
            }
        )
    return found


def is_behind(review: VendorSignature | VendorTemplate) -> bool:
    """Say whether our words are others than those that are with the vendor."""
    return isinstance(review, VendorTemplate) and has_changed(review)


def gateway_of(account: GatewayAccount) -> Gateway:
    """Return the vendor's module of an account; 404 for a kind that is no longer there."""
    if account.kind not in GATEWAYS:
        raise Http404
    return GATEWAYS[account.kind]


def reviewers(*, of_templates: bool = False) -> list[GatewayAccount]:
    """Return the accounts whose vendor looks at signatures, or at templates, before use."""
    accounts = GatewayAccount.objects.all()[:200]
    return [account for account in accounts if wants_review(account, of_templates=of_templates)]
