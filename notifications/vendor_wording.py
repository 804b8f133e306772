"""Our wording in a vendor's spelling.

Pure. A vendor's template knows neither conditions nor filters nor links that change: of a condition
the branch of the sample order is taken, the others are refused. Each placeholder becomes a variable as
`Gateway.spell_variable` writes it; where variables have names, each name stands once in a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from notifications.placeholders import BY_NAME, find, locale_of, sample_facts
from notifications.rendering import Source, compile
from notifications.rendering.answers import BARE, FACT, MARKUP, Values

# How a vendor writes a variable of a name, the n-th of its text.
Spell = Callable[[str, int], str]

# A mark stands for a value while a text is rendered. Its tail is longer than any cut and changed by every
# change of case, so that a mark which comes out whole went through no filter that matters.
_OPEN, _PLAIN, _BARE, _CLOSE = "\ue000", "\ue001", "\ue002", "\ue003"
_TAIL = "aA" * 256
_WHOLE = re.compile(f"{_OPEN}([^{_PLAIN}{_BARE}]+){_PLAIN}{_TAIL}{_CLOSE}")
_BROKEN = re.compile(f"{_OPEN}([^{_PLAIN}{_BARE}{_OPEN}]*)")
_OURS_ALONE = {ord(sign): None for sign in (_OPEN, _PLAIN, _BARE, _CLOSE)}


class Kind(StrEnum):
    """What is found: the last of these is a difference, the others are errors."""

    FILTER = "filter"
    LINK = "link"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    NO_SUCH_VARIABLE = "no_such_variable"
    UNMAPPED = "unmapped"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong or differs: our words or placeholder, and the vendor's words or variable."""

    kind: Kind
    ours: str = ""
    theirs: str = ""

    @property
    def is_error(self) -> bool:
        return self.kind is not Kind.WORDS


class CannotSpell(Exception):
    """A wording that no vendor's template can say. `findings` says why."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("; ".join(f"{one.kind} {one.ours}" for one in findings))


@dataclass(frozen=True, slots=True)
class Spelled:
    """A wording as a vendor wants it; `params` maps his variables, in order, to our placeholders."""

    body: str
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a placeholder's value stands in a text."""

    placeholder: str


Piece = str | Slot


def spelled(source: Source, spell: Spell, *, fixed: Mapping[str, str] | None = None) -> Spelled:
    """Return a text message's wording as the vendor's template writes it.

    `fixed` maps placeholders that say the same for every order to their words. Raises `CannotSpell`, and
    `TemplateErrors` for a wording that is none.
    """
    has_names = "\ue000" in spell("\ue000", 7)
    params: dict[str, str] = {}
    body = ""
    for piece in pieces_of(source, fixed or {}):
        if isinstance(piece, str):
            body += piece
        else:
            number = len(params) + 1
            name = _name(piece.placeholder, params) if has_names else str(number)
            params[name] = piece.placeholder
            body += spell(name, number)
    return Spelled(body, params)


class _Marks(Values):
    """Answers placeholders with marks, and conditions with the sample order's facts."""

    __slots__ = ("_fixed",)

    def __init__(self, source: Source, fixed: Mapping[str, str]) -> None:
        facts = sample_facts(source.event, language=source.language)
        super().__init__(facts, locale_of(source.language, "UTC"))
        self._fixed = fixed

    def _ask(self, key: str) -> object:
        mode = key[0] if key[0] in (FACT, BARE, MARKUP) else ""
        name = key[len(mode) :]
        if mode == FACT or name not in BY_NAME:
            return super()._ask(key)
        if name in self._fixed:
            return self._fixed[name]
        return f"{_OPEN}{name}{_BARE if mode == BARE else _PLAIN}{_TAIL}{_CLOSE}"


def pieces_of(source: Source, fixed: Mapping[str, str]) -> list[Piece]:
    """Return our wording as words and slots. Raises `CannotSpell`."""
    clean = replace(source, body=source.body.translate(_OURS_ALONE))
    text = compile(clean).fill(_Marks(clean, fixed))
    parts = _WHOLE.split(text)
    words, names = parts[::2], parts[1::2]
    broken = [find(name.lower()) for part in words for name in _BROKEN.findall(part)]
    found = [Finding(Kind.FILTER, ours=one.name if one else "") for one in broken]
    found += [Finding(Kind.LINK, ours=name) for name in names if BY_NAME[name].is_link]
    if found:
        raise CannotSpell(list(dict.fromkeys(found)))
    pieces: list[Piece] = [words[0]]
    for name, after in zip(names, words[1:], strict=True):
        pieces += (Slot(name), after)
    return pieces


def _name(placeholder: str, taken: Mapping[str, str]) -> str:
    """Return a variable's name that the text does not have yet."""
    first = name = placeholder.replace(".", "_")
    number = 1
    while name in taken:
        number += 1
        name = f"{first}{number}"
    return name
