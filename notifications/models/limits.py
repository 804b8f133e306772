"""How much may be sent: what a merchant allows, what was used of it, and the buckets of the vendors."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from merchants.ownership import Owned


class Scope(models.TextChoices):
    DOMESTIC = "domestic", _("At home")
    INTERNATIONAL = "international", _("Abroad")


class Period(models.TextChoices):
    DAY = "day", _("A day")
    MONTH = "month", _("A month")


class SendingLimit(Owned):
    """At most `most` parts of texts in a calendar day or month of the merchant's."""

    scope = models.CharField(_("where"), max_length=13, choices=Scope)
    period = models.CharField(_("in"), max_length=5, choices=Period)
    most = models.PositiveIntegerField(_("at most (text parts)"))

    class Meta:
        verbose_name = _("sending limit")
        verbose_name_plural = _("sending limits")
        ordering = ["scope", "period"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "scope", "period"], name="sending_limit_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()} · {self.get_period_display()} · {self.most}"


class Usage(Owned):
    """How many parts of texts left on one of the merchant's days."""

    scope = models.CharField(max_length=13, choices=Scope)
    day = models.DateField()
    parts = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("usage")
        verbose_name_plural = _("usage")
        constraints = [models.UniqueConstraint(fields=["merchant", "scope", "day"], name="usage_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.scope} {self.parts}"


class Bucket(models.Model):
    """A token bucket that hosts share where there is no Redis (notifications.limits)."""

    key = models.CharField(primary_key=True, max_length=64)
    # When the bucket will be full again (UNIX time): all that a bucket has to remember.
    full_at = models.FloatField()

    class Meta:
        verbose_name = _("bucket")
        verbose_name_plural = _("buckets")
        indexes = [models.Index(fields=["full_at"], name="bucket_full")]

    def __str__(self) -> str:
        return self.key
