"""Who does not want to hear: opt-outs and preferences."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.models import User
from merchants.ownership import Owned
from notifications.models.kinds import Category, ChannelKind
from orders.models import Customer


class OptOutSource(models.TextChoices):
    LINK = "link", _("Unsubscribe link")
    REPLY = "reply", _("Reply")
    HAND = "hand", _("By hand")
    IMPORT = "import", _("Import")
    BOUNCE = "bounce", _("Bounce")
    COMPLAINT = "complaint", _("Complaint")
    VENDOR = "vendor", _("Refused at the gateway")
    API = "api", _("API")


class OptOut(Owned):
    """An address that must not be written to. Phones are E.164, emails lower case."""

    channel = models.CharField(_("channel"), max_length=10, choices=ChannelKind)
    address = models.CharField(_("address"), max_length=254)
    category = models.CharField(_("category"), max_length=15, choices=Category)
    source = models.CharField(_("source"), max_length=10, choices=OptOutSource)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("opt-out")
        verbose_name_plural = _("opt-outs")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "channel", "address", "category"], name="opt_out_once"
            )
        ]
        indexes = [models.Index(fields=["merchant", "-id"])]

    def __str__(self) -> str:
        return f"{self.address} · {self.get_channel_display()} · {self.get_category_display()}"


class Preferences(Owned):
    """What a customer chose on the preference page.

    `refused` holds "<channel>:<category>"; `quiet_from` and `quiet_until` are the hours of rest in
    the customer's own time zone (empty: the merchant's country's rule).
    """

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="preferences")
    refused = models.JSONField(default=list, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return str(self.customer)


class OptOutImport(Owned):
    """A list of opt-outs that was read in, with what became of each row.

    `report` is a list of {row, address, code} for the rows that were refused.
    """

    file_name = models.CharField(max_length=200)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    rows = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=list)

    class Meta:
        verbose_name = _("opt-out import")
        verbose_name_plural = _("opt-out imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name
