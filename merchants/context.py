"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from merchants.screens.navigation import entries_for


def current(request: HttpRequest) -> dict[str, Any]:
    """Return the merchant, the person's place in it, all their shops and the menu."""
    membership = getattr(request, "membership", None)
    return {
        "merchant": getattr(request, "merchant", None),
        "membership": membership,
        "shops": getattr(request, "memberships", []),
        # Pages for customers show no menu.
        "menu": SimpleLazyObject(lambda: entries_for(request, membership) if membership else []),
        "languages": settings.LANGUAGES,
    }
