"""Note by hand where a signature or a template stands with a vendor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from merchants.models import User
from notifications.configuring.entries import Entries
from notifications.models import (
    GatewayAccount,
    Review,
    Signature,
    Template,
    VendorSignature,
    VendorTemplate,
)
from notifications.reviewing.fields import check_equivalence, read_body, read_params, refuse
from notifications.reviewing.keeping import kept, kept_beside, nothing_kept
from notifications.reviewing.submitting import signature_at, template_at, wake
from notifications.reviewing.terms import Reviewed, can_ask, is_waiting_to_leave, wants_review

OF_SIGNATURES: Final = ("state", "reason", "code", "stays_in_use")
OF_TEMPLATES: Final = (*OF_SIGNATURES, "params", "body")


@transaction.atomic
def note_signature(
    signature: Signature, *, gateway: GatewayAccount, data: Mapping[str, Any], by: User | None = None
) -> VendorSignature:
    """Keep what a person knows of a signature; what `data` does not name stays. Raises `InvalidSettings`.

    What the vendor approved before stays in use unless `stays_in_use` is false.
    """
    _check_gateway(gateway, of_templates=False)
    review = signature_at(signature, gateway)
    entries = Entries(data, known=OF_SIGNATURES, current=review)
    _read(entries)
    _keep(entries, review, former=kept(review), by=by)
    return review


@transaction.atomic
def note_template(
    template: Template, *, gateway: GatewayAccount, data: Mapping[str, Any], by: User | None = None
) -> VendorTemplate:
    """Keep what a person knows of a template; what `data` does not name stays. Raises `InvalidSettings`.

    Variables and text must fit each other. Who notes another text or code vouches for our wording as it is.
    """
    _check_gateway(gateway, of_templates=True)
    review = template_at(template, gateway)
    former, before = kept(review), (review.code, review.body, review.params)
    entries = Entries(data, known=OF_TEMPLATES, current=review)
    _read(entries)
    read_params(entries, event=template.event)
    read_body(entries)
    check_equivalence(entries, review)
    after = tuple(entries.values.get(name, getattr(review, name)) for name in ("code", "body", "params"))
    if after != before or not review.version:
        entries.values["version"] = template.version
    _keep(entries, review, former=former, by=by)
    return review


def _check_gateway(gateway: GatewayAccount, *, of_templates: bool) -> None:
    if not wants_review(gateway, of_templates=of_templates):
        raise refuse("gateway", "no_review", _("This vendor asks for no review."))


def _read(entries: Entries) -> None:
    entries.choice("state", Review.values)
    entries.text("reason", most=300)
    entries.text("code", most=60)
    entries.flag("stays_in_use")


def _keep(entries: Entries, review: Reviewed, *, former: dict[str, Any], by: User | None) -> None:
    """Keep it. The vendor, where he can be asked, is: his word counts for more."""
    entries.check()
    state, code = (entries.values.get(name, getattr(review, name)) for name in ("state", "code"))
    stays = entries.values.pop("stays_in_use", True)
    entries.values |= kept_beside(review, former, state=state, code=code) if stays else nothing_kept(review)
    is_leaving = is_waiting_to_leave(review) and state == review.state
    if {"state", "code"} & entries.data.keys() and not is_leaving:
        review.code = code
        is_followed = state not in {Review.DRAFT, Review.REJECTED} and can_ask(review)
        submitted_at = None if state == Review.DRAFT else review.submitted_at or clock.now()
        entries.values |= {"submitted_at": submitted_at, "look_at": clock.now() if is_followed else None}
        if is_followed:
            wake()
    entries.keep(review, by=by, name="gateway")
