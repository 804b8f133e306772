"""A template beside its text at a vendor."""

from __future__ import annotations

from notifications import query_codes, templates
from notifications.gateways.registry import GATEWAYS
from notifications.models import GatewayAccount, Template, VendorTemplate
from notifications.vendor_comparison import Comparison, compare
from notifications.vendor_wording import Spelled, spelled


def spelled_for(template: Template, account: GatewayAccount) -> Spelled:
    """Return a template as the vendor of an account wants it. Raises `CannotSpell`."""
    spell = GATEWAYS[account.kind].spell_variable
    return spelled(templates.source_of(template), spell, fixed=_fixed(template))


def comparison_of(review: VendorTemplate) -> Comparison:
    """Lay our wording as it is now beside the text on file."""
    return compare(
        templates.source_of(review.template),
        review.body,
        review.params,
        spell=GATEWAYS[review.gateway.kind].spell_variable,
        fixed=_fixed(review.template),
    )


def _fixed(template: Template) -> dict[str, str]:
    return {"merchant.query_url": query_codes.url(template.merchant_id)}
