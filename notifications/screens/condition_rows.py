"""The rows of a rule's conditions: each a field, a comparison, and a widget that fits the two."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from notifications import conditions
from notifications.conditions import FieldKind
from notifications.screens import rule_words

MOST = 20
_SEPARATORS = re.compile(r"[,;，、；\n]+")
_LISTED = {"in", "not_in"}
_BARE = {"is_set", "is_empty"}


def field_choices(event: str) -> list[tuple[Any, Any]]:
    """Return the fields that an event knows, by what they are about, with nothing chosen first."""
    group = event.partition(".")[0]
    groups: dict[str, list[tuple[str, Any]]] = {}
    for field in conditions.FIELDS.values():
        if group in field.groups:
            about = field.name.partition(".")[0]
            groups.setdefault(about, []).append((field.name, rule_words.FIELDS[field.name]))
    return [("", "—"), *((rule_words.GROUPS[about], fields) for about, fields in groups.items())]


class ConditionRow(forms.Form):
    """One condition. What stands in `value` depends on the field and the comparison chosen before."""

    field = forms.ChoiceField(label=_("Field"), required=False)
    operator = forms.ChoiceField(label=_("Comparison"), required=False)
    value = forms.CharField(label=_("Value"), required=False, max_length=4_000)

    def __init__(self, *args: Any, event: str, chosen: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = field_choices(event)  # type: ignore[attr-defined]
        known = conditions.FIELDS.get(str(chosen.get("field") or ""))
        if known and event.partition(".")[0] not in known.groups:
            # It stays to be seen and put right after another event was chosen.
            self.fields["field"].choices.append((known.name, rule_words.FIELDS[known.name]))  # type: ignore[attr-defined]
        operators = conditions.operators_for(known) if known else ("eq",)
        self.fields["operator"].choices = [(name, rule_words.OPERATORS[name]) for name in operators]  # type: ignore[attr-defined]
        operator = chosen.get("operator") if chosen.get("operator") in operators else operators[0]
        self.known, self.chosen = known, str(operator)
        self.fields["value"] = self._value_field(known, str(operator))

    def _value_field(self, known: conditions.Field | None, operator: str) -> forms.Field:
        label = _("Value")
        if known is None or operator in _BARE:
            return forms.CharField(label=label, required=False, widget=forms.HiddenInput)
        if known.kind is FieldKind.NUMBER:
            number = forms.NumberInput(attrs={"step": "any"})
            return forms.CharField(label=label, required=False, max_length=200, widget=number)
        if known.choices:
            choices = [(one, rule_words.CHOICES[known.name][one]) for one in known.choices]
            kind = forms.MultipleChoiceField if operator in _LISTED else forms.ChoiceField
            widget_class = forms.CheckboxSelectMultiple if operator in _LISTED else forms.Select
            # Nothing is chosen for the person: what they overlook is said, not guessed.
            shown = choices if operator in _LISTED else [("", "—"), *choices]
            return kind(label=label, required=False, choices=shown, widget=widget_class)
        hint = str(_("separate with commas")) if operator in _LISTED else ""
        widget = forms.TextInput(attrs={"placeholder": hint})
        return forms.CharField(label=label, required=False, max_length=4_000, widget=widget)

    @property
    def is_bare(self) -> bool:
        return isinstance(self.fields["value"].widget, forms.HiddenInput)

    def condition(self) -> dict[str, Any] | None:
        """Return the condition as the service takes it; None for a row that was left blank."""
        if self.known is None:
            return None
        entered = self.cleaned_data.get("value", "")
        value: Any = entered
        if self.chosen in _LISTED and isinstance(entered, str):
            value = [one.strip() for one in _SEPARATORS.split(entered) if one.strip()]
        elif isinstance(entered, str):
            value = entered.strip()
            if self.known.kind is not FieldKind.NUMBER and not value and not self.is_bare:
                value = None
        made = {"field": self.known.name, "operator": self.chosen}
        return made if self.chosen in _BARE else made | {"value": value}


def posted_rows(data: QueryDict, *, event: str) -> list[ConditionRow]:
    """Return the rows of a form that was sent, without the one that is to go, with one more if asked."""
    entered = str(data.get("rows", ""))
    count = min(int(entered), MOST) if entered.isascii() and entered.isdigit() else 0
    todo, _dash, which = str(data.get("do", "")).partition("-")
    kept = [index for index in range(count) if not (todo == "remove" and which == str(index))]
    rows = []
    for place, index in enumerate(kept):
        # Moved up, so that the numbers have no gap; what was entered comes along.
        moved = data.copy()
        for name in ("field", "operator", "value"):
            moved.setlist(f"c{place}-{name}", data.getlist(f"c{index}-{name}"))
        rows.append(_row(moved, place, event=event))
    if todo == "add" and len(rows) < MOST:
        rows.append(blank_row(len(rows), event=event))
    return rows


def _row(data: QueryDict, place: int, *, event: str) -> ConditionRow:
    chosen = {name: data.get(f"c{place}-{name}", "") for name in ("field", "operator")}
    return ConditionRow(data, prefix=f"c{place}", event=event, chosen=chosen)


def blank_row(place: int, *, event: str) -> ConditionRow:
    return ConditionRow(prefix=f"c{place}", event=event, chosen={})


def rows_of(present: Sequence[Mapping[str, Any]], *, event: str) -> list[ConditionRow]:
    """Return the rows of a rule's conditions, and a blank one for the next."""
    rows = []
    for place, condition in enumerate(present[:MOST]):
        row = ConditionRow(prefix=f"c{place}", event=event, chosen=condition)
        value = condition.get("value", "")
        is_text = isinstance(value, list) and not isinstance(row.fields["value"], forms.MultipleChoiceField)
        row.initial = dict(condition) | {"value": ", ".join(map(str, value)) if is_text else value}
        rows.append(row)
    return rows if len(rows) == MOST else [*rows, blank_row(len(rows), event=event)]
