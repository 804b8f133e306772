"""What every template may use."""

from typing import Any

from django.http import HttpRequest


def current(request: HttpRequest) -> dict[str, Any]:
    return {"merchant": getattr(request, "merchant", None)}
