"""Templates: what is said on one channel in one language; every change of the words is a new version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant, User
from notifications import templates
from notifications.configuring.entries import TAKEN, Entries, FieldError, InvalidSettings
from notifications.models import Category, ChannelKind, Template
from notifications.rendering import Problem, TemplateErrors
from orders import normalise
from orders.errors import InvalidInput
from orders.events import EventKind

FIELDS: Final = ("code", "event", "channel", "language", "category", "subject", "body", "is_active")
# What a template is known by: rules and messages that were sent refer to it.
FIXED: Final = ("code", "event", "channel", "language")
_CODE = re.compile(r"[\w-]+")


class InvalidTemplate(InvalidSettings):
    """A wording that may not be kept; `problems` says where in the text."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(
            FieldError(problem.field, str(problem.code), templates.problem_text(problem))
            for problem in problems
        )


def save_template(
    merchant: Merchant, *, data: Mapping[str, Any], template: Template | None = None, by: User | None = None
) -> Template:
    """Make a template or change one; what `data` does not name stays as it is.

    Called inside the merchant's scope. Other words make a new version, by whom `by` says. Raises
    `InvalidSettings`, or `InvalidTemplate` when only the words are at fault.
    """
    entries = Entries(data, known=FIELDS, current=template)
    entries.text("code", most=60, needed=True)
    if not _CODE.fullmatch(entries.values.get("code", "x")):
        entries.refuse("code", "bad_code", _("Only letters, digits, hyphens and underscores."))
    entries.choice("event", EventKind.values, needed=True)
    entries.choice("channel", ChannelKind.values, needed=True)
    entries.choice("category", Category.values)
    entries.flag("is_active")
    _read_language(entries)
    _read_words(entries)
    for name in FIXED:
        entries.fixed(name)
    if template is None and not entries.is_wrong(*FIXED):
        _check_place(entries)
    entries.check()
    try:
        return _keep(merchant, entries, template, by=by)
    except TemplateErrors as fault:
        raise InvalidTemplate(fault.problems) from fault
    except IntegrityError as error:
        raise InvalidSettings([FieldError("code", "taken", TAKEN)]) from error


def _read_language(entries: Entries) -> None:
    entries.text("language", most=35, needed=True)
    if "language" in entries.values:
        try:
            entries.values["language"] = normalise.language(entries.values["language"])
        except InvalidInput as error:
            entries.refuse("language", error.code, error.detail)


def _read_words(entries: Entries) -> None:
    """Read subject and body as they are; whether they can be sent is the renderer's to say."""
    for name in ("subject", "body"):
        if not entries.entered(name, needed=name == "body"):
            continue
        value = entries.data[name]
        if not isinstance(value, str):
            entries.refuse(name, "not_a_text", _("Write a text."))
        else:
            entries.values[name] = value.replace("\r\n", "\n")
    if entries.value("channel") == ChannelKind.SMS and entries.values.get("subject"):
        entries.refuse("subject", "no_subject", _("A text message has no subject."))


def _check_place(entries: Entries) -> None:
    """Refuse a place that is taken, and one code for two events: a rule could not tell them apart."""
    same = Template.objects.filter(code=entries.values["code"])
    place = {name: entries.values[name] for name in ("channel", "language")}
    if same.filter(**place).exists():
        entries.refuse("code", "taken", _("There is a template of this code, channel and language already."))
    elif same.exclude(event=entries.values["event"]).exists():
        entries.refuse("event", "other_event", _("Templates of this code are about another event."))


@transaction.atomic
def _keep(merchant: Merchant, entries: Entries, template: Template | None, *, by: User | None) -> Template:
    if template is None:
        values = {"category": Category.TRANSACTIONAL.value} | entries.values
        template = templates.create(merchant, by=by, **values)
        entries.note(template, is_new=True, by=by)
        return template
    subject, body = (entries.values.pop(name, getattr(template, name)) for name in ("subject", "body"))
    if (subject, body) != (template.subject, template.body):
        templates.publish(template, subject=subject, body=body, by=by)
    for name in FIXED:
        entries.values.pop(name, None)
    entries.keep(template, by=by, name="code")
    return template
