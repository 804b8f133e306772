"""The form of a gateway account: the same for every vendor, but for the credentials that theirs asks for."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from merchants.screens.base import Text
from notifications.configuring.gateways import LAST_PRIORITY, LONGEST_CREDENTIAL, MASK
from notifications.configuring.watching import CANARY_MINUTES, FASTEST
from notifications.gateways.base import Gateway
from notifications.gateways.terms import Credential
from notifications.models import GatewayAccount
from notifications.screens.fields import CountriesField

# In front of a credential's own name, which may be any.
PREFIX = "credential_"


class GatewayForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("For yourself, such as “Aliyun, main account”.")
    )
    endpoint = forms.CharField(
        label=_("Endpoint"),
        required=False,
        max_length=300,
        widget=forms.URLInput(attrs={"spellcheck": "false"}),
    )
    sender = forms.CharField(
        label=_("Sender"),
        required=False,
        max_length=20,
        help_text=_("The number or name that texts come from, where the vendor lets you choose."),
    )
    countries = CountriesField(help_text=_("Where it sends to. None ticked: everywhere."))
    priority = forms.IntegerField(
        label=_("Place in line"),
        min_value=0,
        max_value=LAST_PRIORITY,
        initial=10,
        help_text=_("The account with the lowest number that can send a text is taken."),
    )
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)
    per_second = forms.IntegerField(
        label=_("Most texts a second"),
        required=False,
        min_value=1,
        max_value=FASTEST,
        help_text=_("What your contract allows. Empty: what the vendor publishes."),
    )
    sources = forms.CharField(
        label=_("Senders of receipts"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_(
            "Addresses or networks of the vendor, one on each line, such as 203.0.113.0/24."
            " Receipts and replies from elsewhere are refused. Empty: from anywhere."
        ),
    )
    balance_floor = forms.DecimalField(
        label=_("Tell us when the balance falls below"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
    )
    canary_phone = forms.CharField(
        label=_("Canary's phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("A phone of your own: a text goes there every so often and shows that the way is open."),
    )
    canary_minutes = forms.IntegerField(
        label=_("Canary every (minutes)"),
        required=False,
        min_value=0,
        max_value=CANARY_MINUTES[1],
        initial=0,
        help_text=_("0: never; otherwise 5 to 1440. Each is charged like any text."),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, gateway: Gateway, account: GatewayAccount | None
    ) -> None:
        self.gateway, self.account = gateway, account
        initial: dict[str, Any] = {"name": str(gateway.label)[:60]}
        if account:
            initial = {name: getattr(account, name) for name in self.base_fields}
            initial["sources"] = "\n".join(account.sources)
        super().__init__(data, files, initial=initial)
        usual = gateway.default_endpoint
        if usual:
            self.fields["endpoint"].help_text = _("Empty: %(usual)s") % {"usual": usual}
        if not gateway.tells_balance:
            del self.fields["balance_floor"]
        for credential in gateway.credentials:
            self.fields[f"{PREFIX}{credential.name}"] = self._field(credential)

    def groups(self) -> list[tuple[Text, list[forms.BoundField]]]:
        """Return the fields by what they are about, in their order."""
        credentials = [name for name in self.fields if name.startswith(PREFIX)]
        of_money = ["balance_floor"] if "balance_floor" in self.fields else []
        named: list[tuple[Text, list[str]]] = [
            (_("The account"), ["name", *credentials, "endpoint", "sender", "is_active"]),
            (_("What it takes"), ["priority", "per_second", "countries"]),
            (_("Watching it"), [*of_money, "canary_phone", "canary_minutes", "sources"]),
        ]
        return [(title, [self[name] for name in names]) for title, names in named]

    def _field(self, credential: Credential) -> forms.Field:
        """Return a credential's field; a secret that is set is never written into the page."""
        present = (self.account.credentials if self.account else {}).get(credential.name, "")
        attributes = {"autocomplete": "off", "spellcheck": "false"}
        if not credential.is_secret:
            return forms.CharField(
                label=credential.label,
                initial=present,
                required=credential.is_required,
                max_length=LONGEST_CREDENTIAL,
                widget=forms.TextInput(attrs=attributes),
            )
        attributes |= {"autocomplete": "new-password"} | ({"placeholder": MASK} if present else {})
        return forms.CharField(
            label=credential.label,
            required=credential.is_required and not present,
            max_length=LONGEST_CREDENTIAL,
            widget=forms.PasswordInput(attrs=attributes),
            help_text=_("It is set and not shown again. Leave it empty to keep it.") if present else "",
        )

    def settings(self) -> dict[str, Any]:
        """Return what was entered as the service takes it."""
        entered = dict(self.cleaned_data)
        entered["sources"] = [one for one in re.split(r"[\s,;，；]+", entered["sources"]) if one]
        entered["canary_minutes"] = entered["canary_minutes"] or 0
        credentials = {one.name: entered.pop(f"{PREFIX}{one.name}") for one in self.gateway.credentials}
        return entered | {"credentials": credentials} | ({} if self.account else {"kind": self.gateway.kind})
