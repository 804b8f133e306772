"""The bases of the operators' admin: what may be looked at, and the little that may be changed there.

Operators see the rows of all merchants, archived ones too. Merchants' rows are made by their own
screens, scripts and services, which check them; the admin makes none and deletes none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

if TYPE_CHECKING:
    PlainAdmin = admin.ModelAdmin[Model]
    PlainLines = admin.TabularInline[Model, Model]
else:
    PlainAdmin, PlainLines = admin.ModelAdmin, admin.TabularInline


class Row(PlainAdmin):
    """Rows of which only the fields in `changeable` can be changed; `secret` ones are not even shown."""

    changeable: ClassVar[tuple[str, ...]] = ()
    secret: ClassVar[frozenset[str]] = frozenset()

    ordering = ("-pk",)
    actions: Sequence[str] | None = None
    list_per_page = 50
    # Counting all rows of a large table takes longer than showing a page of it.
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._base_manager.order_by(*self.get_ordering(request))
        return rows

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return [field.name for field in self.opts.concrete_fields if field.name not in self.secret]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [name for name in self.get_fields(request, obj) if name not in self.changeable]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(self.changeable) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm[Any], change: bool) -> None:
        """Write what was changed and nothing else: a worker may be writing the rest."""
        times = {"updated_at"} & {field.name for field in self.opts.concrete_fields}
        if form.changed_data:
            obj.save(update_fields=[*form.changed_data, *times])


class Lines(PlainLines):
    """Rows that belong to another, to look at."""

    extra = 0
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._base_manager.order_by("pk")
        return rows

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
