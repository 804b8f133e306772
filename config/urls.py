"""Every door of the project."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from config import health
from notifications.screens.home import Home

urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("", include("merchants.screens.urls")),
    path("", include("orders.screens.urls")),
    path("", include("notifications.screens.urls")),
    path("", include("notifications.pages.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/v1/", include("config.api")),
    path("ops/", admin.site.urls),
    # Addresses are changed by operators alone: allauth would take one unproved.
    re_path(r"^accounts/(?:email|confirm-email)/", RedirectView.as_view(pattern_name="account")),
    path("accounts/", include("allauth.urls")),
]
