"""What Aliyun wants to know with a signature or a template, and how he wants each variable described."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from notifications.gateways.reviewing import Field

SIGNATURE_FIELDS = (
    Field(
        "QualificationId",
        _("Qualification ID"),
        _("Of an approved qualification: the vendor's console shows it under qualification management."),
    ),
    # Names of apps, sites and accounts are no longer taken, so only these two can pass.
    Field(
        "SignSource",
        _("What the signature is"),
        choices=(("0", _("Name of the company or institution")), ("5", _("Registered trademark"))),
        default="0",
    ),
    Field(
        "TrademarkId",
        _("Trademark ID"),
        _("Only for a trademark: the one under which it was entered with the vendor."),
        is_required=False,
    ),
    Field(
        "ThirdParty",
        _("Whose signature it is"),
        _("The qualification must be for the same use."),
        choices=(("false", _("Our own")), ("true", _("Another company's"))),
        default="false",
    ),
    Field(
        "AuthorizationLetterId",
        _("Authorization letter ID"),
        _("Only for another company's signature."),
        is_required=False,
    ),
    Field(
        "Remark",
        _("Remark for the reviewers"),
        _("Where the texts are used, with a link to the shop and a whole example; at most 200 characters."),
        is_required=False,
    ),
)
TEMPLATE_FIELDS = (
    Field(
        "ApplySceneContent",
        _("Where it is used"),
        _("The business in a sentence, or the address of the shop."),
    ),
    Field(
        "Remark",
        _("Remark for the reviewers"),
        _("A whole example with values in place of the variables makes approval more likely."),
        is_required=False,
    ),
    Field(
        "TemplateRule",
        _("Rules of the variables"),
        _('Only if the vendor refuses ours: JSON, for example {"no": "other_number2"}.'),
        is_required=False,
        is_per_template=True,
    ),
    Field(
        "TrafficDriving",
        _("Links and phone numbers in the text"),
        _("JSON as the vendor describes it: who each link or number belongs to, and its ICP filing."),
        is_required=False,
        is_per_template=True,
    ),
    Field(
        "MoreData",
        _("Uploaded proofs"),
        _("Keys of files uploaded to the vendor, one a line. Promotions need proof of people's consent."),
        is_required=False,
    ),
)

# The vendor refuses a text whose value breaks the rule of its variable, so each rule here is one that our
# values keep: amounts carry their currency, which `money` forbids; names of people and shops need not be
# Chinese, which `name` and `unit_name` demand. What is not listed is `others`: no phones, no links.
RULES = {
    "customer.name": "user_nick",
    "shipment.courier_name": "user_nick",
    "order.number": "other_number2",
    "stock.sku": "other_number2",
    "shipment.tracking_number": "other_number2",
    "shipment.location": "address",
    "shipment.courier_phone": "phone_number2",
    "merchant.support_phone": "phone_number2",
    "order.placed_at": "time",
    "order.payment_due_at": "time",
    "shipment.eta": "time",
    "membership.expires_at": "time",
    "event.occurred_at": "time",
}
OTHERS = "others"
OF_PROMOTIONS = frozenset({"user_nick", "time", OTHERS})


def rules_of(variables: Mapping[str, str], *, is_promotion: bool) -> dict[str, str]:
    """Return the vendor's rule for each of his variables, guessed from the placeholder that fills it."""
    rules = {name: RULES.get(placeholder, OTHERS) for name, placeholder in variables.items()}
    if is_promotion:
        rules = {name: rule if rule in OF_PROMOTIONS else OTHERS for name, rule in rules.items()}
    return rules
