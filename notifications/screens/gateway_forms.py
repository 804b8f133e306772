"""The form of a gateway account: the same for every vendor, but for the credentials that theirs asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.configuring.gateways import LAST_PRIORITY, LONGEST_CREDENTIAL, MASK
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
    countries = CountriesField(help_text=_("Where it sends to. Two-letter codes; empty: everywhere."))
    priority = forms.IntegerField(
        label=_("Place in line"),
        min_value=0,
        max_value=LAST_PRIORITY,
        initial=10,
        help_text=_("The account with the lowest number that can send a text is taken."),
    )
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(
        self, data: Any = None, files: Any = None, *, gateway: Gateway, account: GatewayAccount | None
    ) -> None:
        self.gateway, self.account = gateway, account
        initial: dict[str, Any] = {"name": str(gateway.label)[:60]}
        if account:
            names = ("name", "endpoint", "sender", "countries", "priority", "is_active")
            initial = {name: getattr(account, name) for name in names}
        super().__init__(data, files, initial=initial)
        usual = gateway.default_endpoint
        if usual:
            self.fields["endpoint"].help_text = _("Empty: %(usual)s") % {"usual": usual}
        rest = list(self.fields)
        for credential in gateway.credentials:
            self.fields[f"{PREFIX}{credential.name}"] = self._field(credential)
        self.order_fields([rest[0], *(name for name in self.fields if name.startswith(PREFIX)), *rest[1:]])

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
        credentials = {one.name: entered.pop(f"{PREFIX}{one.name}") for one in self.gateway.credentials}
        return entered | {"credentials": credentials} | ({} if self.account else {"kind": self.gateway.kind})
