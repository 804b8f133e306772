"""A template at a gateway: its text there beside ours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import path

from notifications import reviewing
from notifications.models import Template, VendorTemplate
from notifications.placeholders import for_event
from notifications.reviewing.terms import reviews
from notifications.screens.review_forms import PREFIX, TemplateNoteForm, TemplateSubmitForm
from notifications.screens.review_pages import (
    AskScreen,
    AtGateway,
    ReviewScreen,
    SubmitScreen,
    WithdrawScreen,
)
from notifications.vendor_wording import CannotSpell


class OfTemplate(AtGateway[Template]):
    model = Template
    review_model = VendorTemplate
    section = "templates"
    names = "template"
    home = "template_detail"


class TemplateReview(OfTemplate, ReviewScreen[Template]):
    form_class = TemplateNoteForm

    def get_context(self, form: forms.BaseForm) -> dict[str, Any]:
        review, account = self.review, self.account
        context = {
            "placeholders": for_event(self.row.event),
            "is_sent": review.in_use is not None,
        }
        if reviewing.wants_review(account, of_templates=True) and review.body:
            compared = reviewing.comparison_of(review)
            findings = [(one, reviewing.finding_text(one)) for one in compared.findings]
            context |= {"runs": compared.runs, "findings": findings}
        return super().get_context(form) | context

    def note(self, data: dict[str, Any]) -> VendorTemplate:
        return reviewing.note_template(self.row, gateway=self.account, data=data, by=self.request.user)


class TemplateSubmit(OfTemplate, SubmitScreen[Template]):
    form_class = TemplateSubmitForm

    def get_form_kwargs(self) -> dict[str, Any]:
        vendor = reviews(self.account)
        initial = {PREFIX + name: value for name, value in self.review.fields.items()}
        self.problems: list[str] = []
        if vendor:
            try:
                ours = reviewing.spelled_for(self.row, self.account)
                initial |= {"body": ours.body, "params": ours.params}
            except CannotSpell as fault:
                self.problems = [reviewing.finding_text(one) for one in fault.findings]
        return {"wanted": vendor.template_fields if vendor else (), "initial": initial}

    def get_context(self, form: forms.BaseForm) -> dict[str, Any]:
        return super().get_context(form) | {"problems": self.problems}

    def submit(self, entered: dict[str, Any]) -> VendorTemplate:
        return reviewing.submit_template(self.row, gateway=self.account, by=self.request.user, **entered)


class TemplateAsk(OfTemplate, AskScreen[Template]):
    pass


class TemplateWithdraw(OfTemplate, WithdrawScreen[Template]):
    pass


_AT = "templates/<uuid:pk>/at/<uuid:gateway>/"
urlpatterns = [
    path(_AT, TemplateReview.as_view(), name="template_review"),
    path(f"{_AT}submit/", TemplateSubmit.as_view(), name="template_submit"),
    path(f"{_AT}ask/", TemplateAsk.as_view(), name="template_ask"),
    path(f"{_AT}withdraw/", TemplateWithdraw.as_view(), name="template_withdraw"),
]
