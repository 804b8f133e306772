"""What a placeholder is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from notifications.placeholders import samples
from notifications.placeholders.formats import Facts, Locale, locale_of
from notifications.placeholders.values import Value

# The event whose sample tells most about a group.
_TYPICAL = {"shipment": "shipment.dispatched", "return": "return.approved"}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One thing a template may say.

    `groups` are the groups of events that know it (none: all). `value` returns a clean line, ""
    when the facts do not say; `fallback` (English, Chinese) then stands in. `fact` is the path
    that conditions compare. `html` gives markup for mails; then `value` may have several lines.
    """

    name: str
    label: str
    label_zh: str
    value: Value
    groups: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    fallback: tuple[str, str] | None = None
    html: Callable[[Facts, Locale], Markup] | None = None
    is_link: bool = False
    is_number: bool = False

    def knows(self, kind: str) -> bool:
        return not self.groups or kind.partition(".")[0] in self.groups

    def fact(self, facts: Facts, locale: Locale) -> object:
        """Return what a condition compares: the bare fact, else what would be shown."""
        group, _, field = self.name.partition(".")
        found = facts.get(group)
        if isinstance(found, dict) and field in found:
            bare = found[field]
            if bare is None or isinstance(bare, str | int | Decimal):
                return None if bare == "" else bare
        return self.value(facts, locale) or None

    def sample(self, language: str, *, kind: str = "") -> str:
        """Return what it says for the sample order."""
        kind = kind or _TYPICAL.get(self.groups[0] if self.groups else "order", "order.paid")
        facts = samples.sample_facts(kind, language=language)
        return self.value(facts, locale_of(language, str(facts["merchant"]["timezone"])))
