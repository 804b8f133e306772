"""shipments/{id}/ and returns/{id}/."""

from __future__ import annotations

from uuid import UUID

from rest_framework.mixins import RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.api.views import Resources
from merchants.models import Scope
from orders import services
from orders.api.serializers import ReturnSerializer, ShipmentSerializer
from orders.models import Return, Shipment


class ShipmentViewSet(RetrieveModelMixin, Resources[Shipment]):
    """One parcel."""

    model = Shipment
    read_scope, write_scope = Scope.ORDERS_READ, Scope.ORDERS_WRITE
    serializer_class = ShipmentSerializer
    related = ("order__merchant",)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Tell where it is now. News that comes late is kept as an event, and changes nothing else."""
        shipment = self.get_object()
        body = self.get_serializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        shipment = services.report_shipment(shipment.order, shipment=shipment, **body.validated_data)
        return Response(self.get_serializer(shipment).data)


class ReturnViewSet(RetrieveModelMixin, Resources[Return]):
    """One return of goods."""

    model = Return
    read_scope, write_scope = Scope.ORDERS_READ, Scope.ORDERS_WRITE
    serializer_class = ReturnSerializer
    related = ("order",)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        body = self.get_serializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        changed = services.change_return(self.get_object(), **body.validated_data)
        return Response(self.get_serializer(changed).data)
