"""How a name finds its placeholder."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from notifications.placeholders.catalogue import CATALOGUE
from notifications.placeholders.formats import clean
from notifications.placeholders.placeholder import Placeholder


def _index(catalogue: Iterable[Placeholder]) -> dict[str, tuple[Placeholder, ...]]:
    index: dict[str, tuple[Placeholder, ...]] = {}
    for placeholder in catalogue:
        underscored = placeholder.name.replace(".", "_")
        for name in dict.fromkeys(
            (placeholder.name, underscored, placeholder.label_zh, *placeholder.aliases)
        ):
            index[name] = (*index.get(name, ()), placeholder)
    return index


_INDEX = _index(CATALOGUE)
BY_NAME: dict[str, Placeholder] = {placeholder.name: placeholder for placeholder in CATALOGUE}


def for_event(kind: str) -> list[Placeholder]:
    """Return what a template for this kind of event may say."""
    return [placeholder for placeholder in CATALOGUE if placeholder.knows(kind)]


def find(name: str, kind: str | None = None) -> Placeholder | None:
    """Return the placeholder of a name or alias; with a kind, only one that such events know."""
    found = _INDEX.get(clean(name), ())
    if kind is not None:
        found = tuple(placeholder for placeholder in found if placeholder.knows(kind))
    return found[0] if found else None


def suggest(name: str, kind: str) -> str:
    """Return the known name that looks most like a misspelt one, or ""."""
    known = [
        alias for alias, found in _INDEX.items() if any(placeholder.knows(kind) for placeholder in found)
    ]
    return next(iter(get_close_matches(name, known, n=1, cutoff=0.6)), "")
