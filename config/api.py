"""The API: each app's part, its description, and an answer for what is nowhere."""

from __future__ import annotations

from typing import Any

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from merchants.api.urls import nowhere

# Anybody may read how the API works.
OPEN: dict[str, list[Any]] = {"authentication_classes": [], "permission_classes": [], "throttle_classes": []}

urlpatterns = [
    path("", include("merchants.api.urls")),
    path("", include("orders.api.urls")),
    path("", include("notifications.api.urls")),
    path("schema/", SpectacularAPIView.as_view(**OPEN), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(template_name="api/docs.html", **OPEN), name="docs"),
    nowhere,
]
