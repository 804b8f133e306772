"""events/: what happened."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.api.views import Resources
from merchants.models import Scope
from orders import services
from orders.api.filters import EventFilters
from orders.api.serializers import EventPostSerializer, EventSerializer
from orders.errors import InvalidInput
from orders.models import Customer, Event


class EventViewSet(ListModelMixin, RetrieveModelMixin, Resources[Event]):
    """All events; those that follow from no order can be posted."""

    model = Event
    read_scope, write_scope = Scope.ORDERS_READ, Scope.ORDERS_WRITE
    serializer_class = EventSerializer
    filterset_class = EventFilters
    related = ("order", "customer")

    @extend_schema(request=EventPostSerializer, responses={201: EventSerializer})
    def create(self, request: Request) -> Response:
        body = EventPostSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        fields = body.validated_data
        event = services.record_event(self.merchant, **fields | {"customer": self._customer(fields)})
        return Response(EventSerializer(event).data, 201)

    def _customer(self, fields: dict[str, str]) -> Customer | None:
        if not fields.get("customer"):
            return None
        customer: Customer | None = Customer.objects.filter(external_id=fields["customer"]).first()
        if customer is None:
            raise InvalidInput("customer", "unknown_customer", _("There is no such customer."))
        return customer
