"""Gateways: the accounts with SMS vendors, how they fare, and what their consoles must be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404
from django.urls import path, reverse
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from merchants.roles import Right
from merchants.screens import (
    Action,
    ActionScreen,
    Column,
    DetailScreen,
    FormScreen,
    ListScreen,
    Screen,
    navigation,
)
from merchants.screens.base import Text, Tone
from notifications import configuring, links, testsend
from notifications.gateways.base import Gateway
from notifications.gateways.registry import GATEWAYS
from notifications.models import GatewayAccount, Message
from notifications.screens.fields import named_countries
from notifications.screens.gateway_forms import PREFIX, GatewayForm
from notifications.screens.refusals import beside_fields
from notifications.screens.trials import TrialScreen

# The latest messages in which an account's last success is looked for: a bounded look back.
RECENT = 1_000


def is_paused(account: GatewayAccount) -> bool:
    return account.paused_until is not None and account.paused_until > clock.now()


def health(account: GatewayAccount) -> tuple[Tone, Text]:
    """Return how an account's state is shown."""
    if not account.is_active:
        return "plain", _("Off")
    if account.kind not in GATEWAYS:
        return "bad", _("Unknown kind")
    return ("wait", _("Paused")) if is_paused(account) else ("good", _("Active"))


def kind_of(account: GatewayAccount) -> Text:
    return GATEWAYS[account.kind].label if account.kind in GATEWAYS else account.kind


def last_accepted() -> dict[UUID, datetime]:
    """Return when each account last took a message, of the merchant's latest ones."""
    found: dict[UUID, datetime] = {}
    rows = Message.objects.order_by("-id").values_list("gateway_id", "accepted_at")[:RECENT]
    for gateway_id, accepted_at in rows:
        if gateway_id and accepted_at:
            found[gateway_id] = max(accepted_at, found.get(gateway_id, accepted_at))
    return found


class GatewayList(ListScreen[GatewayAccount]):
    model = GatewayAccount
    right = Right.CONNECT
    section = "gateways"
    title = _("Gateways")
    ordering = ("priority", "pk")
    actions = (Action(_("New gateway"), "gateway_choose", Right.CONNECT, "primary", "plus"),)
    row_actions = (
        Action(_("Edit"), "gateway_edit", Right.CONNECT),
        Action(_("Resume"), "gateway_resume", Right.CONNECT, is_post=True, when=is_paused),
    )
    empty = _("A gateway is an account with a vendor who brings your texts to phones.")

    def get_columns(self) -> tuple[Column, ...]:
        accepted = last_accepted()
        return (
            Column(_("Name"), "name", link="gateway_detail"),
            Column(_("Vendor"), kind_of),
            Column(_("State"), lambda row: health(row)[1], badge=lambda row: health(row)[0]),
            Column(_("Countries"), lambda row: named_countries(row.countries)),
            Column(_("Place in line"), "priority", align="end"),
            Column(_("Last accepted"), lambda row: accepted.get(row.pk)),
        )


class GatewayDetail(DetailScreen[GatewayAccount]):
    model = GatewayAccount
    template_name = "notifications/gateways/gateway.html"
    right = Right.CONNECT
    section = "gateways"
    actions = (
        Action(_("Edit"), "gateway_edit", Right.CONNECT, "primary", "edit"),
        Action(_("Send a test"), "gateway_test", Right.CONNECT, icon="send"),
        Action(_("Resume"), "gateway_resume", Right.CONNECT, is_post=True, when=is_paused),
        Action(
            _("Switch off"), "gateway_toggle", Right.CONNECT, is_post=True, when=lambda row: row.is_active
        ),
        Action(
            _("Switch on"), "gateway_toggle", Right.CONNECT, is_post=True, when=lambda row: not row.is_active
        ),
        Action(_("Remove"), "gateway_remove", Right.CONNECT, "danger"),
    )

    def get_facts(self) -> list[Column]:
        accepted = last_accepted()
        facts = [
            Column(_("Vendor"), kind_of),
            Column(_("State"), lambda row: health(row)[1], badge=lambda row: health(row)[0]),
            Column(_("Sender"), "sender"),
            Column(_("Endpoint"), lambda row: row.endpoint or _("the vendor's usual one")),
            Column(_("Countries"), lambda row: named_countries(row.countries)),
            Column(_("Place in line"), "priority"),
            Column(_("Last accepted"), lambda row: accepted.get(row.pk)),
        ]
        if is_paused(self.row):
            facts[2:2] = [Column(_("Paused until"), "paused_until"), Column(_("Why"), "paused_reason")]
        return facts

    def get_context(self) -> dict[str, Any]:
        gateway = GATEWAYS.get(self.row.kind)
        return {
            "push_url": links.push_url(self.row),
            "credentials": [
                (credential.label, bool(value) if credential.is_secret else value, credential.is_secret)
                for credential in (gateway.credentials if gateway else ())
                for value in (self.row.credentials.get(credential.name, ""),)
            ],
        }


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
    """Send through a paused account again."""

    model = GatewayAccount
    right = Right.CONNECT
    back = "gateway_detail"
    back_takes_row = True

    def perform(self, row: GatewayAccount) -> Text:
        GatewayAccount.objects.filter(pk=row.pk).update(paused_until=None, paused_reason="")
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


class GatewayTest(TrialScreen[GatewayAccount]):
    """Send a text to one's own phone, in a wording that this account can send."""

    model = GatewayAccount
    right = Right.CONNECT
    section = "gateways"
    back = "gateway_detail"
    intro = _(
        "One of your templates, about a made-up order, goes to your own phone through this gateway and no"
        " other. You see what was asked, what it answered, and when the receipt came."
    )

    def send(self, form: forms.Form) -> Message:
        address = form.cleaned_data["address"]
        return testsend.drill(self.row, address=address, by=self.request.user)


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
    path("settings/gateways/<uuid:pk>/test/", GatewayTest.as_view(), name="gateway_test"),
]
