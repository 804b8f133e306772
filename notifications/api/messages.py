"""messages/: what was told to whom, and why; and once more, by hand."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.api.views import Resources
from merchants.models import Scope
from notifications.api.filters import MessageFilters
from notifications.api.message_bodies import MessageSerializer, MessageStorySerializer
from notifications.models import Attempt, Message, Receipt
from notifications.resending import resend


class MessageViewSet(ListModelMixin, RetrieveModelMixin, Resources[Message]):
    """Every message, newest first; one with its whole story."""

    model = Message
    read_scope, write_scope = Scope.MESSAGES_READ, Scope.MESSAGES_WRITE
    serializer_class = MessageSerializer
    filterset_class = MessageFilters

    def get_queryset(self) -> QuerySet[Message]:
        rows = super().get_queryset().select_related("order", "customer", "event")
        if getattr(self, "swagger_fake_view", False):
            return rows
        if self.action == "list":
            # A line shows neither the words nor what the gates said, which is most of a row.
            return rows.defer("gates", "subject", "body", "order__attributes", "event__data")
        return rows.select_related("rule", "template_version", "gateway").prefetch_related(
            Prefetch("attempts", Attempt.objects.select_related("gateway").order_by("number")),
            Prefetch("receipts", Receipt.objects.order_by("id")),
        )

    @extend_schema(responses=MessageStorySerializer)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        return Response(MessageStorySerializer(self.get_object()).data)

    @extend_schema(request=None, responses={201: MessageStorySerializer})
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, pk: UUID) -> Response:
        """Tell the same once more, by a new message: 409 unless it failed, was dropped or did not arrive."""
        again = resend(self.get_object())
        return Response(MessageStorySerializer(self.get_queryset().get(pk=again.pk)).data, 201)
