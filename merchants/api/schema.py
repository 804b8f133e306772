"""What the description of the API says beside what the views say themselves."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema as PlainSchema

from merchants.api.serializers import ProblemSerializer


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its metaclass-like hook is untyped
    target_class = "merchants.api.authentication.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


REPEATABLE = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string"},
    "description": "Within 24 hours the same key gives the same answer and changes nothing.",
}


class AutoSchema(PlainSchema):
    """Say of every operation that its errors are problems, and of every POST that it may be repeated."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        problem = self.resolve_serializer(ProblemSerializer, "response").ref
        operation["responses"]["4XX"] = {
            "description": "What is wrong.",
            "content": {"application/problem+json": {"schema": problem}},
        }
        if self.method == "POST":
            operation["parameters"] = [*operation.get("parameters", []), REPEATABLE]
        return operation
