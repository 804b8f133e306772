"""Gateways: the accounts with SMS vendors, how each fares now, and what can be done to one."""

from __future__ import annotations

from django.urls import path
from django.utils import timezone as clock
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from merchants.roles import Right
from merchants.screens import Action, ActionScreen, Column, ListScreen, navigation
from merchants.screens.base import Text
from notifications import configuring, health
from notifications.models import GatewayAccount
from notifications.screens import gateway_words as words
from notifications.screens.drills import Drill, DrillStart
from notifications.screens.gateway_detail import GatewayDetail
from notifications.screens.gateway_editing import GatewayChoose, GatewayEdit


class GatewayList(ListScreen[GatewayAccount]):
    model = GatewayAccount
    template_name = "notifications/gateways/list.html"
    right = Right.CONNECT
    section = "gateways"
    title = _("Gateways")
    ordering = ("priority", "pk")
    actions = (
        Action(_("Routes"), "route_list", Right.CONNECT, icon="routes"),
        Action(_("New gateway"), "gateway_choose", Right.CONNECT, "primary", "plus"),
    )
    empty = _("A gateway is an account with a vendor who brings your texts to phones.")

    @cached_property
    def accounts(self) -> list[GatewayAccount]:
        """The accounts, as many as there are on a page; more are shown without how they fare."""
        return list(self.get_queryset().order_by(*self.ordering)[: self.per_page])

    def get_columns(self) -> tuple[Column, ...]:
        pulses = health.last_hour([one.pk for one in self.accounts], now=clock.now())
        whys = words.whys_of(one for one in self.accounts if one.paused_until)
        return (
            Column(_("Name"), "name", link="gateway_detail"),
            Column(_("Vendor"), words.vendor_cell),
            Column(_("State"), lambda row: words.state_cell(row, why=whys.get(row.pk, ""))),
            Column(_("Last hour"), lambda row: words.pulse_cell(pulses[row.pk]) if row.pk in pulses else ""),
            Column(_("Balance"), words.balance_cell),
            Column(_("Last receipt"), "reported_at"),
        )


class GatewayToggle(ActionScreen[GatewayAccount]):
    """Switch an account on or off."""

    model = GatewayAccount
    right = Right.CONNECT
    back = "gateway_detail"
    back_takes_row = True

    def perform(self, row: GatewayAccount) -> Text:
        data = {"is_active": not row.is_active}
        configuring.save_gateway(self.merchant, data=data, gateway=row, by=self.request.user)
        return _("The gateway is switched on.") if row.is_active else _("The gateway is switched off.")


class GatewayResume(ActionScreen[GatewayAccount]):
    """Send through an account again that rests, is doubted or on trial."""

    model = GatewayAccount
    right = Right.CONNECT
    back = "gateway_detail"
    back_takes_row = True

    def perform(self, row: GatewayAccount) -> Text:
        configuring.resume_gateway(row)
        return _("The gateway is used again.")


class GatewayRemove(ActionScreen[GatewayAccount]):
    model = GatewayAccount
    right = Right.CONNECT
    section = "gateways"
    title = _("Remove gateway")
    question = _("Remove this gateway? No more texts go through it; the story of those that did stays.")
    button = _("Remove")
    back = "gateway_list"

    def perform(self, row: GatewayAccount) -> Text:
        row.archive()
        return _("The gateway is removed.")


navigation.add(
    navigation.Entry(
        "gateways",
        _("Gateways"),
        url="gateway_list",
        icon="gateways",
        place=50,
        right=Right.CONNECT,
        is_setting=True,
    )
)
urlpatterns = [
    path("settings/gateways/", GatewayList.as_view(), name="gateway_list"),
    path("settings/gateways/new/", GatewayChoose.as_view(), name="gateway_choose"),
    path("settings/gateways/new/<slug:kind>/", GatewayEdit.as_view(), name="gateway_create"),
    path("settings/gateways/<uuid:pk>/", GatewayDetail.as_view(), name="gateway_detail"),
    path("settings/gateways/<uuid:pk>/edit/", GatewayEdit.as_view(), name="gateway_edit"),
    path("settings/gateways/<uuid:pk>/toggle/", GatewayToggle.as_view(), name="gateway_toggle"),
    path("settings/gateways/<uuid:pk>/resume/", GatewayResume.as_view(), name="gateway_resume"),
    path("settings/gateways/<uuid:pk>/remove/", GatewayRemove.as_view(), name="gateway_remove"),
    path("settings/gateways/<uuid:pk>/test/", DrillStart.as_view(), name="gateway_test"),
    path("settings/gateways/<uuid:gateway>/test/<uuid:pk>/", Drill.as_view(), name="gateway_drill"),
]
