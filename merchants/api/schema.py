"""What the description of the API says beside what the views say themselves."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema as PlainSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from merchants.api.serializers import ProblemSerializer


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its metaclass-like hook is untyped
    target_class = "merchants.api.authentication.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class AutoSchema(PlainSchema):
    """Say of every operation that its errors are problems, and of every POST that it may be repeated."""

    def get_response_serializers(self) -> Any:
        plain: Any = super().get_response_serializers()
        if not isinstance(plain, dict):
            plain = {"201" if self.method == "POST" else "204" if self.method == "DELETE" else "200": plain}
        problem = OpenApiResponse(ProblemSerializer, description="What is wrong.")
        return plain | {("4XX", "application/problem+json"): problem}

    def get_override_parameters(self) -> Any:
        parameters = list(super().get_override_parameters())
        if self.method == "POST":
            parameters.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    str,
                    OpenApiParameter.HEADER,
                    description="Within 24 hours the same key gives the same answer and changes nothing.",
                )
            )
        return parameters
