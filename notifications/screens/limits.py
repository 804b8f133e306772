"""Limits: how much may be sent on a day or in a month, and how much of it is used."""

from __future__ import annotations

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone as clock
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.roles import Right
from merchants.screens import Action, ActionScreen, Column, FormScreen, ListScreen, navigation
from merchants.screens.base import Text
from notifications import configuring
from notifications.configuring.limits import MOST
from notifications.limits.budgets import Used
from notifications.limits.usage import used_now
from notifications.models import Period, Scope, SendingLimit
from notifications.screens.refusals import beside_fields


def about(limit: SendingLimit) -> str:
    """Return what a limit is about."""
    return _("%(where)s, %(period)s") % {
        "where": limit.get_scope_display(),
        "period": limit.get_period_display(),
    }


class LimitList(ListScreen[SendingLimit]):
    model = SendingLimit
    template_name = "notifications/limits/list.html"
    right = Right.CONFIGURE
    section = "limits"
    title = gettext_lazy("Limits")
    ordering = ("scope", "period")
    actions = (Action(gettext_lazy("New limit"), "limit_create", Right.CONFIGURE, "primary", "plus"),)
    row_actions = (
        Action(gettext_lazy("Edit"), "limit_edit", Right.CONFIGURE),
        Action(gettext_lazy("Remove"), "limit_remove", Right.CONFIGURE, "danger"),
    )
    empty = gettext_lazy("Nothing limits how many texts leave. A limit guards against a costly mistake.")

    @cached_property
    def used(self) -> dict[str, Used]:
        return used_now(self.merchant, now=clock.now())

    def get_columns(self) -> tuple[Column, ...]:
        return (
            Column(_("Where"), "get_scope_display", link="limit_edit"),
            Column(_("In"), "get_period_display"),
            Column(_("At most (text parts)"), "most", align="end"),
            Column(_("Used"), self._use),
        )

    def _use(self, limit: SendingLimit) -> SafeString:
        used = self.used[limit.scope].of(limit.period)
        context = {
            # A meter needs room between its ends.
            "most": max(limit.most, 1),
            "used": used,
            "level": used if used < limit.most else max(limit.most, 1),
            "share": 100 * used // limit.most if limit.most else 100,
            "high": limit.most * 8 // 10,
            "is_full": used >= limit.most,
        }
        return render_to_string("notifications/limits/used.html", context)


class LimitForm(forms.Form):
    scope = forms.ChoiceField(label=gettext_lazy("Where"), choices=Scope.choices, widget=forms.RadioSelect)
    period = forms.ChoiceField(label=gettext_lazy("In"), choices=Period.choices, widget=forms.RadioSelect)
    most = forms.IntegerField(
        label=gettext_lazy("At most (text parts)"),
        min_value=0,
        max_value=MOST,
        help_text=gettext_lazy("Long texts have several parts. 0: nothing leaves."),
    )

    def __init__(self, data: Any = None, files: Any = None, *, limit: SendingLimit | None) -> None:
        super().__init__(data, files, initial={"most": limit.most} if limit else None)
        if limit:
            # What it is about stays as it is.
            del self.fields["scope"], self.fields["period"]


class LimitEdit(FormScreen[SendingLimit]):
    model = SendingLimit
    form_class = LimitForm
    right = Right.CONFIGURE
    section = "limits"
    back = "limit_list"
    saved = gettext_lazy("The limit is saved.")
    intro = gettext_lazy(
        "What would go beyond waits for the next day or month in your time zone. The team is told when a"
        " limit is nearly and when it is wholly used up."
    )

    def get_title(self) -> Text:
        return _("New limit") if self.is_new else about(self.row)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"limit": None if self.is_new else self.row}

    def save(self, form: LimitForm) -> SendingLimit:
        with beside_fields(form):
            return configuring.save_limit(
                self.merchant,
                data=form.cleaned_data,
                limit=None if self.is_new else self.row,
                by=self.request.user,
            )


class LimitRemove(ActionScreen[SendingLimit]):
    model = SendingLimit
    right = Right.CONFIGURE
    section = "limits"
    question = gettext_lazy("Remove this limit? What waits for room in it is sent.")
    button = gettext_lazy("Remove")
    back = "limit_list"

    def get_title(self) -> Text:
        return _("Remove limit: %(limit)s") % {"limit": about(self.row)}

    def perform(self, row: SendingLimit) -> Text:
        configuring.remove_limit(row, by=self.request.user)
        return _("The limit is removed.")


navigation.add(
    navigation.Entry(
        "limits",
        gettext_lazy("Limits"),
        url="limit_list",
        icon="limits",
        place=54,
        right=Right.CONFIGURE,
        is_setting=True,
    )
)
urlpatterns = [
    path("settings/limits/", LimitList.as_view(), name="limit_list"),
    path("settings/limits/new/", LimitEdit.as_view(), name="limit_create"),
    path("settings/limits/<uuid:pk>/", LimitEdit.as_view(), name="limit_edit"),
    path("settings/limits/<uuid:pk>/remove/", LimitRemove.as_view(), name="limit_remove"),
]
