"""Why a message was held, dropped or given up: stable codes, and the words for them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    NO_ADDRESS = "no_address", _("The person has no usable address on this channel.")
    NO_TEMPLATE = "no_template", _("The rule's template has no active wording for this channel.")
    OPTED_OUT = "opted_out", _("The person opted out of this kind of message on this channel.")
    PREFERENCE = "preference", _("The person chose not to get this kind of message on this channel.")
    DUPLICATE = "duplicate", _("Another rule already tells this person the same with the same template.")
    NOT_TRUE = "not_true", _("When it was about to be sent, the rule's condition no longer held.")
    OVERTAKEN = "overtaken", _("When it was about to be sent, the order had already moved on.")
    RULE_OFF = "rule_off", _("The rule was switched off before the message was sent.")
    EXPIRED = "expired", _("Its useful life was over before it could be sent.")
    QUIET_HOURS = "quiet_hours", _("It is the person's quiet time; the message waits until it ends.")
    BUDGET = "budget", _("The shop's sending limit is used up; the message waits for the next day or month.")
    RATE_LIMIT = "rate_limit", _("The gateway's rate limit is reached; the message waits its turn.")
    NO_GATEWAY = "no_gateway", _("No active gateway account covers this country.")
    NO_VENDOR_TEMPLATE = (
        "no_vendor_template",
        _("The gateway sends by its own templates, and none is usable yet."),
    )
    NO_VENDOR_SIGNATURE = (
        "no_vendor_signature",
        _("The gateway has not approved the signature, or rejected it."),
    )
    NO_SIGNATURE = "no_signature", _("Texts to mainland China need a signature, and none is set up.")
    GATEWAY_PAUSED = (
        "gateway_paused",
        _("Every gateway account for this country is paused; the message waits."),
    )
    MISSING_VALUE = "missing_value", _("The template needs a value that this order does not have.")
    BAD_TEMPLATE = "bad_template", _("The template could not be rendered.")
    INTERNAL_FAULT = (
        "internal_fault",
        _("Orderbell could not make this message, and tries again for as long as it is useful."),
    )
    TRIED_ENOUGH = "tried_enough", _("It was tried as often as the plan allows and refused each time.")
    REFUSED = "refused", _("The gateway refused it for good.")
    UNKNOWN_OUTCOME = (
        "unknown_outcome",
        _("Nobody can say whether it was sent; it is not sent again blindly."),
    )
    UNDELIVERED = "undelivered", _("The carrier or mail server reported that it could not be delivered.")
