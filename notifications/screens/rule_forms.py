"""The form of a rule."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from merchants.roles import Role
from notifications.configuring.rules import LONGEST_DELAY
from notifications.models import ChannelKind, Rule, Template
from notifications.screens import condition_rows, rule_words
from notifications.screens.condition_rows import ConditionRow
from orders.events import EventKind

UNITS = {name: size for name, size, _label in rule_words.UNITS}
MOST_TEMPLATES = 500


class RuleForm(forms.Form):
    """What a rule says; `conditions` are its rows, which come and go with `do` (add, remove-<n>, look)."""

    name = forms.CharField(label=_("Name"), max_length=100)
    event = forms.ChoiceField(label=_("When this happens"), choices=rule_words.event_choices)
    match = forms.ChoiceField(
        label=_("These must hold"), choices=Rule.Match.choices, initial=Rule.Match.ALL, required=False
    )
    to_customer = forms.BooleanField(label=_("The customer"), required=False, initial=True)
    roles = forms.MultipleChoiceField(
        label=_("Everybody in the team who is"),
        required=False,
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    addresses = forms.CharField(
        label=_("Fixed addresses"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Mail addresses and phone numbers, one per line."),
    )
    template = forms.ChoiceField(label=_("Template"))
    strategy = forms.ChoiceField(
        label=_("Strategy"),
        choices=Rule.Strategy.choices,
        initial=Rule.Strategy.ALL,
        widget=forms.RadioSelect,
    )
    timing = forms.ChoiceField(
        label=_("Timing"),
        choices=[("now", _("At once")), ("later", _("After a delay"))],
        initial="now",
        widget=forms.RadioSelect,
    )
    delay = forms.IntegerField(label=_("Delay"), required=False, min_value=1, max_value=LONGEST_DELAY)
    unit = forms.ChoiceField(
        label=_("Unit"), required=False, choices=[(name, label) for name, _size, label in rule_words.UNITS]
    )
    is_active = forms.BooleanField(label=_("Switched on"), required=False, initial=True)

    def __init__(self, data: QueryDict | None = None, *, rule: Rule | None = None) -> None:
        super().__init__(data, initial=_initial(rule) if rule else None)
        self.rule = rule
        event = str(data.get("event", "") if data else rule.event if rule else "") or EventKind.ORDER_CREATED
        present = rule.conditions if rule else []
        self.conditions: list[ConditionRow] = (
            condition_rows.posted_rows(data, event=event)
            if data is not None
            else condition_rows.rows_of(present, event=event)
        )
        self.channel_names = self._add_channels(rule)
        self.fields["template"].choices = _template_choices(event, rule)  # type: ignore[attr-defined]

    def _add_channels(self, rule: Rule | None) -> list[str]:
        """Add one select per channel there is, in the order in which they are tried."""
        names = []
        for place, kind in enumerate(ChannelKind.values):
            chosen = rule.channels[place] if rule and place < len(rule.channels) else "" if rule else kind
            name = f"channel_{place}"
            self.fields[name] = forms.ChoiceField(
                label=_("Channel") if place == 0 else _("Then"),
                required=place == 0,
                initial=chosen,
                choices=list(ChannelKind.choices) if place == 0 else [("", "—"), *ChannelKind.choices],
            )
            names.append(name)
        return names

    @property
    def channel_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.channel_names]

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound:
            for row in self.conditions:
                row.full_clean()

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = self.cleaned_data
        if entered.get("timing") == "later" and not entered.get("delay") and "delay" not in self.errors:
            self.add_error("delay", ValidationError(_("Say how long."), code="required"))
        return entered

    def settings(self) -> dict[str, Any]:
        """Return what was entered as the service takes it."""
        entered = self.cleaned_data
        lines = [line.strip() for line in entered["addresses"].splitlines() if line.strip()]
        seconds = (entered["delay"] or 0) * UNITS.get(entered["unit"], 60)
        unchanged = self.rule and "delay" not in self.changed_data and "unit" not in self.changed_data
        if self.rule and unchanged:
            # A script may have set a delay that is no whole number of minutes.
            seconds = self.rule.delay_seconds
        return {
            "name": entered["name"],
            "event": entered["event"],
            "match": entered["match"] or Rule.Match.ALL,
            "conditions": [condition for _place, condition in self.filled_rows()],
            "recipients": [
                *(["customer"] if entered["to_customer"] else []),
                *(f"role:{role}" for role in entered["roles"]),
                *(f"email:{line}" if "@" in line else f"phone:{line}" for line in lines),
            ],
            "channels": [entered[name] for name in self.channel_names if entered[name]],
            "strategy": entered["strategy"],
            "template": entered["template"],
            "delay_seconds": seconds if entered["timing"] == "later" else 0,
            "is_active": entered["is_active"],
        }

    def filled_rows(self) -> list[tuple[int, dict[str, Any]]]:
        """Return the conditions that were entered, each with the place of its row."""
        made = ((place, row.condition()) for place, row in enumerate(self.conditions))
        return [(place, condition) for place, condition in made if condition]

    def paths(self) -> dict[str, str]:
        """Return which field shows what is said of a setting."""
        recipients = {"recipients": "addresses"}
        return (
            recipients
            | {"channels": self.channel_names[0], "delay_seconds": "delay"}
            | {f"channels[{place}]": name for place, name in enumerate(self.channel_names)}
        )


def _initial(rule: Rule) -> dict[str, Any]:
    roles = [one.removeprefix("role:") for one in rule.recipients if one.startswith("role:")]
    fixed = [one.partition(":")[2] for one in rule.recipients if one.startswith(("email:", "phone:"))]
    delay, unit = rule_words.in_unit(rule.delay_seconds)
    return {
        "name": rule.name,
        "event": rule.event,
        "match": rule.match,
        "to_customer": "customer" in rule.recipients,
        "roles": roles,
        "addresses": "\n".join(fixed),
        "template": rule.template,
        "strategy": rule.strategy,
        "timing": "later" if rule.delay_seconds else "now",
        "delay": delay or None,
        "unit": unit,
        "is_active": rule.is_active,
    }


def _template_choices(event: str, rule: Rule | None) -> list[tuple[str, str]]:
    """Return the templates that speak of the event, each with its channels; the present one in any case."""
    rows = Template.objects.filter(event=event).order_by("code", "channel").values_list("code", "channel")
    channels: dict[str, dict[str, str]] = {}
    labels = dict(ChannelKind.choices)
    for code, channel in rows[:MOST_TEMPLATES]:
        channels.setdefault(code, {})[channel] = str(labels.get(channel, channel))
    if rule and rule.event == event:
        channels.setdefault(rule.template, {})
    comma = pgettext("between words of a list", ", ")
    return [(code, f"{code} ({comma.join(names.values()) or '—'})") for code, names in channels.items()]
