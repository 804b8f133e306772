"""The bodies of the orders' part of the API. The services bring what is written into form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from merchants.api.serializers import StrictSerializer
from orders.events import FREE_KINDS
from orders.items import MOST_ITEMS
from orders.models import ItemKind
from orders.statuses import OrderStatus, ReturnStatus, ShipmentStatus

MOST_ORDERS = 500


class TimeField(serializers.DateTimeField):
    """A time with its zone (RFC 3339); one without is refused, for nobody knows when it is."""

    default_error_messages = {
        "naive_time": _("Write the time with its zone, such as 2026-05-01T08:00:00Z."),
    }

    def enforce_timezone(self, value: Any) -> Any:
        if getattr(value, "tzinfo", None) is None:
            self.fail("naive_time")
        return super().enforce_timezone(value)


def text(most: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(**{"max_length": most, "required": False, "allow_blank": True} | options)


def time(**options: Any) -> TimeField:
    return TimeField(**{"required": False, "allow_null": True} | options)


def money(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=14, decimal_places=2, min_value=Decimal(0), **options)


@extend_schema_field({"type": "object", "additionalProperties": {}})
class ObjectField(serializers.JSONField):
    """A JSON object of the caller's own making."""


class CustomerSerializer(StrictSerializer):
    external_id = text(100)
    name = text(200)
    email = text(254)
    phone = text(250, help_text="As people write it; given back in E.164.")
    language = text(20, help_text="BCP 47, such as en or zh-Hans.")
    timezone = text(64, help_text="IANA, such as Asia/Shanghai.")
    country = text(2, help_text="ISO 3166-1 alpha-2.")
    region = text(100)


class CustomerDetailSerializer(CustomerSerializer):
    created_at = serializers.DateTimeField(read_only=True)


class ItemSerializer(StrictSerializer):
    sku = text(100)
    name = text(300, required=True, allow_blank=False)
    quantity = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)
    unit_price = money(required=False)
    kind = serializers.ChoiceField(required=False, choices=ItemKind.choices)


class OrderSerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    number = text(64, required=True, allow_blank=False)
    status = serializers.ChoiceField(required=False, choices=OrderStatus.choices)
    currency = text(3, allow_blank=False, help_text="ISO 4217; the merchant's own if left out.")
    total = money()
    placed_at = time(allow_null=False)
    payment_due_at = time()
    ip = serializers.IPAddressField(required=False, allow_null=True)
    source = text(40)  # type: ignore[assignment]  # our body's word, and an attribute of every field
    language = text(20)
    customer = CustomerSerializer()
    items: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=ItemSerializer(), source="lines", required=False, max_length=MOST_ITEMS
    )
    attributes = ObjectField(required=False)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class OrderChangeSerializer(OrderSerializer):
    """What may change: all but the number. `occurred_at` says when it happened, now if left out."""

    number = serializers.CharField(read_only=True)
    occurred_at = time(write_only=True)


class BulkSerializer(StrictSerializer):
    """Orders, each as it would be posted alone; a bare list of them will do as well."""

    orders = serializers.ListField(
        child=serializers.JSONField(), min_length=1, max_length=MOST_ORDERS, help_text="Bodies of orders."
    )

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value({"orders": data} if isinstance(data, list) else data)


class BulkResultSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=["created", "error"])
    id = serializers.UUIDField(required=False)
    code = serializers.CharField(required=False)
    detail = serializers.CharField(required=False)


class BulkAnswerSerializer(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    failed = serializers.IntegerField()
    results = BulkResultSerializer(many=True)


class ShipmentSerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    order = serializers.CharField(source="order.number", read_only=True)
    carrier = text(60)
    tracking_number = text(80)
    status = serializers.ChoiceField(required=False, choices=ShipmentStatus.choices)
    eta = time()
    window_start = time()
    window_end = time()
    courier_name = text(60)
    courier_phone = text(250)
    location = text(120)
    reason = text(120)
    delay_hours = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=10_000)
    occurred_at = time(write_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    moved_at = serializers.DateTimeField(read_only=True)


class ReturnedItemSerializer(StrictSerializer):
    sku = text(100)
    name = text(300)
    quantity = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)


class ReturnSerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    order = serializers.CharField(source="order.number", read_only=True)
    status = serializers.ChoiceField(required=False, choices=ReturnStatus.choices)
    reason = text(60)
    items: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=ReturnedItemSerializer(), required=False, max_length=MOST_ITEMS
    )
    window_start = time()
    window_end = time()
    refund_amount = money(required=False, allow_null=True)
    occurred_at = time(write_only=True)
    created_at = serializers.DateTimeField(read_only=True)


class EventSerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    kind = serializers.CharField()
    order = serializers.CharField(source="order.number", read_only=True, default=None)
    shipment = serializers.UUIDField(source="shipment_id", read_only=True)
    return_id = serializers.UUIDField(source="order_return_id", read_only=True)
    customer = serializers.CharField(source="customer.external_id", read_only=True, default=None)
    data = ObjectField()  # type: ignore[assignment]  # our body's word, and a serializer's
    occurred_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField(read_only=True)
    silence = serializers.CharField(
        read_only=True, help_text="Why it is announced to nobody; empty if it may be."
    )


class EventPostSerializer(StrictSerializer):
    """An event that follows from no order, shipment or return."""

    kind = serializers.ChoiceField(choices=[(kind.value, kind.label) for kind in FREE_KINDS])
    customer = text(100, help_text="The external ID of the customer whom it concerns.")
    data = ObjectField(required=False)  # type: ignore[assignment]  # our body's word, and a serializer's
    occurred_at = time()
    external_id = text(100, help_text="The caller's own ID: an event that was told of before is refused.")
