"""A sent mail as it looks, for the frame on its message's page."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin

from merchants.models import Brand
from merchants.screens.base import RowScreen
from notifications import facts, templates
from notifications.models import ChannelKind, Message
from notifications.rendering import MissingValue, TemplateErrors
from notifications.screens.template_preview import MAIL_POLICY
from orders.models import Event


def has_mail(message: Message) -> bool:
    """Return whether the page of a mail can be put together again."""
    is_whole = bool(message.body and message.event_id and message.template_version_id)
    return is_whole and message.channel == ChannelKind.EMAIL


@method_decorator(xframe_options_sameorigin, name="dispatch")
@method_decorator(csp(MAIL_POLICY), name="dispatch")
class MessageMail(RowScreen[Message]):
    """Put a mail together again: its own wording, the order and the brand as they are now.

    It carries none of the links that are the person's own.
    """

    model = Message

    def get_queryset(self) -> QuerySet[Message]:
        return super().get_queryset().select_related("template_version__template")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        message = self.row
        version = message.template_version
        if not has_mail(message) or version is None:
            raise Http404
        loaded = facts.load(Event.objects.filter(pk=message.event_id))
        brand = Brand.objects.filter(merchant=self.merchant).first()
        try:
            wording = templates.wording_of(version, brand)
            mail = wording.render(
                next(iter(loaded.values())).facts,
                language=version.template.language,
                timezone=message.timezone or self.merchant.timezone,
            )
        except (MissingValue, TemplateErrors):
            raise Http404 from None
        return HttpResponse(mail.html, headers={"Cache-Control": "no-store"})


urlpatterns = [path("messages/<uuid:pk>/mail/", MessageMail.as_view(), name="message_mail")]
