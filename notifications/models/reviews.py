"""Where signatures and templates stand with the vendors who review them.

`look_at` is when the vendor is next asked; None when there is nothing to ask.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from merchants.ownership import Owned
from notifications.models.configuration import Signature, Template
from notifications.models.gateways import GatewayAccount


class Review(models.TextChoices):
    """Where a signature or template stands with a vendor."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    FILED = "filed", _("Filed with carriers")
    USABLE = "usable", _("Usable")


class VendorSignature(Owned):
    """Where a signature stands with one gateway."""

    signature = models.ForeignKey(Signature, on_delete=models.CASCADE, related_name="reviews")
    gateway = models.ForeignKey(GatewayAccount, on_delete=models.CASCADE, related_name="signatures")
    state = models.CharField(_("state"), max_length=10, choices=Review, default=Review.DRAFT)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    code = models.CharField(_("vendor's name for it"), max_length=60, blank=True)
    # What the vendor wanted to know with it, and what each carrier says of it.
    fields = models.JSONField(default=dict, blank=True)
    carriers = models.JSONField(default=dict, blank=True)
    submitted_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("signature at a gateway")
        verbose_name_plural = _("signatures at gateways")
        constraints = [models.UniqueConstraint(fields=["signature", "gateway"], name="vendor_signature_once")]

    def __str__(self) -> str:
        return f"{self.signature} · {self.gateway}"


class VendorTemplate(Owned):
    """A template's counterpart at one gateway: the vendor's code and its own placeholders.

    `params` maps the vendor's variable names to our placeholders, e.g. {"no": "order.number"}; `body` is
    the text as the vendor has it, of our version number `version`.
    """

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="reviews")
    gateway = models.ForeignKey(GatewayAccount, on_delete=models.CASCADE, related_name="templates")
    code = models.CharField(_("vendor's template code"), max_length=60, blank=True)
    params = models.JSONField(_("vendor's variables"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=Review, default=Review.DRAFT)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    body = models.TextField(_("text on file"), blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    fields = models.JSONField(default=dict, blank=True)
    submitted_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("template at a gateway")
        verbose_name_plural = _("templates at gateways")
        constraints = [models.UniqueConstraint(fields=["template", "gateway"], name="vendor_template_once")]

    def __str__(self) -> str:
        return f"{self.template} · {self.gateway}"
