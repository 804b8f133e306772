"""By what the lists can be filtered."""

from __future__ import annotations

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from notifications.consent import BadAddress, normalise_address
from notifications.gateways.registry import GATEWAYS
from notifications.models import Category, ChannelKind, OptOut, State
from orders.events import EventKind


class MessageFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    order = filters.CharFilter(field_name="order__number", max_length=64)
    customer = filters.CharFilter(field_name="customer__external_id", max_length=100)
    channel = filters.ChoiceFilter(choices=ChannelKind.choices)
    state = filters.ChoiceFilter(choices=State.choices)
    event = filters.ChoiceFilter(field_name="event__kind", choices=EventKind.choices)


class SignatureFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    is_default = filters.BooleanFilter()


class TemplateFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    code = filters.CharFilter(max_length=60)
    event = filters.ChoiceFilter(choices=EventKind.choices)
    channel = filters.ChoiceFilter(choices=ChannelKind.choices)
    language = filters.CharFilter(max_length=12)
    is_active = filters.BooleanFilter()


class RuleFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    name = filters.CharFilter(max_length=100)
    event = filters.ChoiceFilter(choices=EventKind.choices)
    is_active = filters.BooleanFilter()


class GatewayFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    kind = filters.ChoiceFilter(choices=[(kind, kind) for kind in GATEWAYS])
    is_active = filters.BooleanFilter()


class RouteFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    country = filters.CharFilter(max_length=2)
    category = filters.ChoiceFilter(choices=Category.choices)


class OptOutFilters(filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    channel = filters.ChoiceFilter(choices=ChannelKind.choices)
    category = filters.ChoiceFilter(choices=Category.choices)
    address = filters.CharFilter(method="of_address", max_length=254)

    def of_address(self, rows: QuerySet[OptOut], name: str, value: str) -> QuerySet[OptOut]:
        """Look for an address however it is spelled; what cannot be one is on no list."""
        channel = ChannelKind.EMAIL if "@" in value else ChannelKind.SMS
        try:
            address = normalise_address(channel, value, self.request.auth.merchant.country)
        except BadAddress:
            return rows.none()
        return rows.filter(address=address)
