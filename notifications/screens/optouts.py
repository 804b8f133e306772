"""Opt-outs: who must not be written to; by hand, from a list, to a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from merchants.masking import contact
from merchants.models import Merchant
from merchants.ownership import inside
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
from merchants.screens.base import Text
from notifications.consent import (
    BadAddress,
    ImportRefused,
    export_opt_outs,
    import_opt_outs,
    normalise_address,
    opt_out,
)
from notifications.consent.imports import MAX_ROWS
from notifications.models import Category, ChannelKind, OptOut, OptOutImport, OptOutSource

EVERYTHING = "all"
# The report on screen; the counts above it are whole.
MOST_REPORTED = 1_000
TEMPLATE = (
    "address,channel,category,reason\r\n"
    "+8613800000000,sms,marketing,asked by phone\r\n"
    "name@mail.example,email,all,wrote a letter\r\n"
)


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


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("UTF-8 or GB 18030, up to 100,000 rows and 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )


class OptOutImportScreen(FormScreen[OptOutImport]):
    model = OptOutImport
    form_class = ImportForm
    template_name = "notifications/optouts/import.html"
    right = Right.CHANGE_CONSENT
    section = "opt-outs"
    title = _("Import opt-outs")
    button = _("Import")
    back = "opt_out_list"
    saved = _("The list is read.")

    def get_context(self, form: forms.BaseForm) -> dict[str, Any]:
        return {"imports": list(OptOutImport.objects.defer("report").order_by("-pk")[:10]), "most": MAX_ROWS}

    def save(self, form: ImportForm) -> OptOutImport:
        try:
            return import_opt_outs(self.merchant, form.cleaned_data["file"], self.request.user)
        except ImportRefused as refusal:
            raise ValidationError({"file": ValidationError(refusal.detail, code=refusal.code)}) from refusal

    def success_url(self, row: OptOutImport) -> str:
        return reverse("opt_out_imported", args=[row.pk])


class OptOutImported(DetailScreen[OptOutImport]):
    """What became of a list, row by row."""

    model = OptOutImport
    template_name = "notifications/optouts/imported.html"
    right = Right.CHANGE_CONSENT
    section = "opt-outs"
    facts = (
        Column(_("Read"), "created_at"),
        Column(_("By"), "created_by"),
        Column(_("Rows"), "rows"),
        Column(_("New"), "added"),
        Column(_("Known before"), "known"),
        Column(_("Refused"), lambda row: len(row.report)),
    )

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("created_by")

    def get_context(self) -> dict[str, Any]:
        report = self.row.report
        return {"report": report[:MOST_REPORTED], "is_cut": len(report) > MOST_REPORTED}


class OptOutExport(Screen):
    """All opt-outs as CSV, as it can be imported again."""

    right = Right.SEE_CONTACTS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        lines = _inside(self.merchant, export_opt_outs(self.merchant))
        return StreamingHttpResponse(
            lines, content_type="text/csv; charset=utf-8", headers=_named("opt-outs")
        )


class OptOutTemplate(Screen):
    """A list to fill in."""

    right = Right.CHANGE_CONSENT

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # The mark tells spreadsheets that this is UTF-8.
        text = "\ufeff" + TEMPLATE
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=_named("opt-outs-template"))


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}


def _inside(merchant: Merchant, lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines, each made inside the merchant's scope: the page is long answered by then."""
    made = iter(lines)
    while True:
        with inside(merchant):
            line = next(made, None)
        if line is None:
            return
        yield line


navigation.add(navigation.Entry("opt-outs", _("Opt-outs"), url="opt_out_list", icon="opt-outs", place=60))
urlpatterns = [
    path("opt-outs/", OptOutList.as_view(), name="opt_out_list"),
    path("opt-outs/add/", OptOutAdd.as_view(), name="opt_out_add"),
    path("opt-outs/<uuid:pk>/remove/", OptOutRemove.as_view(), name="opt_out_remove"),
    path("opt-outs/import/", OptOutImportScreen.as_view(), name="opt_out_import"),
    path("opt-outs/import/<uuid:pk>/", OptOutImported.as_view(), name="opt_out_imported"),
    path("opt-outs/import/template.csv", OptOutTemplate.as_view(), name="opt_out_template"),
    path("opt-outs/opt-outs.csv", OptOutExport.as_view(), name="opt_out_export"),
]
