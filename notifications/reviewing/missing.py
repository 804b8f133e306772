"""The templates that a vendor has not got yet, handed in all at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from merchants.models import User
from notifications.configuring import InvalidSettings
from notifications.configuring.entries import Entries
from notifications.models import ChannelKind, GatewayAccount, Review, Template, VendorTemplate
from notifications.models.reviews import USABLE
from notifications.rendering import TemplateErrors
from notifications.reviewing.comparing import spelled_for
from notifications.reviewing.fields import read_fields
from notifications.reviewing.submitting import reviewing_of, submit_template
from notifications.reviewing.terms import goes_abroad, has_changed
from notifications.reviewing.words import finding_text
from notifications.template_words import problem_text
from notifications.vendor_wording import CannotSpell, Spelled
from orders import normalise
from orders.errors import InvalidInput

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# At once; the others are found when it is done again.
MOST: Final = 1_000
MOST_LANGUAGES: Final = 100
SUBMITTED, APPROVED = "submitted", "approved"


@dataclass(frozen=True, slots=True)
class Ready:
    """A template that can be handed in, as the vendor wants it."""

    template: Template
    spelled: Spelled


@dataclass(frozen=True, slots=True)
class Skipped:
    """A template that is not handed in: a stable code, a sentence for people."""

    template: Template
    code: str
    detail: StrOrPromise

    @property
    def is_there(self) -> bool:
        """Say whether the vendor has it, so that there is nothing to do."""
        return self.code in {SUBMITTED, APPROVED}


@dataclass(frozen=True, slots=True)
class Missing:
    """What can be handed in to a vendor now, and what not."""

    ready: list[Ready] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What was handed in, and what not."""

    submitted: list[VendorTemplate]
    skipped: list[Skipped]


def languages_at(account: GatewayAccount) -> dict[str, bool]:
    """Return in which languages the merchant has text templates, and which of them are usual there.

    On the mainland of China a vendor takes Chinese ones, abroad the others; among them the shop's own
    language comes first. Where none is usual the shop's own is.
    """
    there = list(_templates(account).order_by("language").values_list("language", flat=True).distinct())
    own = account.merchant.language
    fitting = [one for one in there if one.startswith("zh") != goes_abroad(account)] or [own]
    usual = [own] if own in fitting else fitting
    return {one: one in usual for one in there}


def missing_at(account: GatewayAccount, *, languages: Collection[str]) -> Missing:
    """Look which of the merchant's active text templates in these languages the vendor lacks."""
    known = VendorTemplate.objects.filter(gateway=account).defer("fields", "body", "former_body")
    reviews = {review.template_id: review for review in known}
    rows = _templates(account).filter(language__in=languages).order_by("code", "language", "id")
    found = Missing()
    for template in rows[:MOST]:
        # All of them are the same shop's, which is loaded.
        template.merchant = account.merchant
        why = _why_not(template, reviews.get(template.pk))
        one = why or _spelled(template, account)
        if isinstance(one, Ready):
            found.ready.append(one)
        else:
            found.skipped.append(one)
    return found


def submit_missing(account: GatewayAccount, *, data: Mapping[str, Any], by: User | None = None) -> HandedIn:
    """Have all that are missing handed in, each by itself; done again, it hands in what is left.

    `data` may name `languages` (else the usual ones) and `fields`, what the vendor wants to know, once for
    all of them. Raises `InvalidSettings`; then nothing is handed in.
    """
    reviewing = reviewing_of(account, of_templates=True)
    entries = Entries(data, known=("languages", "fields"))
    read_fields(entries, reviewing.template_fields)
    for one in reviewing.template_fields:
        if one.is_per_template and entries.values.get("fields", {}).get(one.name, one.default) != one.default:
            message = _("It differs from template to template: hand those in one by one.")
            entries.refuse(f"fields.{one.name}", "per_template", message)
    _read_languages(entries)
    entries.check()
    languages = entries.values.get("languages")
    if languages is None:
        languages = [name for name, is_usual in languages_at(account).items() if is_usual]
    missing = missing_at(account, languages=languages)
    handed_in = HandedIn([], missing.skipped)
    for ready in missing.ready:
        try:
            review = submit_template(
                ready.template,
                gateway=account,
                fields=entries.values["fields"],
                body=ready.spelled.body,
                params=ready.spelled.params,
                by=by,
            )
        except InvalidSettings as fault:
            # Its text is too long for a vendor, or somebody else has just handed it in.
            detail = " ".join(str(error.message) for error in fault.errors)
            handed_in.skipped.append(Skipped(ready.template, fault.errors[0].code, detail))
        else:
            handed_in.submitted.append(review)
    return handed_in


def _templates(account: GatewayAccount) -> Any:
    return Template.objects.filter(merchant=account.merchant_id, channel=ChannelKind.SMS, is_active=True)


def _why_not(template: Template, review: VendorTemplate | None) -> Skipped | None:
    """Say why a template is not handed in, as far as where it stands says so."""
    if review is None:
        return None
    review.template = template
    if review.state == Review.SUBMITTED:
        return Skipped(template, SUBMITTED, _("It is with the vendor already."))
    if review.state in USABLE:
        return Skipped(template, APPROVED, _("The vendor has approved it."))
    if review.state == Review.REJECTED and not has_changed(review):
        detail = format_lazy(
            _("The vendor rejected this wording: change it first. {reason}"), reason=review.reason
        )
        return Skipped(template, "rejected", detail)
    if review.state == Review.DRAFT and review.reason:
        # It may be there: handed in once more it would be there twice.
        return Skipped(template, "unclear", review.reason)
    return None


def _spelled(template: Template, account: GatewayAccount) -> Ready | Skipped:
    try:
        return Ready(template, spelled_for(template, account))
    except CannotSpell as fault:
        return Skipped(template, "cannot_spell", " ".join(map(finding_text, fault.findings)))
    except TemplateErrors as fault:
        return Skipped(template, "cannot_be_read", " ".join(map(problem_text, fault.problems)))


def _read_languages(entries: Entries) -> None:
    """Read a list of languages, by any tag that they go by."""
    if not entries.entered("languages"):
        return
    value = entries.data["languages"]
    if not isinstance(value, list) or len(value) > MOST_LANGUAGES:
        entries.refuse("languages", "not_a_list", _("Write a list."))
        return
    found = []
    for place, tag in enumerate(value):
        try:
            found.append(normalise.language(tag if isinstance(tag, str) and tag else "?"))
        except InvalidInput as error:
            entries.refuse(f"languages[{place}]", error.code, error.detail)
    entries.values["languages"] = found
