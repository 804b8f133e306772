"""Who may do what in a shop's team."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    OPERATOR = "operator", _("Operator")
    SUPPORT = "support", _("Support agent")
    FINANCE = "finance", _("Finance")
    VIEWER = "viewer", _("Viewer")


class Right(models.TextChoices):
    """One thing a person may or may not do; screens and actions name the right they need."""

    SEE = "see", _("See orders and messages")
    SEE_CONTACTS = "see_contacts", _("See full phone numbers and email addresses")
    CHANGE_ORDERS = "change_orders", _("Change orders and customers")
    SEND = "send", _("Send and resend messages")
    CHANGE_CONSENT = "change_consent", _("Change opt-outs and preferences")
    CONFIGURE = "configure", _("Change signatures, templates, rules and brand")
    CONNECT = "connect", _("Change gateways and API keys")
    MANAGE_TEAM = "manage_team", _("Manage the team")


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.OPERATOR: frozenset(Right) - {Right.MANAGE_TEAM, Right.CONNECT},
    Role.SUPPORT: frozenset(
        {Right.SEE, Right.SEE_CONTACTS, Right.CHANGE_ORDERS, Right.SEND, Right.CHANGE_CONSENT}
    ),
    Role.FINANCE: frozenset({Right.SEE, Right.SEE_CONTACTS}),
    Role.VIEWER: frozenset({Right.SEE}),
}
