"""What becomes of a review: the vendor's word, a refusal, silence. The team hears of decisions, once each."""

from __future__ import annotations

from django.utils import timezone as clock
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from notifications.announcing import announce
from notifications.gateways.base import tidy
from notifications.gateways.reviewing import Stage, Standing
from notifications.models import Review, VendorSignature
from notifications.models.reviews import USABLE
from notifications.reviewing.keeping import nothing_kept
from notifications.reviewing.terms import AFTER_NO_ANSWER, DECISIONS, Reviewed, can_ask, next_look
from orders.events import EventKind

LONGEST_REASON = 300
LONGEST_CODE = 60
UNANSWERED = _(
    "Nobody can say whether the vendor got it, so it is not handed in again by itself."
    " Look in the vendor's console: if it is there, note its code here; if not, hand it in again."
)


def decide(review: Reviewed, standing: Standing, *, was_asked: bool = True) -> None:
    """Keep where a review stands. Call it in the transaction that locked the row.

    `was_asked`: the vendor says so of what he has. Neither a refused submission nor news, which nobody
    signs, put an end to a signature that was approved before.
    """
    before = review.state
    review.state = Review(standing.stage)
    review.reason = tidy(standing.reason, LONGEST_REASON)
    review.code = tidy(standing.code, LONGEST_CODE) or review.code
    if isinstance(review, VendorSignature):
        if standing.carriers or standing.stage in {Stage.SUBMITTED, Stage.REJECTED}:
            review.carriers = dict(standing.carriers)
    elif standing.body:
        review.body = standing.body
    is_struck = was_asked and isinstance(review, VendorSignature) and review.state == Review.REJECTED
    if is_struck or review.state in USABLE:
        for name, value in nothing_kept(review).items():
            setattr(review, name, value)
    review.look_at = next_look(review, now=clock.now())
    review.save()
    if review.state != before and review.state in DECISIONS:
        _tell(review)


def give_up(review: Reviewed) -> None:
    """Make a draft again of what nobody answered and the vendor cannot be asked about."""
    with translation.override(review.merchant.language):
        review.reason = str(UNANSWERED)
    review.state, review.submitted_at, review.look_at = Review.DRAFT, None, None
    review.save()


def leave_open(review: Reviewed) -> None:
    """Do what can be done where the answer to a submission was lost: ask for it by name, or give up."""
    if can_ask(review):
        review.look_at = clock.now() + AFTER_NO_ANSWER
        review.save(update_fields=["look_at"])
    else:
        give_up(review)


def _tell(review: Reviewed) -> None:
    if isinstance(review, VendorSignature):
        kind, name = "signature", str(review.signature)
    else:
        kind, name = "template", f"{review.template.code} ({review.template.language})"
    announce(
        review.merchant_id,
        EventKind.REVIEW_DECIDED,
        data={
            "kind": kind,
            "name": name,
            "gateway": review.gateway.name,
            "state": str(review.state),
            "reason": review.reason,
        },
        dedupe=f"{EventKind.REVIEW_DECIDED}:{review.pk.hex}:{clock.now().isoformat()}",
    )
