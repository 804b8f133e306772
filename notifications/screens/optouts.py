"""Opt-outs: who must not be written to; by hand, from a list, to a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.urls import path
from django.utils.translation import gettext_lazy as _

from merchants.masking import contact
from merchants.roles import Right
from merchants.screens import (
    Action,
    ActionScreen,
    Column,
    FormScreen,
    ListScreen,
    navigation,
)
from merchants.screens.base import Text
from notifications.consent import (
    BadAddress,
    normalise_address,
    opt_out,
)
from notifications.models import Category, ChannelKind, OptOut, OptOutSource

EVERYTHING = "all"


class OptOutFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    channel = django_filters.ChoiceFilter(
        label=_("Channel"), choices=ChannelKind.choices, empty_label=_("any")
    )
    category = django_filters.ChoiceFilter(
        label=_("Category"), choices=Category.choices, empty_label=_("any")
    )
    source = django_filters.ChoiceFilter(
        label=_("Source"), choices=OptOutSource.choices, empty_label=_("any")
    )

    class Meta:
        model = OptOut
        fields = ()


class OptOutList(ListScreen[OptOut]):
    model = OptOut
    section = "opt-outs"
    title = _("Opt-outs")
    filterset_class = OptOutFilter
    actions = (
        Action(_("Add"), "opt_out_add", Right.CHANGE_CONSENT, "primary", "plus"),
        Action(_("Import a list"), "opt_out_import", Right.CHANGE_CONSENT, icon="upload"),
        Action(_("Export all"), "opt_out_export", Right.SEE_CONTACTS, icon="download"),
    )
    row_actions = (Action(_("Remove"), "opt_out_remove", Right.CHANGE_CONSENT),)
    empty = _("Nobody has opted out. Whoever does is never written to again on that channel.")
    search = ("address__icontains", "reason__icontains")
    search_hint = _("Phone, email or reason")

    def get_search(self) -> Sequence[str]:
        # Whoever may not read an address may not find it out by searching either.
        return self.search if self.membership.can(Right.SEE_CONTACTS) else ("reason__icontains",)

    def get_columns(self) -> Sequence[Column]:
        who = self.membership
        return (
            Column(_("Address"), lambda row: contact(row.address, who)),
            Column(_("Channel"), "get_channel_display"),
            Column(_("Category"), "get_category_display"),
            Column(_("Source"), "get_source_display"),
            Column(_("Reason"), "reason"),
            Column(_("Since"), "created_at"),
        )


class OptOutForm(forms.Form):
    channel = forms.ChoiceField(label=_("Channel"), choices=ChannelKind.choices)
    address = forms.CharField(label=_("Phone or email"), max_length=254)
    category = forms.ChoiceField(
        label=_("What they do not want"),
        choices=[*Category.choices, (EVERYTHING, _("Everything"))],
        initial=Category.MARKETING,
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if "channel" in values and "address" in values:
            try:
                values["address"] = normalise_address(values["channel"], values["address"], self.country)
            except BadAddress as fault:
                self.add_error("address", ValidationError(fault.detail, code=fault.code))
        return values


class OptOutAdd(FormScreen[OptOut]):
    model = OptOut
    form_class = OptOutForm
    right = Right.CHANGE_CONSENT
    section = "opt-outs"
    title = _("New opt-out")
    back = "opt_out_list"
    saved = _("The opt-out is kept.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"country": self.merchant.country}

    def save(self, form: OptOutForm) -> None:
        values = form.cleaned_data
        wanted = list(Category) if values["category"] == EVERYTHING else [values["category"]]
        for category in wanted:
            opt_out(
                self.merchant.pk,
                channel=values["channel"],
                address=values["address"],
                category=category,
                source=OptOutSource.HAND,
                reason=values["reason"],
            )


class OptOutRemove(ActionScreen[OptOut]):
    model = OptOut
    right = Right.CHANGE_CONSENT
    section = "opt-outs"
    title = _("Remove an opt-out")
    question = _("Remove this opt-out? The person is written to again. Do it only when they asked for it.")
    button = _("Remove")
    back = "opt_out_list"

    def perform(self, row: OptOut) -> Text:
        OptOut.objects.filter(pk=row.pk).delete()
        return _("The opt-out is removed.")


navigation.add(navigation.Entry("opt-outs", _("Opt-outs"), url="opt_out_list", icon="opt-outs", place=60))
urlpatterns = [
    path("opt-outs/", OptOutList.as_view(), name="opt_out_list"),
    path("opt-outs/add/", OptOutAdd.as_view(), name="opt_out_add"),
    path("opt-outs/<uuid:pk>/remove/", OptOutRemove.as_view(), name="opt_out_remove"),
]
