"""What vendors push about reviews."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone as clock

from notifications.gateways.reviewing import News, Stage
from notifications.models import GatewayAccount, Review, VendorSignature, VendorTemplate
from notifications.reviewing.deciding import decide
from notifications.reviewing.submitting import wake
from notifications.reviewing.terms import Reviewed, can_ask, is_waiting_to_leave

# News of an approval says nothing of the carriers, who come after it.
_FURTHER = frozenset({Review.FILED, Review.USABLE})


def hear(news: Iterable[News], *, account: GatewayAccount) -> None:
    """Keep the news about this account's signatures and templates.

    News comes twice and late, and nobody signs it: so the vendor himself is asked right after.
    """
    for one in news:
        # That it is being reviewed is known, and may be old news.
        if one.standing.stage is not Stage.SUBMITTED:
            with transaction.atomic():
                for review in _concerned(one, account):
                    _keep(review, one)


def _concerned(news: News, account: GatewayAccount) -> list[Reviewed]:
    known = {"gateway": account, "merchant": account.merchant_id}
    if news.about == "signature":
        rows = VendorSignature.objects.filter(**known, signature__text=news.name, signature__archived_at=None)
    else:
        rows = VendorTemplate.objects.filter(**known, code=news.name)
    waiting = rows.exclude(state=Review.DRAFT).select_for_update(of=("self",))
    return list(waiting.select_related("gateway"))


def _keep(review: Reviewed, news: News) -> None:
    if is_waiting_to_leave(review):
        return  # this is about one before it
    if news.standing.stage is not Stage.APPROVED or review.state not in _FURTHER:
        decide(review, news.standing, was_asked=False)
    if can_ask(review):
        review.look_at = clock.now()
        review.save(update_fields=["look_at"])
        wake()
