"""What is taken out of use and kept: the story of what it sent still names it.

Removing sets `archived_at`, and `objects` shows only what is not archived (a message's own foreign key
still finds it).
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django_scopes import ScopedManager

from merchants.ownership import Owned


class LiveManager(models.Manager[Any]):
    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(archived_at=None)


class Archivable(Owned):
    archived_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ScopedManager(merchant="merchant", _manager_class=LiveManager)

    class Meta:
        abstract = True

    def archive(self) -> None:
        """Take it out of use; what it sent keeps its story."""
        self.archived_at = timezone.now()
        self.save(update_fields=["archived_at"])
