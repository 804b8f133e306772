"""By what the lists can be filtered."""

from __future__ import annotations

from django_filters import rest_framework as filters

from orders.events import EventKind
from orders.statuses import OrderStatus


class OrderFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    status = filters.ChoiceFilter(choices=OrderStatus.choices)
    customer = filters.CharFilter(field_name="customer__external_id", max_length=100)
    placed_after = filters.IsoDateTimeFilter(field_name="placed_at", lookup_expr="gte")
    placed_before = filters.IsoDateTimeFilter(field_name="placed_at", lookup_expr="lt")


class CustomerFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    email = filters.CharFilter(lookup_expr="iexact", max_length=254)
    phone = filters.CharFilter(max_length=20)


class EventFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    kind = filters.ChoiceFilter(choices=EventKind.choices)
    order = filters.CharFilter(field_name="order__number", max_length=64)
    customer = filters.CharFilter(field_name="customer__external_id", max_length=100)
