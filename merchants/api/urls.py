"""The API's own paths: who am I, and what is nowhere."""

from __future__ import annotations

from django.urls import path, re_path
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView

from merchants.api.me import MeView


class NowhereView(APIView):
    """Answer as a problem, like everything here, where there is no path."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []
    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise NotFound


urlpatterns = [path("me/", MeView.as_view(), name="me")]
# To be joined after everything else.
nowhere = re_path(r"^", NowhereView.as_view())
