"""The ways out: accounts with SMS vendors, and the routes that choose between them."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from merchants.fields import EncryptedJSONField
from merchants.ownership import Owned
from notifications.models.archiving import Archivable
from notifications.models.kinds import Category


class GatewayAccount(Archivable):
    """A merchant's account with an SMS vendor; `token` is the secret part of its push address."""

    kind = models.CharField(_("gateway"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    endpoint = models.URLField(_("endpoint"), max_length=300, blank=True)
    credentials = EncryptedJSONField(default=dict)
    sender = models.CharField(_("sender"), max_length=20, blank=True)
    countries = models.JSONField(_("countries"), default=list, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), default=10)
    is_active = models.BooleanField(_("active"), default=True)
    token = models.CharField(max_length=43, unique=True, default=secrets.token_urlsafe, editable=False)
    # Networks that may push receipts and replies to us; empty is everyone who knows the secret address.
    sources = models.JSONField(_("senders of receipts"), default=list, blank=True)
    per_second = models.PositiveIntegerField(_("most texts a second"), null=True, blank=True)
    # The vendor refuses the account itself (no money, bad key), or fails: nothing is sent until then.
    paused_until = models.DateTimeField(null=True, editable=False)
    paused_reason = models.CharField(max_length=300, blank=True, default="", editable=False)
    # Its receipts stay away: others are preferred until then.
    doubted_until = models.DateTimeField(null=True, editable=False)
    # How often in a row it had to rest; above 0 it comes back on trial, a few texts at a time.
    rests = models.PositiveSmallIntegerField(default=0, editable=False)
    # When it last sent us a receipt; one that never did is not expected to.
    reported_at = models.DateTimeField(null=True, editable=False)
    balance = models.DecimalField(max_digits=14, decimal_places=2, null=True, editable=False)
    balance_unit = models.CharField(max_length=3, blank=True, default="", editable=False)
    balance_at = models.DateTimeField(null=True, editable=False)
    balance_floor = models.DecimalField(
        _("tell us when the balance falls below"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    # A text of one's own that shows every so often that the way is open; 0 minutes is never.
    canary_phone = models.CharField(_("canary's phone"), max_length=20, blank=True)
    canary_minutes = models.PositiveIntegerField(_("canary every (minutes)"), default=0)
    canary_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("gateway account")
        verbose_name_plural = _("gateway accounts")
        ordering = ["priority", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "name"], name="gateway_name_once", condition=models.Q(archived_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.name


class Route(Owned):
    """Which accounts take the texts of a category to a country, in this order.

    An empty country or category is any; the route that says most of a text counts. Where none speaks of
    it, all accounts that cover the country take it, by their place in line. `gateways` are ids.
    """

    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    category = models.CharField(_("category"), max_length=15, choices=Category, blank=True, default="")
    gateways = models.JSONField(_("gateways"), default=list)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        ordering = ["country", "category"]
        constraints = [models.UniqueConstraint(fields=["merchant", "country", "category"], name="route_once")]

    def __str__(self) -> str:
        return f"{self.country or '*'} · {self.get_category_display() or '*'}"
