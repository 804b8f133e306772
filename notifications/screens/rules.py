"""Rules: when what happens, who is told, how, with which words."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _

from merchants.roles import Right
from merchants.screens import Action, ActionScreen, Column, FormScreen, ListScreen, navigation
from merchants.screens.base import Text
from notifications import configuring
from notifications.configuring import InvalidSettings
from notifications.models import Rule
from notifications.screens.refusals import beside_fields
from notifications.screens.rule_forms import RuleForm
from notifications.screens.rule_words import sentence


class RuleList(ListScreen[Rule]):
    model = Rule
    template_name = "notifications/rules/list.html"
    section = "rules"
    title = _("Rules")
    ordering = ("event", "name", "pk")
    search = ("name__icontains", "template__icontains", "event__icontains")
    search_hint = _("Name, template or event")
    columns = (
        Column(_("Rule"), "name"),
        Column(_("What it does"), sentence),
        Column(_("Template"), "template"),
        Column(
            _("State"),
            lambda row: _("On") if row.is_active else _("Off"),
            badge=lambda row: "good" if row.is_active else "plain",
        ),
    )
    actions = (Action(_("New rule"), "rule_create", Right.CONFIGURE, "primary", "plus"),)
    row_actions = (
        Action(_("Edit"), "rule_edit", Right.CONFIGURE),
        Action(_("Switch off"), "rule_toggle", Right.CONFIGURE, is_post=True, when=lambda row: row.is_active),
        Action(
            _("Switch on"), "rule_toggle", Right.CONFIGURE, is_post=True, when=lambda row: not row.is_active
        ),
        Action(_("Copy"), "rule_copy", Right.CONFIGURE, is_post=True),
        Action(_("Remove"), "rule_remove", Right.CONFIGURE, "danger"),
    )
    empty = _("A rule says who is told, how and with which words, when something happens to an order.")


class RuleEdit(FormScreen[Rule]):
    model = Rule
    template_name = "notifications/rules/form.html"
    form_class = RuleForm
    right = Right.CONFIGURE
    section = "rules"
    back = "rule_list"
    saved = _("The rule is saved.")

    def get_title(self) -> Text:
        return _("New rule") if self.is_new else self.row.name

    def get_form(self) -> RuleForm:
        data = self.request.POST if self.request.method == "POST" else None
        return RuleForm(data, rule=None if self.is_new else self.row)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save; or show the form as it stands when a row is to come or go, or another event was chosen."""
        if request.POST.get("do"):
            return self.show(_unjudged(self.get_form()))
        return super().post(request, *args, **kwargs)

    def save(self, form: RuleForm) -> Rule:
        try:
            with beside_fields(form, names=form.paths()):
                return configuring.save_rule(
                    self.merchant,
                    data=form.settings(),
                    rule=None if self.is_new else self.row,
                    by=self.request.user,
                )
        except ValidationError as error:
            cause = error.__cause__
            if isinstance(cause, InvalidSettings):
                _show_at_rows(form, cause)
                if all(one.field.startswith("conditions[") for one in cause.errors):
                    raise ValidationError(_("Look at the conditions.")) from error
            raise


def _show_at_rows(form: RuleForm, fault: InvalidSettings) -> None:
    """Put what is wrong with a condition at its row."""
    places = {f"conditions[{n}]": place for n, (place, _condition) in enumerate(form.filled_rows())}
    for error in fault.errors:
        if error.field in places:
            form.conditions[places[error.field]].add_error("value", str(error.message))


def _unjudged(form: RuleForm) -> RuleForm:
    """Return the form with what was entered and without a word on what is still missing."""
    form.errors.clear()
    for row in form.conditions:
        row.errors.clear()
    return form


class RuleToggle(ActionScreen[Rule]):
    """Switch a rule on or off."""

    model = Rule
    right = Right.CONFIGURE
    back = "rule_list"

    def perform(self, row: Rule) -> Text:
        Rule.objects.filter(pk=row.pk).update(is_active=not row.is_active)
        words = _("“%(rule)s” is switched off.") if row.is_active else _("“%(rule)s” is switched on.")
        return words % {"rule": row.name}


class RuleCopy(ActionScreen[Rule]):
    """Make a rule that says the same, switched off, to be changed."""

    model = Rule
    right = Right.CONFIGURE
    back = "rule_list"

    def perform(self, row: Rule) -> Text:
        names = ("event", "match", "conditions", "recipients", "channels", "strategy", "template")
        values = {name: getattr(row, name) for name in (*names, "delay_seconds", "useful_seconds", "lane")}
        copy = Rule(merchant=self.merchant, name=_free_name(row.name), is_active=False, **values)
        copy.save(force_insert=True)
        return _("“%(rule)s” is made, switched off.") % {"rule": copy.name}


def _free_name(name: str) -> str:
    """Return the name of a copy that no rule has."""
    taken = set(Rule.objects.values_list("name", flat=True))
    number = 2
    while (wanted := f"{name[:90]} ({number})") in taken:
        number += 1
    return wanted


class RuleRemove(ActionScreen[Rule]):
    model = Rule
    right = Right.CONFIGURE
    section = "rules"
    title = _("Remove rule")
    question = _("Remove this rule? Nobody is told by it any more; the story of what it sent stays.")
    button = _("Remove")
    back = "rule_list"

    def perform(self, row: Rule) -> Text:
        row.archive()
        return _("The rule is removed.")


navigation.add(navigation.Entry("rules", _("Rules"), url="rule_list", icon="rules", place=40))
urlpatterns = [
    path("rules/", RuleList.as_view(), name="rule_list"),
    path("rules/new/", RuleEdit.as_view(), name="rule_create"),
    path("rules/<uuid:pk>/", RuleEdit.as_view(), name="rule_edit"),
    path("rules/<uuid:pk>/toggle/", RuleToggle.as_view(), name="rule_toggle"),
    path("rules/<uuid:pk>/copy/", RuleCopy.as_view(), name="rule_copy"),
    path("rules/<uuid:pk>/remove/", RuleRemove.as_view(), name="rule_remove"),
]
