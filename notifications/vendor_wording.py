"""Our wording in a vendor's spelling, and whether what he has on file still says the same.

Pure. A vendor's template knows neither conditions nor filters nor links that change: of a condition
the branch of the sample order is taken, the others are refused. Each placeholder becomes a variable as
`Gateway.spell_variable` writes it; where variables have names, each name stands once in a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from itertools import groupby

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
# What stands around a text on file and is not part of it.
_SIGNED = re.compile(r"^\s*【[^】]*】")
_REFUSAL = re.compile(r"[\s,，.。;；!！]*拒收请回复[RrＲ]\s*[.。]?\s*$")
_TOKEN = re.compile(r"(\s*)([A-Za-z0-9]+|\S)")


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
class Run:
    """Words of both texts that belong together: the same, or where they part."""

    ours: str
    theirs: str
    is_same: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Our wording beside the vendor's. Without `runs` the two could not be laid side by side."""

    findings: list[Finding] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Slot:
    placeholder: str


_Piece = str | _Slot


def spelled(source: Source, spell: Spell, *, fixed: Mapping[str, str] | None = None) -> Spelled:
    """Return a text message's wording as the vendor's template writes it.

    `fixed` maps placeholders that say the same for every order to their words. Raises `CannotSpell`, and
    `TemplateErrors` for a wording that is none.
    """
    has_names = "\ue000" in spell("\ue000", 7)
    params: dict[str, str] = {}
    body = ""
    for piece in _pieces(source, fixed or {}):
        if isinstance(piece, str):
            body += piece
        else:
            number = len(params) + 1
            name = _name(piece.placeholder, params) if has_names else str(number)
            params[name] = piece.placeholder
            body += spell(name, number)
    return Spelled(body, params)


def differences(
    source: Source, body: str, params: Mapping[str, str], *, spell: Spell, fixed: Mapping[str, str]
) -> list[Finding]:
    """Return what is wrong with the text on file and its variables, and where it says other things."""
    return compare(source, body, params, spell=spell, fixed=fixed).findings


def compare(
    source: Source, body: str, params: Mapping[str, str], *, spell: Spell, fixed: Mapping[str, str]
) -> Comparison:
    """Lay our wording beside the text on file, each variable as the placeholder that fills it.

    White space, the signature in front and the words about opting out at the end do not count. Of an
    empty body only the placeholders are looked at.
    """
    found = [
        Finding(Kind.UNKNOWN_PLACEHOLDER, ours=placeholder, theirs=name)
        for name, placeholder in params.items()
        if find(placeholder, source.event) is None
    ]
    if not body.strip():
        return Comparison(found)
    theirs, names = _read(body, params, spell)
    found += [Finding(Kind.UNMAPPED, theirs=name) for name in names if name not in params]
    found += [
        Finding(Kind.NO_SUCH_VARIABLE, ours=placeholder, theirs=name)
        for name, placeholder in params.items()
        if name not in names
    ]
    try:
        ours = _pieces(source, fixed)
    except CannotSpell as fault:
        return Comparison(found + fault.findings)
    runs = _runs(_tokens(ours), _tokens(theirs))
    found += [Finding(Kind.WORDS, run.ours.strip(), run.theirs.strip()) for run in runs if not run.is_same]
    return Comparison(found, runs)


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


def _pieces(source: Source, fixed: Mapping[str, str]) -> list[_Piece]:
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
    pieces: list[_Piece] = [words[0]]
    for name, after in zip(names, words[1:], strict=True):
        pieces += (_Slot(name), after)
    return pieces


def _name(placeholder: str, taken: Mapping[str, str]) -> str:
    """Return a variable's name that the text does not have yet."""
    first = name = placeholder.replace(".", "_")
    number = 1
    while name in taken:
        number += 1
        name = f"{first}{number}"
    return name


@lru_cache(maxsize=32)
def _variable(spell: Spell) -> tuple[re.Pattern[str], bool]:
    """Return what this vendor's variables look like, and whether they say which one is meant."""
    example = spell("\ue000", 7)
    for sign, inner in (("\ue000", r"\s*([^{}]*?)\s*"), ("7", r"\s*(\d+)\s*")):
        before, found, after = example.partition(sign)
        if found:
            return re.compile(re.escape(before) + inner + re.escape(after)), True
    return re.compile(f"({re.escape(example)})"), False


def _read(body: str, params: Mapping[str, str], spell: Spell) -> tuple[list[_Piece], list[str]]:
    """Return the text on file as words and slots, and the names of its variables in order."""
    pattern, is_named = _variable(spell)
    pieces: list[_Piece] = []
    names: list[str] = []
    for place, part in enumerate(pattern.split(body)):
        if place % 2 == 0:
            pieces.append(part)
            continue
        name = part if is_named else str(len(names) + 1)
        names.append(name)
        known = find(params.get(name, ""))
        pieces.append(_Slot(known.name) if known else f"[{name}]")
    if isinstance(pieces[0], str):
        pieces[0] = _SIGNED.sub("", pieces[0])
    return pieces, names


def _tokens(pieces: list[_Piece]) -> list[tuple[str, str]]:
    """Return the words, each with the white space before it; a slot is a word by itself."""
    tokens: list[tuple[str, str]] = []
    rest = [*pieces[:-1], _REFUSAL.sub("", str(pieces[-1])) if isinstance(pieces[-1], str) else pieces[-1]]
    for piece in rest:
        if isinstance(piece, _Slot):
            tokens.append(("", "{" + piece.placeholder + "}"))
        else:
            tokens += _TOKEN.findall(piece)
    return tokens


def _runs(ours: list[tuple[str, str]], theirs: list[tuple[str, str]]) -> list[Run]:
    if "".join(word for _, word in ours) == "".join(word for _, word in theirs):
        return [Run(_said(ours), _said(theirs), True)]
    matcher = SequenceMatcher(None, [word for _, word in ours], [word for _, word in theirs], autojunk=False)
    runs = []
    for is_same, group in groupby(matcher.get_opcodes(), key=lambda code: code[0] == "equal"):
        codes = list(group)
        here, there = slice(codes[0][1], codes[-1][2]), slice(codes[0][3], codes[-1][4])
        runs.append(Run(_said(ours[here]), _said(theirs[there]), is_same))
    return runs


def _said(tokens: list[tuple[str, str]]) -> str:
    return "".join(before + word for before, word in tokens)
