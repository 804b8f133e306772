"""limits/: how much may be sent on a day or in a month, and how much was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone as clock
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from notifications import configuring
from notifications.api.settings import Settings
from notifications.api.settings_bodies import choice
from notifications.limits.budgets import Used
from notifications.limits.usage import used_now
from notifications.models import Period, Scope, SendingLimit


class LimitSerializer(serializers.Serializer[Any]):
    """`scope` and `period` stay as they are; there is one limit for each pair."""

    id = serializers.UUIDField(read_only=True)
    scope = choice(Scope.choices, required=True, help_text="domestic: to the shop's own country.")
    period = choice(
        Period.choices, required=True, help_text="A calendar day or month in the shop's time zone."
    )
    most = serializers.IntegerField(min_value=0, help_text="Parts of text messages.")
    used = serializers.SerializerMethodField(help_text="Parts that left in the present day or month.")

    @extend_schema_field(int)
    def get_used(self, limit: SendingLimit) -> int:
        used: Mapping[str, Used] = self.context["used"]
        return used[limit.scope].of(limit.period)


class LimitViewSet(Settings[Any]):
    """Limits on what leaves; texts beyond wait for the next day or month."""

    model = SendingLimit
    serializer_class = LimitSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        context = {**super().get_serializer_context()}
        if not getattr(self, "swagger_fake_view", False):  # the schema is drawn outside any merchant
            context["used"] = used_now(self.merchant, now=clock.now())
        return context

    def save(self, data: Mapping[str, Any], row: SendingLimit | None = None) -> SendingLimit:
        return configuring.save_limit(self.merchant, data=data, limit=row)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Take the limit away; what waited for room is sent."""
        configuring.remove_limit(self.get_object())
        return Response(status=204)
