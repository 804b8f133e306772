"""Templates: what is said, version by version, and what it looks like."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from merchants.places import language_name
from merchants.roles import Right
from merchants.screens import Action, ActionScreen, Column, DetailScreen, FormScreen, Screen, navigation
from merchants.screens.base import Text
from notifications import configuring, templates, testsend
from notifications.configuring import InvalidTemplate
from notifications.models import Message, Rule, Template
from notifications.screens.refusals import beside_fields
from notifications.screens.reviews import reviewers, reviewing
from notifications.screens.template_forms import TemplateForm, TestForm
from notifications.screens.template_parts import VersionDetail, VersionRestore
from notifications.screens.template_preview import MailPreview, Preview, looked_at, placeholders
from notifications.screens.trials import TrialScreen
from orders.events import EventKind

MOST = 1_000
MOST_VERSIONS = 50


class TemplateList(Screen):
    """The templates by what they are about; one code has its channels and languages beside it."""

    template_name = "notifications/templates/list.html"
    section = "templates"
    title = _("Templates")
    actions = (Action(_("New template"), "template_create", Right.CONFIGURE, "primary", "plus"),)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = Template.objects.defer("subject", "body").order_by("code", "channel", "language")[:MOST]
        events: dict[str, dict[str, list[Template]]] = {}
        for row in rows:
            events.setdefault(row.event, {}).setdefault(row.code, []).append(row)
        by_event = [(kind.label, events[kind]) for kind in EventKind if kind in events]
        return self.render({"by_event": by_event})


class TemplateDetail(DetailScreen[Template]):
    model = Template
    template_name = "notifications/templates/template.html"
    section = "templates"
    facts = (
        Column(
            _("State"),
            lambda row: _("On") if row.is_active else _("Off"),
            badge=lambda row: "good" if row.is_active else "plain",
        ),
        Column(_("Event"), "get_event_display"),
        Column(_("Channel"), "get_channel_display"),
        Column(_("Language"), lambda row: language_name(row.language)),
        Column(_("Category"), "get_category_display"),
        Column(_("Version"), "version"),
        Column(_("Changed"), "updated_at"),
    )
    actions = (
        Action(_("Edit"), "template_edit", Right.CONFIGURE, "primary", "edit"),
        Action(_("Send a test"), "template_test", Right.SEND, icon="send"),
        Action(
            _("Switch off"), "template_toggle", Right.CONFIGURE, is_post=True, when=lambda row: row.is_active
        ),
        Action(
            _("Switch on"),
            "template_toggle",
            Right.CONFIGURE,
            is_post=True,
            when=lambda row: not row.is_active,
        ),
        Action(_("Remove"), "template_remove", Right.CONFIGURE, "danger"),
    )

    def get_context(self) -> dict[str, Any]:
        row = self.row
        versions = row.versions.select_related("created_by").order_by("-number")[:MOST_VERSIONS]
        accounts = reviewers(of_templates=True) if row.channel == "sms" else []
        return {
            **looked_at(templates.source_of(row), merchant=self.merchant, category=row.category),
            "mail_url": reverse("template_mail", args=[row.pk]),
            "versions": versions,
            "rules": Rule.objects.filter(template=row.code)[:50],
            "reviews": reviewing(row, accounts=accounts, url="template_review"),
            "can_review": self.membership.can(Right.CONFIGURE),
        }


class TemplateEdit(FormScreen[Template]):
    """The editor: words on one side, what becomes of them on the other."""

    model = Template
    template_name = "notifications/templates/editor.html"
    form_class = TemplateForm
    right = Right.CONFIGURE
    section = "templates"
    back = "template_list"
    saved = _("The template is saved.")

    def get_title(self) -> Text:
        return _("New template") if self.is_new else str(self.row)

    def get_form_kwargs(self) -> dict[str, Any]:
        wanted = {name: self.request.GET.get(name, "") for name in ("event", "channel", "code")}
        proposed = {name: value for name, value in wanted.items() if value}
        return {
            "template": None if self.is_new else self.row,
            "merchant": self.merchant,
            "proposed": proposed,
        }

    def get_context(self, form: TemplateForm) -> dict[str, Any]:  # type: ignore[override]  # the only form here
        pk = [] if self.is_new else [self.row.pk]
        suffix = "_new" if self.is_new else ""
        return {
            "placeholders": placeholders(form.chosen("event"), is_mail=form.is_mail),
            "preview_url": reverse(f"template_preview{suffix}", args=pk),
            "mail_url": reverse(f"template_mail{suffix}", args=pk),
            "problems": getattr(self, "problems", []),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save; or show the form as it stands when another event or channel was chosen."""
        if request.POST.get("do") == "look":
            form = self.get_form()
            form.errors.clear()
            return self.show(form)
        return super().post(request, *args, **kwargs)

    def save(self, form: forms.BaseForm) -> Template:
        try:
            with beside_fields(form):
                return configuring.save_template(
                    self.merchant,
                    data=form.cleaned_data,
                    template=None if self.is_new else self.row,
                    by=self.request.user,
                )
        except ValidationError as error:
            if isinstance(error.__cause__, InvalidTemplate):
                self.problems = error.__cause__.problems
            raise

    def back_url(self) -> str:
        return reverse("template_list") if self.is_new else reverse("template_detail", args=[self.row.pk])

    def success_url(self, row: Template) -> str:
        return reverse("template_detail", args=[row.pk])


