"""opt-outs/: who must not be written to."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.mixins import DestroyModelMixin, ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.api.views import Resources
from merchants.models import Scope
from notifications import consent
from notifications.api.filters import OptOutFilters
from notifications.api.settings_bodies import OptOutChangeSerializer, OptOutSerializer
from notifications.models import OptOut, OptOutSource


class OptOutViewSet(ListModelMixin, RetrieveModelMixin, DestroyModelMixin, Resources[OptOut]):
    """Addresses that must not be written to, per channel and category."""

    model = OptOut
    read_scope, write_scope = Scope.SETTINGS_READ, Scope.SETTINGS_WRITE
    serializer_class = OptOutSerializer
    filterset_class = OptOutFilters

    @extend_schema(request=OptOutSerializer, responses={200: OptOutSerializer, 201: OptOutSerializer})
    def create(self, request: Request) -> Response:
        """Note an address; one that is known stays as it was noted first (200)."""
        body = OptOutSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        entry = dict(body.validated_data)
        reason = entry.pop("reason", "")
        entry["address"] = consent.normalise_address(
            entry["channel"], entry["address"], self.merchant.country
        )
        is_new = consent.opt_out(self.merchant.pk, **entry, source=OptOutSource.API, reason=reason)
        return Response(self.get_serializer(OptOut.objects.get(**entry)).data, 201 if is_new else 200)

    @extend_schema(request=OptOutChangeSerializer, responses=OptOutSerializer)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Write down another reason."""
        row = self.get_object()
        body = OptOutChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        row.reason = body.validated_data.get("reason", row.reason)
        row.save(update_fields=["reason"])
        return Response(self.get_serializer(row).data)
