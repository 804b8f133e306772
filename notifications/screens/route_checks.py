"""Which way a text would go now: each gateway in its order, and what stands in its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from merchants.models import Merchant
from merchants.places import country_choices, language_name
from notifications import routing
from notifications.models import Category, ChannelKind, GatewayAccount, Template
from notifications.routing import HARD, Errand, Obstacle
from notifications.screens import words
from notifications.setup import Setup

MOST_TEMPLATES = 500


def text_templates() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the text templates in use by what kind of text they are, which is what routes ask for."""
    rows = Template.objects.filter(channel=ChannelKind.SMS, is_active=True).order_by("code", "language")
    found: dict[str, list[tuple[str, str]]] = {str(one.label): [] for one in Category}
    for row in rows.only("pk", "code", "language", "category")[:MOST_TEMPLATES]:
        label = f"{row.code} · {language_name(row.language)}"
        found[str(Category(row.category).label)].append((str(row.pk), label))
    return [(label, choices) for label, choices in found.items() if choices]


class CheckForm(forms.Form):
    country = forms.ChoiceField(label=pgettext_lazy("a country", "To"), choices=country_choices, initial="CN")
    template = forms.ChoiceField(label=pgettext_lazy("of a template", "Text"), choices=text_templates)


@dataclass(frozen=True)
class Way:
    """A gateway in the line, what stands in its way in words, and whether it is the one."""

    account: GatewayAccount
    is_chosen: bool
    note: str


@dataclass(frozen=True)
class Ways:
    """The line for one text, and why there is no way where there is none."""

    line: list[Way]
    reason: str = ""


def ways_now(merchant: Merchant, form: Any) -> Ways:
    """Return the line for a text as the workers would see it, but for what only they notice."""
    template: Template = Template.objects.get(pk=form.cleaned_data["template"])
    country, now = form.cleaned_data["country"], clock.now()
    setup = Setup([merchant.pk])
    errand = Errand(merchant.pk, country, template.category, template.pk)
    choice = routing.choose(setup, errand, now=now)
    line = routing.line_of(setup, merchant.pk, country=country, category=template.category)
    ways = []
    for account in line:
        obstacle = routing.obstacle_of(setup, errand, account, now=now)
        ways.append(Way(account, account == choice.way, _note(obstacle, is_chosen=account == choice.way)))
    reason = "" if choice.route.is_open else words.reason_of(choice.route.reason)
    return Ways(ways, reason)


def _note(obstacle: Obstacle | None, *, is_chosen: bool) -> str:
    if obstacle is None:
        return _("It takes the text.") if is_chosen else _("It stands by.")
    why = words.obstacle_of(obstacle)
    if is_chosen:
        return _("It takes the text, because no other can: %(why)s.") % {"why": why}
    if obstacle in HARD:
        return _("It cannot take the text: %(why)s.") % {"why": why}
    return _("It is passed over while another can take the text: %(why)s.") % {"why": why}
