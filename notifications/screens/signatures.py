"""Signatures: the names in 【】 before text messages, and where each stands with the gateways."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _

from merchants.roles import Right
from merchants.screens import Action, ActionScreen, Column, FormScreen, ListScreen, navigation
from merchants.screens.base import Text
from notifications import configuring
from notifications.models import Signature
from notifications.screens.fields import CountriesField, named_countries
from notifications.screens.refusals import beside_fields
from notifications.screens.reviews import reviewers, reviewing


class SignatureList(ListScreen[Signature]):
    model = Signature
    section = "signatures"
    title = _("Signatures")
    columns = (
        Column(_("Signature"), str),
        Column(
            _("Use"),
            lambda row: _("Default") if row.is_default else _("Where it fits"),
            badge=lambda row: "info" if row.is_default else "plain",
        ),
        Column(_("Countries"), lambda row: named_countries(row.countries)),
        Column(_("At gateways"), lambda row: standings(row)),
    )
    actions = (Action(_("New signature"), "signature_create", Right.CONFIGURE, "primary", "plus"),)
    row_actions = (
        Action(_("Edit"), "signature_edit", Right.CONFIGURE),
        Action(
            _("Make default"),
            "signature_default",
            Right.CONFIGURE,
            is_post=True,
            when=lambda row: not row.is_default,
        ),
        Action(_("Remove"), "signature_remove", Right.CONFIGURE, "danger"),
    )
    empty = _(
        "A signature is the name in 【】 with which a text message begins."
        " In mainland China every text needs one."
    )

    def get_queryset(self) -> QuerySet[Signature]:
        return super().get_queryset().prefetch_related("reviews__gateway")


def standings(row: Signature) -> list[str]:
    """Return where the signature stands, gateway by gateway."""
    reviews = [review for review in row.reviews.all() if review.gateway.archived_at is None]
    return [f"{review.gateway}: {review.get_state_display()}" for review in reviews]


class SignatureForm(forms.Form):
    text = forms.CharField(
        label=_("Signature"),
        max_length=60,
        help_text=_(
            "2 to 12 letters, Chinese characters or digits. The brackets 【】 are added by themselves."
        ),
    )
    countries = CountriesField(help_text=_("Where it is used. Two-letter codes; empty: everywhere."))
    is_default = forms.BooleanField(
        label=_("Default"), required=False, help_text=_("Taken first where several fit.")
    )


class SignatureEdit(FormScreen[Signature]):
    model = Signature
    template_name = "notifications/signatures/form.html"
    form_class = SignatureForm
    right = Right.CONFIGURE
    section = "signatures"
    back = "signature_list"
    saved = _("The signature is saved.")

    def get_title(self) -> Text:
        return _("New signature") if self.is_new else str(self.row)

    def get_form_kwargs(self) -> dict[str, Any]:
        if self.is_new:
            return {}
        row = self.row
        return {"initial": {"text": row.text, "countries": row.countries, "is_default": row.is_default}}

    def get_context(self, form: forms.BaseForm) -> dict[str, Any]:
        if self.is_new:
            return {}
        return {"row": self.row, "reviews": reviewing(self.row, accounts=reviewers(), url="signature_review")}

    def save(self, form: forms.Form) -> Signature:
        with beside_fields(form):
            return configuring.save_signature(
                self.merchant,
                data=form.cleaned_data,
                signature=None if self.is_new else self.row,
                by=self.request.user,
            )


class SignatureDefault(ActionScreen[Signature]):
    """Take this signature first where several fit."""

    model = Signature
    right = Right.CONFIGURE
    back = "signature_list"

    def perform(self, row: Signature) -> Text:
        configuring.save_signature(
            self.merchant, data={"is_default": True}, signature=row, by=self.request.user
        )
        return _("The default signature is now %(signature)s.") % {"signature": row}


class SignatureRemove(ActionScreen[Signature]):
    model = Signature
    right = Right.CONFIGURE
    section = "signatures"
    title = _("Remove signature")
    question = _("Remove this signature? Texts go out with another that fits, or without one.")
    button = _("Remove")
    back = "signature_list"

    def perform(self, row: Signature) -> Text:
        row.archive()
        return _("The signature is removed.")


navigation.add(
    navigation.Entry(
        "signatures", _("Signatures"), url="signature_list", icon="signatures", place=40, is_setting=True
    )
)
urlpatterns = [
    path("settings/signatures/", SignatureList.as_view(), name="signature_list"),
    path("settings/signatures/new/", SignatureEdit.as_view(), name="signature_create"),
    path("settings/signatures/<uuid:pk>/", SignatureEdit.as_view(), name="signature_edit"),
    path("settings/signatures/<uuid:pk>/default/", SignatureDefault.as_view(), name="signature_default"),
    path("settings/signatures/<uuid:pk>/remove/", SignatureRemove.as_view(), name="signature_remove"),
]
