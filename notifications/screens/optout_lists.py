"""Opt-outs from a list, with a report of its rows, and to a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant
from merchants.ownership import inside
from merchants.roles import Right
from merchants.screens import Column, DetailScreen, FormScreen, Screen
from notifications.consent import FAULTS, ImportRefused, export_opt_outs, import_opt_outs
from notifications.models import OptOutImport

# The report on screen; the counts above it are whole.
MOST_REPORTED = 1_000
TEMPLATE = (
    "address,channel,category,reason\r\n"
    "+8613800000000,sms,marketing,asked by phone\r\n"
    "name@mail.example,email,all,wrote a letter\r\n"
)


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
        return {"imports": list(OptOutImport.objects.defer("report").order_by("-pk")[:10])}

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
        Column(_("Imported"), "created_at"),
        Column(_("By"), "created_by"),
        Column(_("Rows"), "rows"),
        Column(_("New"), "added"),
        Column(_("Already listed"), "known"),
        Column(_("Refused"), lambda row: len(row.report)),
    )

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("created_by")

    def get_context(self) -> dict[str, Any]:
        report = self.row.report
        shown = [one | {"detail": FAULTS[one["code"]]} for one in report[:MOST_REPORTED]]
        return {"report": shown, "is_cut": len(report) > MOST_REPORTED}


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


urlpatterns = [
    path("opt-outs/import/", OptOutImportScreen.as_view(), name="opt_out_import"),
    path("opt-outs/import/<uuid:pk>/", OptOutImported.as_view(), name="opt_out_imported"),
    path("opt-outs/import/template.csv", OptOutTemplate.as_view(), name="opt_out_template"),
    path("opt-outs/opt-outs.csv", OptOutExport.as_view(), name="opt_out_export"),
]
