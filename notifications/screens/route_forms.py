"""The form of a route: which texts, and the gateways in their order as numbered choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from merchants.places import country_choices
from notifications.configuring.routes import MOST_GATEWAYS
from notifications.models import Category, GatewayAccount, Route
from notifications.screens.fields import named_countries
from notifications.screens.gateway_words import kind_of

# In front of the number of a place in the order.
PLACE = "place_"


class RouteForm(forms.Form):
    country = forms.ChoiceField(label=_("Country"), required=False)
    category = forms.ChoiceField(
        label=_("Texts"), required=False, choices=[("", _("All texts")), *Category.choices]
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        accounts: Sequence[GatewayAccount],
        route: Route | None,
    ) -> None:
        initial: dict[str, Any] = {}
        if route:
            present = {str(account.pk) for account in accounts}
            kept = [one for one in route.gateways if one in present]
            initial = {"country": route.country, "category": route.category}
            initial |= {f"{PLACE}{number}": one for number, one in enumerate(kept, 1)}
        super().__init__(data, files, initial=initial)
        self.fields["country"].choices = [("", _("Every country")), *country_choices()]  # type: ignore[attr-defined]  # a ChoiceField
        choices = [("", "—"), *((str(account.pk), _described(account)) for account in accounts)]
        for number in range(1, max(1, min(len(accounts), MOST_GATEWAYS)) + 1):
            self.fields[f"{PLACE}{number}"] = forms.ChoiceField(
                label=_("Choice %(number)d") % {"number": number}, required=number == 1, choices=choices
            )

    def places(self) -> dict[str, str]:
        """Return which field shows each place of the list of gateways, past those that are left empty."""
        filled = [name for name in self.fields if name.startswith(PLACE) and self.cleaned_data.get(name)]
        return {f"gateways[{place}]": name for place, name in enumerate(filled)}

    def settings(self) -> dict[str, Any]:
        """Return what was entered as the service takes it."""
        return {
            "country": self.cleaned_data["country"],
            "category": self.cleaned_data["category"],
            "gateways": [self.cleaned_data[name] for name in self.places().values()],
        }


def _described(account: GatewayAccount) -> str:
    where = named_countries(account.countries)
    words = f"{account.name} · {kind_of(account)} · {where}"
    return words if account.is_active else _("%(gateway)s (off)") % {"gateway": words}
