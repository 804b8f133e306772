"""replies/: what people answered, and who has read it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.api.serializers import StrictSerializer
from merchants.api.views import Resources
from merchants.models import Scope
from notifications.api.filters import OptOutFilters
from notifications.api.message_bodies import GatewayOfMessageSerializer
from notifications.models import ChannelKind, Receipt
from notifications.receipts import inbox


class ReplyFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    channel = filters.ChoiceFilter(choices=ChannelKind.choices)
    address = filters.CharFilter(method="of_address", max_length=254)
    is_read = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", exclude=True)

    of_address = OptOutFilters.of_address


class ReplySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    channel = serializers.ChoiceField(choices=ChannelKind.choices)
    address = serializers.CharField(help_text="Who answered; empty when the vendor did not say.")
    text = serializers.CharField()
    effect = serializers.SerializerMethodField(help_text="What it did by itself.")
    message = serializers.UUIDField(source="message_id", allow_null=True, help_text="Which one it answers.")
    order = serializers.CharField(
        source="message.order.number", default=None, help_text="The number of that message's order."
    )
    gateway = GatewayOfMessageSerializer(allow_null=True)
    received_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(choices=inbox.Effect.choices))
    def get_effect(self, reply: Receipt) -> str:
        return inbox.effect_of(reply).value


class ReplyChangeSerializer(StrictSerializer):
    is_read = serializers.BooleanField(help_text="Whether somebody of the team has read it.")


class ReplyViewSet(ListModelMixin, RetrieveModelMixin, Resources[Receipt]):
    """What people answered, newest first."""

    model = Receipt
    read_scope, write_scope = Scope.MESSAGES_READ, Scope.MESSAGES_WRITE
    serializer_class = ReplySerializer
    filterset_class = ReplyFilters

    def get_queryset(self) -> QuerySet[Receipt]:
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return (
            inbox.replies()
            .select_related("message__order", "gateway")
            .defer("message__gates", "message__body", "message__order__attributes")
        )

    @extend_schema(request=ReplyChangeSerializer, responses=ReplySerializer)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Note that it was read, or that it is still to be."""
        reply = self.get_object()
        body = ReplyChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        inbox.mark(reply, is_read=body.validated_data["is_read"])
        return Response(self.get_serializer(reply).data)
