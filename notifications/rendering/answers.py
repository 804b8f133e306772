"""The values of one message: worked out when a text first asks, kept for its other parts."""

from __future__ import annotations

from urllib.parse import quote

from liquid.undefined import Undefined
from markupsafe import Markup, escape

from notifications.placeholders import BY_NAME, Facts, Locale

# A key is a placeholder's name behind the way it is asked for: as a bare fact by a condition,
# without its fallback before `default`, as markup inside a mail.
FACT, BARE, MARKUP = "?", "!", "<"


class Missing(Undefined):
    """A value that the facts do not hold: noted when the text really needs it."""

    __slots__ = ("missing",)

    def __init__(self, name: str, missing: list[str]) -> None:
        super().__init__(name)
        self.missing = missing

    def __str__(self) -> str:
        if self.name not in self.missing:
            self.missing.append(self.name)
        return ""


class Values(dict[str, object]):
    """Answers a program's keys. `missing` holds the names that were needed in vain."""

    __slots__ = ("_facts", "_locale", "missing")

    def __init__(self, facts: Facts, locale: Locale) -> None:
        super().__init__()
        self._facts, self._locale = facts, locale
        self.missing: list[str] = []

    def __bool__(self) -> bool:
        """Say yes though nothing has been asked yet: Liquid drops a map that is empty."""
        return True

    def __missing__(self, key: str) -> object:
        self[key] = value = self._ask(key)
        return value

    def _ask(self, key: str) -> object:
        mode = key[0] if key[0] in (FACT, BARE, MARKUP) else ""
        placeholder = BY_NAME.get(key[len(mode) :])
        if placeholder is None:
            # One of Liquid's own maps may know it; a checked program never asks.
            raise KeyError(key)
        facts, locale = self._facts, self._locale
        if mode == FACT:
            return placeholder.fact(facts, locale)
        value: str = ""
        if mode == MARKUP and placeholder.html:
            value = placeholder.html(facts, locale)
        else:
            value = placeholder.value(facts, locale)
        if not value and placeholder.fallback and mode != BARE:
            en, zh = placeholder.fallback
            value = locale.pick(en=en, zh=zh)
        return value or Missing(placeholder.name, self.missing)


def url_part(value: object) -> Markup:
    """Return a value as one part of a link's address."""
    return escape(quote(str(value), safe=""))
