"""What a project with a queue keeps of a text message: less than Orderbell does."""

from __future__ import annotations

from django.db import models


class Text(models.Model):
    """One text to one number. `sent_at` is a UNIX time."""

    phone = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    number = models.CharField(max_length=64)
    total = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default="due", db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.FloatField(null=True)

    def __str__(self) -> str:
        return self.phone
