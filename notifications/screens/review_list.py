"""All signatures and templates at all gateways: what waits, what was rejected, what may be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from merchants.roles import Right
from merchants.screens import Screen, navigation
from merchants.screens.base import Text, Tone
from notifications.gateways.registry import GATEWAYS, REVIEWING
from notifications.models import (
    ChannelKind,
    GatewayAccount,
    Review,
    Signature,
    Template,
    VendorSignature,
    VendorTemplate,
)
from notifications.screens.reviews import TONES, is_behind, reviewers

MOST = 1_000
PER_PAGE = 50
CHANGED = "changed"
# What waits and what wants attention stand first; of each the newest change.
URGENCY = (
    Review.SUBMITTED,
    Review.REJECTED,
    Review.DRAFT,
    Review.APPROVED,
    Review.FILED,
    Review.USABLE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A signature or template at a gateway."""

    is_template: bool
    name: str
    gateway: GatewayAccount
    state: Review
    reason: str
    is_changed: bool
    stays_in_use: bool
    changed_at: datetime
    url: str

    @property
    def kind(self) -> Text:
        return _("Template") if self.is_template else _("Signature")

    @property
    def tone(self) -> Tone:
        return TONES[self.state]

    @property
    def is_missing(self) -> bool:
        """Say whether it is a template that may be handed in together with others."""
        is_open = self.state is Review.DRAFT or (self.state is Review.REJECTED and self.is_changed)
        return is_open and self.is_template and self.gateway.kind in REVIEWING

    def is_in(self, state: str) -> bool:
        return self.is_changed if state == CHANGED else self.state == state


class ReviewList(Screen):
    template_name = "notifications/reviews/list.html"
    section = "reviews"
    title = _("Reviews")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        lines = sorted([*_of_signatures(), *_of_templates()], key=lambda line: line.changed_at, reverse=True)
        lines.sort(key=lambda line: URGENCY.index(line.state))
        states: list[tuple[str, Text]] = [(state.value, state.label) for state in Review]
        states.append((CHANGED, _("Changed since")))
        counts = Counter({state: sum(line.is_in(state) for line in lines) for state, _label in states})
        wanted = request.GET.get("state", "")
        shown = [line for line in lines if line.is_in(wanted)] if wanted in counts else lines
        page = _number(request.GET.get("page", ""), most=max(1, -(-len(shown) // PER_PAGE)))
        return self.render(
            {
                "lines": shown[(page - 1) * PER_PAGE : page * PER_PAGE],
                "states": [(state, label, counts[state]) for state, label in states if counts[state]],
                "wanted": wanted if wanted in counts else "",
                "missing": self._missing(lines),
                "total": len(lines),
                "newer": page - 1,
                "older": page + 1 if page * PER_PAGE < len(shown) else 0,
            }
        )

    def _missing(self, lines: Iterable[Line]) -> list[tuple[GatewayAccount, int]]:
        """Return the gateways at which templates are to be handed in, and how many."""
        if not self.membership.can(Right.CONFIGURE):
            return []
        return list(Counter(line.gateway for line in lines if line.is_missing).items())


def _of_signatures() -> Iterator[Line]:
    rows = Signature.objects.order_by("-is_default", "id")[:MOST]
    known = {(one.signature_id, one.gateway_id): one for one in VendorSignature.objects.defer("fields")}
    accounts = reviewers()
    for row in rows:
        for account in accounts:
            review = known.get((row.pk, account.pk)) or VendorSignature()
            review.gateway = account
            url = reverse("signature_review", args=[row.pk, account.pk])
            yield _line(row, review, url=url)


def _of_templates() -> Iterator[Line]:
    rows = Template.objects.filter(channel=ChannelKind.SMS, is_active=True).defer("subject", "body")
    known = {(one.template_id, one.gateway_id): one for one in VendorTemplate.objects.defer("fields", "body")}
    accounts = reviewers(of_templates=True)
    for row in rows.order_by("code", "language")[:MOST]:
        for account in accounts:
            if (row.pk, account.pk) not in known and not GATEWAYS[account.kind].needs_template:
                continue  # this vendor can do without
            review = known.get((row.pk, account.pk)) or VendorTemplate()
            review.template, review.gateway = row, account
            url = reverse("template_review", args=[row.pk, account.pk])
            yield _line(row, review, url=url)


def _line(row: Signature | Template, review: VendorSignature | VendorTemplate, *, url: str) -> Line:
    return Line(
        is_template=isinstance(row, Template),
        name=str(row),
        gateway=review.gateway,
        state=Review(review.state),
        reason=review.reason,
        is_changed=is_behind(review),
        stays_in_use=review.stays_in_use,
        changed_at=_changed_at(row, review),
        url=url,
    )


def _changed_at(row: Signature | Template, review: VendorSignature | VendorTemplate) -> datetime:
    """Return when a line changed last: our words of a draft, else where it stands with the vendor."""
    if review.state == Review.DRAFT:
        ours: datetime = row.updated_at if isinstance(row, Template) else row.created_at
        return ours if review._state.adding else max(ours, review.updated_at)
    if review.state == Review.REJECTED:
        return review.updated_at
    # Each time the vendor is asked about these the row is saved, whether something changed or not.
    return review.submitted_at or review.updated_at


def _number(text: str, *, most: int) -> int:
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 6 else 1


navigation.add(
    navigation.Entry("reviews", _("Reviews"), url="review_list", icon="check", place=45, is_setting=True)
)
urlpatterns = [path("settings/reviews/", ReviewList.as_view(), name="review_list")]
