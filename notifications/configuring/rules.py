"""Rules: when what happens, who is told, how, with which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant, User
from notifications import conditions, recipients
from notifications.configuring.entries import Entries
from notifications.models import ChannelKind, Rule, Template
from orders import normalise
from orders.errors import InvalidInput
from orders.events import EventKind

FIELDS: Final = (
    "name",
    "event",
    "match",
    "conditions",
    "recipients",
    "channels",
    "strategy",
    "template",
    "delay_seconds",
    "is_active",
)
LONGEST_DELAY: Final = 90 * 24 * 3600
MOST_RECIPIENTS: Final = 20


def save_rule(
    merchant: Merchant, *, data: Mapping[str, Any], rule: Rule | None = None, by: User | None = None
) -> Rule:
    """Make a rule or change one; what `data` does not name stays as it is. Raises `InvalidSettings`.

    Called inside the merchant's scope. `data` carries the names of `FIELDS`.
    """
    entries = Entries(data, known=FIELDS, current=rule)
    entries.text("name", most=100, needed=True)
    entries.unique("name", Rule.objects.all())
    entries.choice("event", EventKind.values, needed=True)
    entries.choice("match", Rule.Match.values)
    entries.choice("strategy", Rule.Strategy.values)
    entries.text("template", most=60, needed=True)
    entries.whole("delay_seconds", least=0, most=LONGEST_DELAY)
    entries.flag("is_active")
    _read_conditions(entries)
    _read_recipients(entries, country=merchant.country)
    _read_channels(entries)
    _check_template(entries)
    entries.check()
    row = rule or Rule(merchant=merchant)
    entries.keep(row, by=by, name="name")
    return row


def _read_conditions(entries: Entries) -> None:
    """Read the conditions; those that stand must fit a new event too."""
    wanted = entries.data.get("conditions", entries.value("conditions") or [])
    if entries.is_wrong("conditions", "event") or not entries.value("event"):
        return
    for problem in conditions.problems(wanted, event=entries.value("event")):
        path = "conditions" if problem.code in {"not_a_list", "too_many"} else f"conditions[{problem.index}]"
        entries.refuse(path, problem.code, condition_problem(problem.code, problem.params))
    if "conditions" in entries.data and not entries.is_wrong("conditions"):
        entries.values["conditions"] = [_tidied(condition) for condition in wanted]


def _tidied(condition: Mapping[str, Any]) -> dict[str, Any]:
    kept = {"field": condition["field"], "operator": condition["operator"]}
    return kept if condition["operator"] in {"is_set", "is_empty"} else kept | {"value": condition["value"]}


def condition_problem(code: str, params: Mapping[str, str]) -> str | Promise:
    """Return the sentence for what is wrong with a condition."""
    words: dict[str, Any] = {
        "not_a_list": _("Write a list of conditions."),
        "too_many": _("At most {most} conditions."),
        "bad_shape": _("A condition has a field, an operator and a value, and nothing else."),
        "unknown_field": _("There is no field “{field}”."),
        "field_not_in_event": _("“{field}” is not known when this event happens."),
        "bad_operator": _("“{field}” cannot be compared in this way."),
        "bad_value": _("“{field}” needs a value to compare with."),
        "not_a_number": _("“{field}” is compared with a number."),
        "unknown_choice": _("“{value}” is not among the values of “{field}”."),
    }
    return format_lazy(words[code], **params)


def _read_recipients(entries: Entries, *, country: str) -> None:
    if not entries.entered("recipients", needed=True):
        return
    value = entries.data["recipients"]
    if not isinstance(value, list) or not value:
        entries.refuse("recipients", "required", _("Name at least one recipient."))
        return
    if len(value) > MOST_RECIPIENTS:
        message = format_lazy(_("At most {most} recipients."), most=MOST_RECIPIENTS)
        entries.refuse("recipients", "too_many", message)
        return
    kept = []
    for place, one in enumerate(value):
        written = recipient(one, country=country)
        code = recipients.problem(written)
        if code:
            entries.refuse(f"recipients[{place}]", code, RECIPIENT_PROBLEMS[code])
        kept.append(written)
    if not entries.is_wrong("recipients"):
        entries.values["recipients"] = list(dict.fromkeys(kept))


def recipient(written: Any, *, country: str) -> Any:
    """Return a recipient in the form that is kept: a phone in E.164, an address in lower case."""
    if not isinstance(written, str):
        return written
    kind, separator, rest = written.strip().partition(":")
    try:
        if kind == "phone":
            rest = normalise.phone(rest, countries=(country,))
        elif kind == "email":
            rest = normalise.email(rest)
    except InvalidInput:
        rest = ""
    return f"{kind}{separator}{rest.strip()}"


RECIPIENT_PROBLEMS: Final[dict[str, Any]] = {
    "bad_recipient": _("Write customer, role:<role>, email:<address> or phone:<number>."),
    "unknown_role": _("There is no such role in a team."),
    "bad_email": _("This is not an email address."),
    "bad_phone": _("No phone can have this number. Write it with its country, such as +86 138 0000 0000."),
}


def _read_channels(entries: Entries) -> None:
    if not entries.entered("channels", needed=True):
        return
    value = entries.data["channels"]
    if not isinstance(value, list) or not value:
        entries.refuse("channels", "required", _("Name at least one channel."))
        return
    for place, one in enumerate(value):
        if not isinstance(one, str) or one not in ChannelKind.values:
            message = format_lazy(_("Choose one of: {choices}."), choices=", ".join(ChannelKind.values))
            entries.refuse(f"channels[{place}]", "unknown_choice", message)
        elif one in value[:place]:
            entries.refuse(f"channels[{place}]", "twice", _("This channel is named twice."))
    if not entries.is_wrong("channels"):
        entries.values["channels"] = [str(one) for one in value]


def _check_template(entries: Entries) -> None:
    """Refuse a template that none of the channels has, or that speaks of another event."""
    names = ("template", "channels", "event")
    if entries.is_wrong(*names) or not any(name in entries.values for name in names):
        return
    code, channels, event = (entries.value(name) for name in names)
    events = set(events_of(code, channels=channels or ()))
    if not events:
        entries.refuse(
            "template", "unknown_template", _("No template of this code is there for these channels.")
        )
    elif event not in events:
        entries.refuse("template", "other_event", _("This template is about another event."))


def events_of(code: str, *, channels: Sequence[str]) -> list[str]:
    """Return the events that a template code speaks of on these channels."""
    rows = Template.objects.filter(code=code, channel__in=list(channels))
    return list(rows.values_list("event", flat=True).distinct().order_by())
