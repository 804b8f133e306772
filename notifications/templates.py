"""Templates as merchants keep them: made, changed, previewed; a text is checked before it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction

from merchants.models import Brand, Merchant, User
from notifications import query_codes, segments
from notifications.linting import OWN_RULES, Finding, Way, lint
from notifications.mail import MailBrand
from notifications.models import ChannelKind, GatewayAccount, Signature, Template, TemplateVersion
from notifications.placeholders import sample_facts as samples
from notifications.rendering import MissingValue, Source, TemplateErrors, Wording, compile
from notifications.segments import Segments
from notifications.template_words import finding_advice, finding_text, problem_text

__all__ = [
    "MissingValue",
    "Preview",
    "TemplateErrors",
    "brand_facts",
    "check",
    "complete",
    "create",
    "finding_advice",
    "finding_text",
    "preview",
    "problem_text",
    "publish",
    "sample_facts",
    "source_of",
    "wording_of",
]


def source_of(template: Template, *, subject: str | None = None, body: str | None = None) -> Source:
    """Return a template's text as the renderer takes it; another subject or body may be tried."""
    return Source(
        channel=template.channel,
        event=template.event,
        language=template.language,
        subject=template.subject if subject is None else subject,
        body=template.body if body is None else body,
    )


def check(source: Source) -> None:
    """Raise `TemplateErrors` with everything that is wrong with a text."""
    compile(source)


@transaction.atomic
def create(
    merchant: Merchant,
    *,
    code: str,
    event: str,
    channel: str,
    language: str,
    category: str,
    body: str,
    subject: str = "",
    by: User | None = None,
    is_active: bool = True,
) -> Template:
    """Make a template and its first version. Raises `TemplateErrors`."""
    check(Source(channel, event, language, subject, body))
    template: Template = Template.objects.create(
        merchant=merchant,
        code=code,
        event=event,
        channel=channel,
        language=language,
        category=category,
        subject=subject,
        body=body,
        is_active=is_active,
    )
    _keep(template, by=by)
    return template


@transaction.atomic
def publish(template: Template, *, subject: str, body: str, by: User | None = None) -> TemplateVersion:
    """Put a new text in force and return its version; the same text again makes none.

    Raises `TemplateErrors`; then nothing is changed.
    """
    check(source_of(template, subject=subject, body=body))
    stored: Template = Template.objects.select_for_update().get(pk=template.pk)
    if (stored.subject, stored.body) == (subject, body):
        version: TemplateVersion = stored.versions.get(number=stored.version)
    else:
        stored.subject, stored.body, stored.version = subject, body, stored.version + 1
        stored.save(update_fields=["subject", "body", "version", "updated_at"])
        version = _keep(stored, by=by)
    template.subject, template.body, template.version = subject, body, stored.version
    template.updated_at = stored.updated_at
    return version


def _keep(template: Template, *, by: User | None) -> TemplateVersion:
    version: TemplateVersion = TemplateVersion.objects.create(
        merchant_id=template.merchant_id,
        template=template,
        number=template.version,
        subject=template.subject,
        body=template.body,
        created_by=by,
    )
    return version


def brand_facts(brand: Brand | None) -> MailBrand:
    """Return how a merchant's mail looks; without a name for mail it carries the shop's own."""
    if brand is None:
        return MailBrand()
    return MailBrand(
        name=brand.from_name,
        logo_url=settings.PUBLIC_URL + brand.logo.url if brand.logo else "",
        accent=brand.accent,
        support_url=brand.support_url,
        support_phone=brand.support_phone,
        postal_address=brand.postal_address,
        footer=brand.footer,
        tone=brand.tone,
    )


def wording_of(version: TemplateVersion, brand: Brand | None = None) -> Wording:
    """Return the compiled wording of a version (its template loaded), in the merchant's brand.

    Raises `TemplateErrors`.
    """
    template = version.template
    source = source_of(template, subject=version.subject, body=version.body)
    return compile(source, brand_facts(brand) if template.channel == ChannelKind.EMAIL else None)


def sample_facts(event: str, language: str) -> dict[str, Any]:
    """Return the facts of a believable order as an event of this kind would bring them."""
    return samples(event, language=language)


def complete(facts: Mapping[str, Any], *, event: str, language: str) -> dict[str, Any]:
    """Return the facts with what they leave open taken from the sample order."""
    filled = sample_facts(event, language)
    for group, found in facts.items():
        if isinstance(found, Mapping):
            filled[group] = filled.get(group, {}) | {
                name: value for name, value in found.items() if value not in (None, "", [], {})
            }
        elif found:
            filled[group] = found
    return filled


@dataclass(frozen=True, slots=True)
class Preview:
    """A template as one person would get it.

    `segments` and `parts` are those of a text message with its signature (None and 0 for mail).
    `missing` names what the order does not say and the sample stands in for.
    """

    subject: str
    text: str
    html: str = ""
    signature: str = ""
    segments: Segments | None = None
    parts: int = 0
    findings: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def preview(
    template: Template | Source,
    *,
    merchant: Merchant,
    facts: Mapping[str, Any] | None = None,
    category: str = "",
    country: str = "",
) -> Preview:
    """Return what a template says about an order, by default a made-up one. Raises `TemplateErrors`."""
    source = template if isinstance(template, Source) else source_of(template)
    category = category or (template.category if isinstance(template, Template) else "transactional")
    country = country or str((facts or {}).get("customer", {}).get("country") or merchant.country)
    brand = Brand.objects.filter(merchant=merchant).first()
    wording = compile(source, brand_facts(brand) if source.channel == "email" else None)
    if facts is None:
        facts = sample_facts(source.event, source.language)
        facts["merchant"] |= {"name": merchant.name, "query_url": query_codes.url(merchant.pk)}
    whole = complete(facts, event=source.event, language=source.language)
    zone = str(facts.get("customer", {}).get("timezone") or merchant.timezone)
    missing: list[str] = []
    try:
        rendered = wording.render(facts, language=source.language, timezone=zone, links=whole["links"])
    except MissingValue as fault:
        missing = fault.names
        rendered = wording.render(whole, language=source.language, timezone=zone)
    ways = ways_of(merchant)
    named = {place for way in ways for place in way.countries}
    signatures = signatures_of(merchant, {country} | (named & OWN_RULES))
    signature, size = "", None
    if source.channel == ChannelKind.SMS:
        signature = signatures[country]
        size = segments.count(segments.with_signature(rendered.text, signature), country=country)
    return Preview(
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        signature=signature,
        segments=size,
        parts=size.parts if size else 0,
        findings=lint(
            source,
            countries=signatures,
            category=category,
            signature=signatures,
            gateways=ways,
            facts={**facts, "links": whole["links"]},
        ),
        missing=missing,
    )


def ways_of(merchant: Merchant) -> list[Way]:
    """Return the merchant's active accounts with vendors, as the linter knows them."""
    accounts = GatewayAccount.objects.filter(merchant=merchant, is_active=True)
    return [Way(account.kind, frozenset(account.countries), account.sender) for account in accounts]


def signatures_of(merchant: Merchant, countries: Iterable[str]) -> dict[str, str]:
    """Return the signature that texts to each country carry, without brackets; empty where there is none."""
    known = list(Signature.objects.filter(merchant=merchant).order_by("-is_default", "id"))
    return {
        country: next((one.text for one in known if not one.countries or country in one.countries), "")
        for country in countries
    }
