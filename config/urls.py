"""Every door of the project."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("ops/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
]
