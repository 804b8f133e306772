"""Codes that customers type in where a text may not carry a link."""

from __future__ import annotations

from django.db import models
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from merchants.ownership import Owned
from orders.models import Order


class QueryCode(Owned):
    """The code of an order, six characters at most, once in a shop."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="query_code")
    code = models.CharField(_("query code"), max_length=6)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("query code")
        verbose_name_plural = _("query codes")
        constraints = [models.UniqueConstraint(fields=["merchant", "code"], name="query_code_once")]

    def __str__(self) -> str:
        return self.code
