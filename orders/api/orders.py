"""orders/, orders/bulk/, and what belongs to one order: its shipments and returns."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.api.problems import problem_of
from merchants.api.views import Resources
from merchants.models import Scope
from orders import services
from orders.api.filters import OrderFilters
from orders.api.serializers import (
    BulkAnswerSerializer,
    BulkSerializer,
    OrderChangeSerializer,
    OrderSerializer,
    ReturnSerializer,
    ShipmentSerializer,
)
from orders.errors import AlreadyExists, InvalidInput
from orders.models import Order, Return, Shipment

# Reading and writing by it leave nothing behind, and making one takes longer than using it.
BODY = OrderSerializer()


class OrderViewSet(ListModelMixin, RetrieveModelMixin, Resources[Order]):
    """The merchant's orders, by their numbers."""

    model = Order
    read_scope, write_scope = Scope.ORDERS_READ, Scope.ORDERS_WRITE
    lookup_field = "number"
    serializer_class = OrderSerializer
    filterset_class = OrderFilters
    related = ("customer",)

    def get_queryset(self) -> QuerySet[Order]:
        return super().get_queryset().prefetch_related("items")

    def create(self, request: Request) -> Response:
        return Response(BODY.to_representation(self._place(request.data)), 201)

    @extend_schema(request=OrderChangeSerializer, responses=OrderSerializer)
    def partial_update(self, request: Request, number: str) -> Response:
        order = self.get_object()
        body = OrderChangeSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        fields = body.validated_data
        if "lines" in fields:
            fields["items"] = fields.pop("lines")
        services.change_order(order, **fields)
        return Response(OrderSerializer(self.get_object()).data)

    @extend_schema(request=BulkSerializer, responses={200: BulkAnswerSerializer})
    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Take up to 500 orders, each by itself: the good ones are kept, the others say why not.

        Their messages go by the lane for bulk, behind which no urgent one waits.
        """
        body = BulkSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            results = [self._result(order) for order in body.validated_data["orders"]]
        failed = sum(result["status"] == "error" for result in results)
        return Response({"created": len(results) - failed, "failed": failed, "results": results})

    def _result(self, data: Any) -> dict[str, Any]:
        number = data.get("number") if isinstance(data, dict) else None
        try:
            order = self._place(data, is_bulk=True)
        except (APIException, InvalidInput, AlreadyExists) as error:
            problem = problem_of(error).body
            told = {name: problem[name] for name in ("code", "detail", "errors")}
            return {"number": number if isinstance(number, str) else None, "status": "error", **told}
        return {"number": order.number, "status": "created", "id": str(order.pk)}

    def _place(self, data: Any, *, is_bulk: bool = False) -> Order:
        fields = BODY.run_validation(data)
        fields["items"] = fields.pop("lines", [])
        return services.place_order(self.merchant, is_bulk=is_bulk, **fields)


class OfOrder(ListModelMixin, Resources[Any]):
    """What belongs to one order; the order's number stands in the address."""

    read_scope, write_scope = Scope.ORDERS_READ, Scope.ORDERS_WRITE
    related = ("order",)

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        return rows if getattr(self, "swagger_fake_view", False) else rows.filter(order=self.order)

    @property
    def order(self) -> Order:
        orders = Order.objects.select_related("merchant", "customer")
        order: Order = get_object_or_404(orders, number=self.kwargs["order_number"])
        return order


class ShipmentsOfOrder(OfOrder):
    """The order's shipments."""

    model = Shipment
    serializer_class = ShipmentSerializer

    def create(self, request: Request, order_number: str) -> Response:
        """Tell of a parcel. One whose tracking number is known is moved, and not made again."""
        body = ShipmentSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        shipment = services.report_shipment(self.order, **body.validated_data)
        return Response(ShipmentSerializer(shipment).data, 201 if shipment.was_made else 200)


class ReturnsOfOrder(OfOrder):
    """The order's returns."""

    model = Return
    serializer_class = ReturnSerializer

    def create(self, request: Request, order_number: str) -> Response:
        body = ReturnSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = services.request_return(self.order, **body.validated_data)
        return Response(ReturnSerializer(made).data, 201)
