"""signatures/, templates/, rules/, gateways/ and routes/: what a merchant sets up, by script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ParseError, PermissionDenied, ValidationError
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.api.authentication import caller
from merchants.api.views import Resources
from merchants.models import Scope
from merchants.ownership import Owned
from notifications import configuring, facts, templates, testsend
from notifications.api.filters import (
    GatewayFilters,
    RouteFilters,
    RuleFilters,
    SignatureFilters,
    TemplateFilters,
)
from notifications.api.settings_bodies import (
    DraftSerializer,
    GatewaySerializer,
    PreviewSerializer,
    RouteSerializer,
    RuleSerializer,
    SentTrialSerializer,
    SignatureSerializer,
    TemplateSerializer,
    TrialSerializer,
)
from notifications.models import GatewayAccount, Route, Rule, Signature, Template
from notifications.models.archiving import Archivable
from orders.models import Order

Row = TypeVar("Row", bound=Owned)
# No setting needs as much; what looks at each value would run out of stack before JSON does.
DEEPEST = 20


class Settings(ListModelMixin, RetrieveModelMixin, Resources[Row], Generic[Row]):
    """One kind of settings; `setting` is what its service calls a row that is there."""

    read_scope, write_scope = Scope.SETTINGS_READ, Scope.SETTINGS_WRITE
    setting: ClassVar[str]

    def save(self, data: Mapping[str, Any], row: Row | None = None) -> Row:
        """Make a row or change one by its service."""
        raise NotImplementedError

    def create(self, request: Request) -> Response:
        row = self.save(object_of(request.data))
        return Response(self.get_serializer(row).data, 201)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        row = self.save(object_of(request.data), self.get_object())
        return Response(self.get_serializer(row).data)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Take it out of use; what it sent keeps its story."""
        self.remove(self.get_object())
        return Response(status=204)

    def remove(self, row: Row) -> None:
        if isinstance(row, Archivable):
            row.archive()


def object_of(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        sentence = str(_("Write an object of names and values."))
        raise ValidationError([ErrorDetail(sentence, code="not_an_object")])
    level: list[Any] = [data]
    for _depth in range(DEEPEST):
        level = [inner for value in level for inner in _within(value)]
    if level:
        raise ParseError(_("The JSON is nested too deeply."))
    return data


def _within(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()


class SignatureViewSet(Settings[Signature]):
    """The names in 【】 before text messages."""

    model = Signature
    serializer_class = SignatureSerializer
    filterset_class = SignatureFilters

    def save(self, data: Mapping[str, Any], row: Signature | None = None) -> Signature:
        return configuring.save_signature(self.merchant, data=data, signature=row)


class RuleViewSet(Settings[Rule]):
    """When what happens, who is told, how, with which words."""

    model = Rule
    serializer_class = RuleSerializer
    filterset_class = RuleFilters

    def save(self, data: Mapping[str, Any], row: Rule | None = None) -> Rule:
        return configuring.save_rule(self.merchant, data=data, rule=row)


class GatewayViewSet(Settings[GatewayAccount]):
    """The merchant's accounts with SMS vendors."""

    model = GatewayAccount
    serializer_class = GatewaySerializer
    filterset_class = GatewayFilters

    def save(self, data: Mapping[str, Any], row: GatewayAccount | None = None) -> GatewayAccount:
        return configuring.save_gateway(self.merchant, data=data, gateway=row)

    @extend_schema(request=TrialSerializer, responses={202: SentTrialSerializer})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: UUID) -> Response:
        """Send a text to a phone by the way of every message; the message tells what became of it."""
        gateway = self.get_object()
        trial = TrialSerializer(data=request.data)
        trial.is_valid(raise_exception=True)
        message = testsend.drill(gateway, address=trial.validated_data["phone"])
        told = {"message": message.pk, "url": reverse("message-detail", args=[message.pk])}
        return Response(SentTrialSerializer(told).data, 202)


class RouteViewSet(Settings[Route]):
    """Which gateways take the texts of a category to a country, in which order."""

    model = Route
    serializer_class = RouteSerializer
    filterset_class = RouteFilters

    def save(self, data: Mapping[str, Any], row: Route | None = None) -> Route:
        return configuring.save_route(self.merchant, data=data, route=row)

    def remove(self, row: Route) -> None:
        configuring.remove_route(row)


class TemplateViewSet(Settings[Template]):
    """What is said, on one channel in one language each."""

    model = Template
    serializer_class = TemplateSerializer
    filterset_class = TemplateFilters

    def save(self, data: Mapping[str, Any], row: Template | None = None) -> Template:
        return configuring.save_template(self.merchant, data=data, template=row)

    @extend_schema(
        methods=["GET"],
        parameters=[OpenApiParameter("order", str, description="An order's number.")],
        responses={200: PreviewSerializer},
    )
    @extend_schema(methods=["POST"], request=DraftSerializer, responses={200: PreviewSerializer})
    @action(detail=True, methods=["get", "post"], write_scope=Scope.SETTINGS_READ)
    def preview(self, request: Request, pk: UUID) -> Response:
        """Show what the template says, about an order or a made-up one. Nothing is sent or changed."""
        template = self.get_object()
        given = request.query_params.dict() if request.method == "GET" else request.data
        draft = DraftSerializer(data=given)
        draft.is_valid(raise_exception=True)
        words = draft.validated_data
        source = templates.source_of(template, subject=words.get("subject"), body=words.get("body"))
        preview = templates.preview(
            source,
            merchant=self.merchant,
            facts=self._facts(words.get("order", ""), kind=template.event),
            category=template.category,
        )
        return Response(PreviewSerializer(_told(preview)).data)

    def _facts(self, number: str, *, kind: str) -> facts.Facts | None:
        if not number:
            return None
        # A preview repeats what the order says of its customer.
        if Scope.ORDERS_READ not in caller(self.request).scopes:
            detail = _("This API key lacks the scope %(scope)s.") % {"scope": Scope.ORDERS_READ.value}
            raise PermissionDenied(detail, code="missing_scope")
        orders = Order.objects.select_related("customer", "merchant__brand")
        return facts.of_order(get_object_or_404(orders, number=number), kind=kind)


def _told(preview: templates.Preview) -> dict[str, Any]:
    findings = [
        {
            "severity": one.severity,
            "code": one.code,
            "detail": templates.finding_text(one),
            "advice": templates.finding_advice(one),
            "spans": one.spans,
            "gateways": one.gateways,
            "countries": one.countries,
        }
        for one in preview.findings
    ]
    names = ("subject", "text", "html", "signature", "segments", "missing")
    return {name: getattr(preview, name) for name in names} | {"findings": findings}
