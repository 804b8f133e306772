"""customers/: the people who buy."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.api.views import Resources
from merchants.models import Scope
from orders import services
from orders.api.filters import CustomerFilters
from orders.api.serializers import CustomerDetailSerializer
from orders.models import Customer


class CustomerViewSet(ListModelMixin, RetrieveModelMixin, Resources[Customer]):
    """The merchant's customers, by the shop's own IDs."""

    model = Customer
    read_scope, write_scope = Scope.ORDERS_READ, Scope.ORDERS_WRITE
    lookup_field = "external_id"
    serializer_class = CustomerDetailSerializer
    filterset_class = CustomerFilters

    def get_queryset(self) -> QuerySet[Customer]:
        return super().get_queryset().filter(erased_at=None)

    def create(self, request: Request) -> Response:
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        customer = services.make_customer(self.merchant, **body.validated_data)
        return Response(self.get_serializer(customer).data, 201)

    def partial_update(self, request: Request, external_id: str) -> Response:
        body = self.get_serializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        customer = services.change_customer(self.get_object(), **body.validated_data)
        return Response(self.get_serializer(customer).data)

    @extend_schema(description="Erase the person: blank all that is personal. Orders and opt-outs stay.")
    def destroy(self, request: Request, **_: Any) -> Response:
        services.erase_customer(self.get_object())
        return Response(status=204)
