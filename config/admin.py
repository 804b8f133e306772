"""The operators' site: every model, for those who run the system, at its own path."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils.translation import gettext_lazy as _

from merchants.ownership import across_merchants

# A task names a function to be called, a second factor is a secret: neither is for anybody's hands or eyes.
WITHHELD = frozenset({"django_q", "mfa"})


class OperatorsSite(AdminSite):
    site_header = _("Orderbell operations")
    site_title = _("Orderbell operations")
    index_title = _("Everything, across merchants")

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: Any = None,
        **options: Any,
    ) -> None:
        """Register models, but for those of packages that are withheld."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        shown = [model for model in models if model._meta.app_label not in WITHHELD]
        super().register(shown, admin_class, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send who is not logged in to everybody's door, where second factors and limits are."""
        answer: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return answer

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Wrap every page of the site: operators see all merchants."""
        inner = super().admin_view(view, cacheable)

        def across(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with across_merchants():
                response = inner(request, *args, **kwargs)
                # What is rendered late is rendered here, where everything may be seen.
                return response.render() if isinstance(response, SimpleTemplateResponse) else response

        return across
