"""Every door of the project."""

from django.contrib import admin
from django.urls import include, path

from merchants.screens.home import Home

urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("", include("merchants.screens.urls")),
    path("ops/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
]
