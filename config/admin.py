"""The operators' site: every model, for those who run the system, at its own path."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from merchants.ownership import across_merchants


class OperatorsSite(AdminSite):
    site_header = _("Orderbell operations")
    site_title = _("Orderbell operations")
    index_title = _("Everything, across merchants")

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """Wrap every page of the site: operators see all merchants."""
        inner = super().admin_view(view, cacheable)

        def across(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with across_merchants():
                response = inner(request, *args, **kwargs)
                if hasattr(response, "render") and not response.is_rendered:
                    response.render()
                return response

        return across
