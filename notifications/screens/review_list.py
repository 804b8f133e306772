"""All signatures and templates at all gateways: what waits, what was rejected, what may be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from merchants.screens import Screen, navigation
from merchants.screens.base import Text, Tone
from notifications.gateways.registry import GATEWAYS
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
# What wants attention stands first.
URGENCY = (
    Review.REJECTED,
    Review.SUBMITTED,
    Review.APPROVED,
    Review.FILED,
    Review.DRAFT,
    Review.USABLE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A signature or template at a gateway."""

    kind: Text
    name: str
    gateway: GatewayAccount
    state: Review
    reason: str
    is_changed: bool
    stays_in_use: bool
    url: str

    @property
    def tone(self) -> Tone:
        return TONES[self.state]

    def is_in(self, state: str) -> bool:
        return self.is_changed if state == CHANGED else self.state == state


class ReviewList(Screen):
    template_name = "notifications/reviews/list.html"
    section = "reviews"
    title = _("Reviews")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        lines = sorted([*_of_signatures(), *_of_templates()], key=lambda line: URGENCY.index(line.state))
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
                "total": len(lines),
                "newer": page - 1,
                "older": page + 1 if page * PER_PAGE < len(shown) else 0,
            }
        )


def _of_signatures() -> Iterator[Line]:
    rows = Signature.objects.order_by("-is_default", "id")[:MOST]
    known = {(one.signature_id, one.gateway_id): one for one in VendorSignature.objects.defer("fields")}
    accounts = reviewers()
    for row in rows:
        for account in accounts:
            review = known.get((row.pk, account.pk)) or VendorSignature()
            review.gateway = account
            url = reverse("signature_review", args=[row.pk, account.pk])
            yield _line(_("Signature"), str(row), review, url=url)


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
            yield _line(_("Template"), str(row), review, url=url)


def _line(kind: Text, name: str, review: VendorSignature | VendorTemplate, *, url: str) -> Line:
    return Line(
        kind=kind,
        name=name,
        gateway=review.gateway,
        state=Review(review.state),
        reason=review.reason,
        is_changed=is_behind(review),
        stays_in_use=review.stays_in_use,
        url=url,
    )


def _number(text: str, *, most: int) -> int:
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 6 else 1


navigation.add(
    navigation.Entry("reviews", _("Reviews"), url="review_list", icon="check", place=45, is_setting=True)
)
urlpatterns = [path("settings/reviews/", ReviewList.as_view(), name="review_list")]
