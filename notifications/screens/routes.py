"""Routes: which gateways take which texts, in which order; and which way one would go now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.places import country_name
from merchants.roles import Right
from merchants.screens import Action, ActionScreen, Column, FormScreen, ListScreen, navigation
from merchants.screens.base import Text
from notifications import configuring
from notifications.gateways.registry import GATEWAYS
from notifications.models import Category, GatewayAccount, Route
from notifications.screens.refusals import beside_fields
from notifications.screens.route_checks import CheckForm, ways_now
from notifications.screens.route_forms import PLACE, RouteForm

MOST_ACCOUNTS = 200


def about(route: Route) -> str:
    """Return which texts a route is about."""
    country = country_name(route.country) if route.country else _("Every country")
    category = Category(route.category).label if route.category else _("all texts")
    return _("%(country)s: %(category)s") % {"country": country, "category": category}


def way_of(accounts: Sequence[GatewayAccount]) -> str:
    return " → ".join(
        account.name if account.is_active else _("%(name)s (off)") % {"name": account.name}
        for account in accounts
    )


class RouteList(ListScreen[Route]):
    model = Route
    template_name = "notifications/routes/list.html"
    right = Right.CONNECT
    section = "routes"
    title = gettext_lazy("Routes")
    # What says most of a text stands first, as it counts first.
    ordering = ("-country", "-category")
    actions = (Action(gettext_lazy("New route"), "route_create", Right.CONNECT, "primary", "plus"),)
    row_actions = (
        Action(gettext_lazy("Edit"), "route_edit", Right.CONNECT),
        Action(gettext_lazy("Remove"), "route_remove", Right.CONNECT, "danger"),
    )
    empty = gettext_lazy(
        "Without a route every text takes the first gateway in line that sends to its country."
    )

    @cached_property
    def accounts(self) -> dict[str, GatewayAccount]:
        rows = GatewayAccount.objects.order_by("priority", "pk")[:MOST_ACCOUNTS]
        return {str(account.pk): account for account in rows}

    def get_columns(self) -> tuple[Column, ...]:
        return (
            Column(_("Texts"), about, link="route_edit"),
            Column(_("Way"), self._way),
        )

    def _way(self, route: Route) -> str:
        known = [self.accounts[one] for one in route.gateways if one in self.accounts]
        gone = len(route.gateways) - len(known)
        if not known:
            return _("None of its gateways is left: these texts cannot leave.")
        return way_of(known) + (_(" (and %(count)d that was removed)") % {"count": gone} if gone else "")

    def get_context(self) -> dict[str, Any]:
        form = CheckForm(self.request.GET if "template" in self.request.GET else None)
        line = [one for one in self.accounts.values() if one.is_active and one.kind in GATEWAYS]
        return {
            "line": way_of(line),
            "check": form,
            "has_templates": bool(list(form.fields["template"].choices)),  # type: ignore[attr-defined]  # a ChoiceField
            "ways": ways_now(self.merchant, form) if form.is_valid() else None,
        }


class RouteEdit(FormScreen[Route]):
    model = Route
    template_name = "notifications/routes/form.html"
    form_class = RouteForm
    right = Right.CONNECT
    section = "routes"
    back = "route_list"
    saved = gettext_lazy("The route is saved.")

    def get_title(self) -> Text:
        return _("New route") if self.is_new else about(self.row)

    def get_form_kwargs(self) -> dict[str, Any]:
        rows: QuerySet[GatewayAccount] = GatewayAccount.objects.order_by("priority", "pk")
        return {"accounts": list(rows[:MOST_ACCOUNTS]), "route": None if self.is_new else self.row}

    def save(self, form: RouteForm) -> Route:
        with beside_fields(form, names=form.places() | {"gateways": f"{PLACE}1"}):
            return configuring.save_route(
                self.merchant,
                data=form.settings(),
                route=None if self.is_new else self.row,
                by=self.request.user,
            )


class RouteRemove(ActionScreen[Route]):
    model = Route
    right = Right.CONNECT
    section = "routes"
    title = gettext_lazy("Remove route")
    question = gettext_lazy(
        "Remove this route? Its texts then go the way of the next route that speaks of them, or by the place"
        " in line of the gateways."
    )
    button = gettext_lazy("Remove")
    back = "route_list"

    def get_title(self) -> Text:
        return _("Remove route: %(texts)s") % {"texts": about(self.row)}

    def perform(self, row: Route) -> Text:
        configuring.remove_route(row, by=self.request.user)
        return _("The route is removed.")


navigation.add(
    navigation.Entry(
        "routes",
        gettext_lazy("Routes"),
        url="route_list",
        icon="routes",
        place=52,
        right=Right.CONNECT,
        is_setting=True,
    )
)
urlpatterns = [
    path("settings/routes/", RouteList.as_view(), name="route_list"),
    path("settings/routes/new/", RouteEdit.as_view(), name="route_create"),
    path("settings/routes/<uuid:pk>/", RouteEdit.as_view(), name="route_edit"),
    path("settings/routes/<uuid:pk>/remove/", RouteRemove.as_view(), name="route_remove"),
]
