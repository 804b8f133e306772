"""Encrypt every secret anew with the first of FIELD_KEYS."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction

from merchants.fields import EncryptedJSONField
from merchants.ownership import across_merchants


class Command(BaseCommand):
    help = "Encrypt every stored secret with the first of FIELD_KEYS, so that the others can be taken away."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        with across_merchants():
            for model in apps.get_models():
                names = [field.name for field in model._meta.fields if isinstance(field, EncryptedJSONField)]
                if names:
                    with transaction.atomic():
                        for row in model._base_manager.select_for_update():
                            row.save(update_fields=names)
                            count += 1
        self.stdout.write(f"{count} rows are encrypted with the first key.")
