"""Make an account with a vendor, or change one."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from merchants.roles import Right
from merchants.screens import FormScreen, Screen
from merchants.screens.base import Text
from notifications import configuring
from notifications.gateways.base import Gateway
from notifications.gateways.registry import GATEWAYS
from notifications.models import GatewayAccount
from notifications.screens.gateway_forms import PREFIX, GatewayForm
from notifications.screens.refusals import beside_fields


class GatewayChoose(Screen):
    """Choose the vendor of a new account."""

    template_name = "notifications/gateways/choose.html"
    right = Right.CONNECT
    section = "gateways"
    title = _("New gateway")

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return self.render({"gateways": list(GATEWAYS.values()), "back_url": reverse("gateway_list")})


class GatewayEdit(FormScreen[GatewayAccount]):
    """Make an account of the kind that the address names, or change one."""

    model = GatewayAccount
    template_name = "notifications/gateways/form.html"
    form_class = GatewayForm
    right = Right.CONNECT
    section = "gateways"
    back = "gateway_list"
    saved = _("The gateway is saved.")

    @property
    def gateway(self) -> Gateway:
        kind = self.kwargs["kind"] if self.is_new else self.row.kind
        if kind not in GATEWAYS:
            raise Http404
        return GATEWAYS[kind]

    def get_title(self) -> Text:
        return _("New gateway: %(vendor)s") % {"vendor": self.gateway.label} if self.is_new else self.row.name

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"gateway": self.gateway, "account": None if self.is_new else self.row}

    def save(self, form: GatewayForm) -> GatewayAccount:
        paths = {f"credentials.{one.name}": f"{PREFIX}{one.name}" for one in self.gateway.credentials}
        with beside_fields(form, names=paths):
            return configuring.save_gateway(
                self.merchant,
                data=form.settings(),
                gateway=None if self.is_new else self.row,
                by=self.request.user,
            )

    def success_url(self, row: GatewayAccount) -> str:
        return reverse("gateway_detail", args=[row.pk])