class TemplateToggle(ActionScreen[Template]):
    """Switch a template on or off."""

    model = Template
    right = Right.CONFIGURE
    back = "template_detail"
    back_takes_row = True

    def perform(self, row: Template) -> Text:
        data = {"is_active": not row.is_active}
        configuring.save_template(self.merchant, data=data, template=row, by=self.request.user)
        return _("The template is switched on.") if row.is_active else _("The template is switched off.")


class TemplateRemove(ActionScreen[Template]):
    model = Template
    right = Right.CONFIGURE
    section = "templates"
    title = _("Remove template")
    question = _("Remove this template? Rules that name it use its other languages, or tell nobody.")
    button = _("Remove")
    back = "template_list"

    def perform(self, row: Template) -> Text:
        row.archive()
        return _("The template is removed.")


class TemplateTest(TrialScreen[Template]):
    """Send the template to oneself, through the real path."""

    model = Template
    form_class = TestForm
    right = Right.SEND
    section = "templates"
    back = "template_detail"
    intro = _("It goes the way of every message: opt-outs, quiet hours and gateways hold for it too.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"channel": self.row.channel, "email": self.request.user.email}

    def send(self, form: forms.Form) -> Message:
        entered = form.cleaned_data
        return testsend.send_test(
            self.row, address=entered["address"], order=entered["order"], by=self.request.user
        )


navigation.add(navigation.Entry("templates", _("Templates"), url="template_list", icon="templates", place=50))
urlpatterns = [
    path("templates/", TemplateList.as_view(), name="template_list"),
    path("templates/new/", TemplateEdit.as_view(), name="template_create"),
    path("templates/new/preview/", Preview.as_view(), name="template_preview_new"),
    path("templates/new/mail/", MailPreview.as_view(http_method_names=["post"]), name="template_mail_new"),
    path("templates/<uuid:pk>/", TemplateDetail.as_view(), name="template_detail"),
    path("templates/<uuid:pk>/edit/", TemplateEdit.as_view(), name="template_edit"),
    path("templates/<uuid:pk>/preview/", Preview.as_view(), name="template_preview"),
    path("templates/<uuid:pk>/mail/", MailPreview.as_view(), name="template_mail"),
    path("templates/<uuid:pk>/toggle/", TemplateToggle.as_view(), name="template_toggle"),
    path("templates/<uuid:pk>/remove/", TemplateRemove.as_view(), name="template_remove"),
    path("templates/<uuid:pk>/test/", TemplateTest.as_view(), name="template_test"),
    path("templates/<uuid:pk>/versions/<int:number>/", VersionDetail.as_view(), name="template_version"),
    path(
        "templates/<uuid:pk>/versions/<int:number>/restore/",
        VersionRestore.as_view(),
        name="template_restore",
    ),
]
