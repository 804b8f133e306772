"""The addresses of what customers open and of what vendors call."""

from importlib.util import find_spec

from anymail.urls import urlpatterns as mail_doors
from django.urls import URLPattern, URLResolver, include, path

# Importing mail_events connects what keeps the events that anymail takes in.
from notifications.pages import brand, hooks, mail_events, preferences, queries, sandbox, unsubscribe

__all__ = ["mail_events", "urlpatterns"]


def _doors_in_use() -> list[URLPattern]:
    """Return the providers' doors for what became of mails, but for those whose package is missing."""
    has_amazon = find_spec("boto3") is not None
    return [
        door
        for door in mail_doors
        if "inbound" not in str(door.pattern) and (has_amazon or "amazon" not in str(door.pattern))
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    path("u/<str:token>", unsubscribe.unsubscribe, name="unsubscribe"),
    path("p/<str:token>", preferences.preferences, name="preferences"),
    path("q/<str:key>/", queries.query, name="query"),
    path("brand/<uuid:merchant_id>.css", brand.brand, name="brand_style"),
    path("hooks/<slug:kind>/<str:token>/", hooks.push, name="push"),
    path("anymail/", include(_doors_in_use())),
    path("sandbox/", sandbox.wall, name="sandbox"),
    path("sandbox/messages.json", sandbox.messages, name="sandbox_messages"),
    path("sandbox/reply/", sandbox.reply, name="sandbox_reply"),
    path("sandbox/mail/<int:pk>/", sandbox.mail, name="sandbox_mail"),
    path("sandbox/mail/<int:pk>/html", sandbox.html, name="sandbox_html"),
]
