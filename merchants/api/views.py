"""The base of every API view: one key, one merchant, one scope from the first query to the last.

    class OrderViewSet(Resources[Order]):
        model = Order
        read_scope, write_scope = Scope.ORDERS_READ, Scope.ORDERS_WRITE
        lookup_field = "number"
        serializer_class = OrderSerializer
        filterset_class = OrderFilters      # plain django-filter, its filters declared
        related = ("customer",)

`self.merchant` is the caller's; `self.get_queryset()` holds nothing of anybody else, and another
merchant's thing is therefore 404. Every POST takes `Idempotency-Key` without further ado: what it
changes and the kept answer are one transaction, in which nobody may wait for the outside world.
An action that reads by POST names its scope: `@action(..., write_scope=Scope.SETTINGS_READ)`.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar

from django.db import models, transaction
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from merchants.api.authentication import caller
from merchants.api.idempotency import answer_once, key_of
from merchants.api.parsers import StrictJSONParser
from merchants.api.throttling import Rate
from merchants.models import ApiKey, Merchant, Scope
from merchants.ownership import inside

Row = TypeVar("Row", bound=models.Model)


class MerchantView(APIView):
    """A view inside the merchant of the key that calls."""

    read_scope: ClassVar[Scope | None] = None
    write_scope: ClassVar[Scope | None] = None
    metadata_class = None
    post: Any
    parser_classes = [StrictJSONParser]

    @property
    def merchant(self) -> Merchant:
        return caller(self.request).merchant

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # What a response holds is plain data by now: nothing is asked of the database after this.
        with ExitStack() as self._scope:
            return super().dispatch(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        super().perform_authentication(request)
        if isinstance(request.auth, ApiKey):
            self._scope.enter_context(inside(request.auth.merchant))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        _refuse_nul(request, kwargs)
        if request.method in {"POST", "PUT", "PATCH", "DELETE"}:
            # Reading it here is what holds it against DATA_UPLOAD_MAX_MEMORY_SIZE.
            _ = request._request.body
        if request.method == "POST" and (key := key_of(request)) is not None and hasattr(self, "post"):
            handler = partial(self._answer, self.post)
            self.post = partial(self._post_once, key, handler)

    def _post_once(self, key: str, handler: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = partial(handler, request, *args, **kwargs)
        return answer_once(request, merchant=self.merchant, key=key, answer=answer)

    def _answer(self, handler: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        try:
            with transaction.atomic():
                response: Response = handler(request, *args, **kwargs)
        except Exception as error:  # every exception has its answer, and what it left is undone
            response = self.handle_exception(error)
        return response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        rate: Rate | None = getattr(request, "rate", None)
        if rate:
            response["X-RateLimit-Limit"] = str(rate.limit)
            response["X-RateLimit-Remaining"] = str(rate.remaining)
            response["X-RateLimit-Reset"] = str(rate.reset)
        return super().finalize_response(request, response, *args, **kwargs)


def _refuse_nul(request: Request, path: dict[str, Any]) -> None:
    """Refuse the one character that PostgreSQL does not keep."""
    if any("\0" in str(value) for value in path.values()):
        raise NotFound
    for name, values in request.query_params.lists():
        if any("\0" in value for value in values):
            raise ValidationError({name: [ErrorDetail(_("This cannot be looked for."), code="invalid_text")]})


class Resources(MerchantView, GenericViewSet[Row], Generic[Row]):
    """The rows of one model, those of the caller's merchant."""

    model: type[Row]
    related: ClassVar[tuple[str, ...]] = ()
    lookup_value_regex = "[^/]+"
    filter_backends = [DjangoFilterBackend]
    filterset_class: Any = None
    http_method_names = ["get", "post", "patch", "delete", "head"]

    def get_queryset(self) -> models.QuerySet[Row]:
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn outside any merchant
            return self.model._base_manager.none()
        rows: models.QuerySet[Row] = self.model.objects.select_related(*self.related)  # type: ignore[attr-defined]  # a scoped manager
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        """Filter a list; a parameter that no filter knows is an error, not silence."""
        if self.action != "list":
            return queryset
        known = {"cursor", "limit", *(self.filterset_class.base_filters if self.filterset_class else ())}
        unknown = sorted(set(self.request.query_params) - known)
        if unknown:
            error = ErrorDetail(_("There is no such parameter."), code="unknown_parameter")
            raise ValidationError({name: [error] for name in unknown})
        return super().filter_queryset(queryset)
