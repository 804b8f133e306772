"""API keys: made, shown once, revoked."""

from __future__ import annotations

import ipaddress
from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from merchants.models import ApiKey, Scope
from merchants.roles import Right
from merchants.screens import Action, ActionScreen, Column, FormScreen, ListScreen, MerchantForm
from merchants.screens.base import Text, Tone


def state_of(key: ApiKey) -> tuple[Tone, Text]:
    """Return how the key's state is shown."""
    if key.revoked_at:
        return "bad", _("Revoked")
    if key.expires_at and key.expires_at <= clock.now():
        return "wait", _("Expired")
    return "good", _("In use")


class KeyList(ListScreen[ApiKey]):
    model = ApiKey
    right = Right.CONNECT
    section = "keys"
    title = _("API keys")
    columns = (
        Column(_("Name"), "name"),
        Column(_("Begins with"), lambda key: f"{key.prefix}…"),
        Column(_("State"), lambda key: state_of(key)[1], badge=lambda key: state_of(key)[0]),
        Column(_("Scopes"), lambda key: _("all") if set(key.scopes) == set(Scope.values) else key.scopes),
        Column(_("Allowed networks"), lambda key: key.networks or _("any")),
        Column(_("Expires"), "expires_at"),
        Column(_("Last used"), "last_used_at"),
    )
    actions = (Action(_("New key"), "key_create", tone="primary", icon="plus"),)
    empty = _("A key lets your shop's system post orders and read messages.")
    row_actions = (Action(_("Revoke"), "key_revoke", tone="danger", when=lambda key: not key.revoked_at),)


class KeyForm(MerchantForm):
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=Scope.choices,
        initial=Scope.values,
        widget=forms.CheckboxSelectMultiple,
    )
    networks = forms.CharField(
        label=_("Allowed networks"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One address or network per line, such as 203.0.113.7 or 203.0.113.0/24. Empty: from anywhere."
        ),
    )

    class Meta:
        model = ApiKey
        fields = ("name", "scopes", "networks", "expires_at")
        widgets = {"expires_at": forms.DateTimeInput(attrs={"type": "datetime-local"})}

    def clean_networks(self) -> list[str]:
        """Return the networks as CIDR; refuse what is none."""
        networks = []
        for text in self.cleaned_data["networks"].split():
            try:
                networks.append(str(ipaddress.ip_network(text, strict=False)))
            except ValueError as error:
                raise forms.ValidationError(
                    _("“%(text)s” is no address or network."), code="network", params={"text": text}
                ) from error
        return networks

    def clean_expires_at(self) -> Any:
        expires_at = self.cleaned_data["expires_at"]
        if expires_at and expires_at <= clock.now():
            raise forms.ValidationError(_("This moment has passed."), code="past")
        return expires_at


class KeyCreate(FormScreen[ApiKey]):
    model = ApiKey
    form_class = KeyForm
    right = Right.CONNECT
    section = "keys"
    title = _("New API key")
    button = _("Make the key")
    back = "key_list"

    def save(self, form: KeyForm) -> tuple[ApiKey, str]:
        return ApiKey.issue(self.merchant, **form.cleaned_data)

    def done(self, row: tuple[ApiKey, str]) -> HttpResponseBase:
        """Show the key, this once: it is kept as a digest only."""
        key, text = row
        page = {"title": key.name, "section": self.section, "key": key, "text": text}
        return TemplateResponse(self.request, "screens/key_made.html", page)


class KeyRevoke(ActionScreen[ApiKey]):
    model = ApiKey
    right = Right.CONNECT
    section = "keys"
    title = _("Revoke API key")
    question = _("Revoke this key? Whatever uses it is refused from now on. This cannot be undone.")
    button = _("Revoke")
    back = "key_list"

    def perform(self, row: ApiKey) -> Text:
        ApiKey.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=clock.now())
        return _("The key is revoked.")
