"""Hand in, ask, take back: what a person or a script asks for. A worker does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import structlog
from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from merchants.models import User
from notifications import queueing
from notifications.configuring.entries import Entries
from notifications.gateways.reviewing import Reviewing
from notifications.models import (
    ChannelKind,
    GatewayAccount,
    Review,
    Signature,
    Template,
    VendorSignature,
    VendorTemplate,
)
from notifications.reviewing.comparing import spelled_for
from notifications.reviewing.fields import check_equivalence, read_body, read_fields, read_params, refuse
from notifications.reviewing.keeping import kept
from notifications.reviewing.terms import Reviewed, can_ask, is_waiting_to_leave, reviews, wants_review
from notifications.reviewing.words import finding_text
from notifications.vendor_wording import CannotSpell

Row = TypeVar("Row", VendorSignature, VendorTemplate)
log = structlog.get_logger(__name__)


@transaction.atomic
def submit_signature(
    signature: Signature, *, gateway: GatewayAccount, fields: Mapping[str, str], by: User | None = None
) -> VendorSignature:
    """Have a signature handed in with what the vendor wants to know. Raises `InvalidSettings`."""
    reviewing = reviewing_of(gateway, of_templates=False)
    entries = Entries({"fields": fields}, known=("fields",))
    read_fields(entries, reviewing.signature_fields)
    entries.check()
    review = signature_at(signature, gateway)
    return _hand_in(review, entries.values | kept(review) | {"carriers": {}}, by=by)


@transaction.atomic
def submit_template(
    template: Template,
    *,
    gateway: GatewayAccount,
    fields: Mapping[str, str],
    body: str | None = None,
    params: Mapping[str, str] | None = None,
    by: User | None = None,
) -> VendorTemplate:
    """Have a template handed in as `body`, by default our wording in the vendor's spelling.

    `params` maps the vendor's variables to our placeholders. Raises `InvalidSettings`.
    """
    reviewing = reviewing_of(gateway, of_templates=True)
    if template.channel != ChannelKind.SMS:
        raise refuse("gateway", "no_text", _("Vendors review text messages only."))
    if body is None:
        try:
            ours = spelled_for(template, gateway)
        except CannotSpell as fault:
            raise refuse("body", "cannot_spell", " ".join(map(finding_text, fault.findings))) from fault
        body, params = ours.body, ours.params if params is None else params
    given = {"fields": fields, "body": body, "params": {} if params is None else params}
    entries = Entries(given, known=tuple(given))
    read_fields(entries, reviewing.template_fields)
    read_body(entries, needed=True)
    read_params(entries, event=template.event)
    review = template_at(template, gateway)
    former = kept(review)
    check_equivalence(entries, review)
    entries.check()
    return _hand_in(review, entries.values | former | {"version": template.version}, by=by)


def signature_at(signature: Signature, gateway: GatewayAccount) -> VendorSignature:
    """Return where a signature stands with an account, locked; a new draft where nothing is known."""
    review: VendorSignature = VendorSignature.objects.select_for_update().get_or_create(
        signature=signature, gateway=gateway, defaults={"merchant": signature.merchant}
    )[0]
    review.signature, review.gateway = signature, gateway
    return review


def template_at(template: Template, gateway: GatewayAccount) -> VendorTemplate:
    """Return where a template stands with an account, locked; a new draft where nothing is known."""
    review: VendorTemplate = VendorTemplate.objects.select_for_update().get_or_create(
        template=template, gateway=gateway, defaults={"merchant": template.merchant}
    )[0]
    review.template, review.gateway = template, gateway
    return review


def ask_now(review: Reviewed) -> None:
    """Have the vendor asked at once where this stands. Raises `InvalidSettings`."""
    if not can_ask(review):
        raise refuse(
            "gateway", "cannot_ask", _("The vendor cannot be asked about this: look in the vendor's console.")
        )
    if review.state == Review.DRAFT:
        raise refuse("gateway", "not_submitted", _("It was not handed in yet."))
    if not is_waiting_to_leave(review):
        now = clock.now()
        # What was noted by hand has no time; without one it would be handed in.
        type(review).objects.filter(pk=review.pk).update(
            look_at=now, submitted_at=Coalesce("submitted_at", now)
        )
    wake()


def withdraw(review: Reviewed) -> None:
    """Make it a draft again and ask no more. The vendor is not told: what was handed in stays with him."""
    # He still has a signature that he approved: handed in anew, it is none that he never saw.
    former = kept(review) if isinstance(review, VendorSignature) else {}
    type(review).objects.filter(pk=review.pk).update(
        state=Review.DRAFT, reason="", submitted_at=None, look_at=None, updated_at=clock.now(), **former
    )


def wake() -> None:
    """Wake a worker once what was saved is committed."""
    transaction.on_commit(lambda: queueing.wake("reviews"))


def reviewing_of(gateway: GatewayAccount, *, of_templates: bool) -> Reviewing:
    """Return how the vendor reviews by his API. Raises `InvalidSettings` where it is done by hand."""
    reviewing = reviews(gateway)
    if reviewing is None or not wants_review(gateway, of_templates=of_templates):
        raise refuse(
            "gateway",
            "no_interface",
            _(
                "This vendor takes nothing in by an interface:"
                " use the vendor's console, and note here how it stands."
            ),
        )
    return reviewing


def _hand_in(review: Row, values: Mapping[str, Any], *, by: User | None) -> Row:
    if review.state == Review.SUBMITTED:
        raise refuse(
            "gateway",
            "submitted",
            _("It is with the vendor already: wait for the answer, or take it back first."),
        )
    for name, value in values.items():
        setattr(review, name, value)
    # The code of what was handed in before must not answer for this.
    review.state, review.reason, review.code = Review.SUBMITTED, "", ""
    review.submitted_at, review.look_at = None, clock.now()
    review.save()
    log.info("review_asked", id=str(review.pk), gateway=str(review.gateway_id), by=by.pk if by else None)
    wake()
    return review
