"""Where signatures and templates stand with the vendors who review them.

`look_at` is when the vendor is next asked; None when there is nothing to ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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


# The states in which the vendor has approved it.
USABLE = frozenset({Review.APPROVED, Review.FILED, Review.USABLE})
# Those in which the vendor refuses every text with a signature that was never approved.
BARRED = frozenset({Review.SUBMITTED, Review.REJECTED})


@dataclass(frozen=True, slots=True)
class OnFile:
    """A text as the vendor sends it: by his code, with our placeholders for his variables."""

    code: str
    params: dict[str, Any]
    body: str


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
    # Approved before it was handed in again, and not rejected since.
    was_usable = models.BooleanField(_("was approved before"), default=False)
    submitted_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("signature at a gateway")
        verbose_name_plural = _("signatures at gateways")
        constraints = [models.UniqueConstraint(fields=["signature", "gateway"], name="vendor_signature_once")]

    def __str__(self) -> str:
        return f"{self.signature} · {self.gateway}"

    @property
    def is_barred(self) -> bool:
        """Say whether the vendor would refuse a text with it; one he never saw is no bar."""
        return self.state in BARRED and not self.was_usable

    @property
    def stays_in_use(self) -> bool:
        """Say whether texts carry it for what the vendor said of it before."""
        return self.state in BARRED and self.was_usable


class VendorTemplate(Owned):
    """A template's counterpart at one gateway: the vendor's code and its own placeholders.

    `params` maps the vendor's variable names to our placeholders, e.g. {"no": "order.number"}; `body` is
    the text as the vendor has it, of our version number `version`. The former ones are approved, and sent
    until this one is.
    """

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="reviews")
    gateway = models.ForeignKey(GatewayAccount, on_delete=models.CASCADE, related_name="templates")
    code = models.CharField(_("vendor's template code"), max_length=60, blank=True)
    params = models.JSONField(_("vendor's variables"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=Review, default=Review.DRAFT)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    body = models.TextField(_("text on file"), blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    former_code = models.CharField(_("former template code"), max_length=60, blank=True, default="")
    former_params = models.JSONField(_("former variables"), default=dict, blank=True)
    former_body = models.TextField(_("former text on file"), blank=True, default="")
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

    @property
    def is_usable(self) -> bool:
        return bool(self.code) and self.state in USABLE

    @property
    def in_use(self) -> OnFile | None:
        """Return what texts leave with: this one once it is approved, until then the former one."""
        if self.is_usable:
            return OnFile(self.code, self.params, self.body)
        if self.former_code:
            return OnFile(self.former_code, self.former_params, self.former_body)
        return None

    @property
    def stays_in_use(self) -> bool:
        """Say whether texts leave with the former one."""
        return bool(self.former_code) and not self.is_usable
