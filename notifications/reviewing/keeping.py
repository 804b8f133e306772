"""What a vendor has approved stays in use while he looks at what is to take its place."""

from __future__ import annotations

from typing import Any

from notifications.models import Review, VendorSignature
from notifications.models.reviews import USABLE
from notifications.reviewing.terms import Reviewed


def kept(review: Reviewed) -> dict[str, Any]:
    """Return the fields that keep in use what may be used now. Ask before the review is changed."""
    if isinstance(review, VendorSignature):
        return {"was_usable": review.was_usable or review.state in USABLE}
    on_file = review.in_use
    if on_file is None:
        return nothing_kept(review)
    return {"former_code": on_file.code, "former_params": on_file.params, "former_body": on_file.body}


def nothing_kept(review: Reviewed) -> dict[str, Any]:
    """Return the fields that keep nothing in use: it is approved itself, or the vendor took all back."""
    if isinstance(review, VendorSignature):
        return {"was_usable": False}
    return {"former_code": "", "former_params": {}, "former_body": ""}


def is_in_use(review: Reviewed) -> bool:
    """Say whether texts leave with what the vendor has approved, now or before."""
    return any(kept(review).values())


def kept_beside(review: Reviewed, former: dict[str, Any], *, state: str, code: str) -> dict[str, Any]:
    """Return what of `former` stays in use where a person notes this state and code.

    A note about what is in use itself, that it is no longer approved, puts an end to it.
    """
    if isinstance(review, VendorSignature):
        is_over = state != review.state and state in {Review.DRAFT, Review.REJECTED}
    else:
        is_over = code == former["former_code"]
    return nothing_kept(review) if is_over or state in USABLE else former
