"""Whether what a vendor has on file still says the same as our wording.

Pure. The two are laid side by side word by word, each of his variables as the placeholder that fills it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby

from notifications.placeholders import find
from notifications.rendering import Source
from notifications.vendor_wording import CannotSpell, Finding, Kind, Piece, Slot, Spell, pieces_of

# What stands around a text on file and is not part of it.
_SIGNED = re.compile(r"^\s*【[^】]*】")
_REFUSAL = re.compile(r"[\s,，.。;；!！]*拒收请回复[RrＲ]\s*[.。]?\s*$")
_TOKEN = re.compile(r"(\s*)([A-Za-z0-9]+|\S)")


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
        ours = pieces_of(source, fixed)
    except CannotSpell as fault:
        return Comparison(found + fault.findings)
    runs = _runs(_tokens(ours), _tokens(theirs))
    found += [Finding(Kind.WORDS, run.ours.strip(), run.theirs.strip()) for run in runs if not run.is_same]
    return Comparison(found, runs)


@lru_cache(maxsize=32)
def _variable(spell: Spell) -> tuple[re.Pattern[str], bool]:
    """Return what this vendor's variables look like, and whether they say which one is meant."""
    example = spell("\ue000", 7)
    for sign, inner in (("\ue000", r"\s*([^{}]*?)\s*"), ("7", r"\s*(\d+)\s*")):
        before, found, after = example.partition(sign)
        if found:
            return re.compile(re.escape(before) + inner + re.escape(after)), True
    return re.compile(f"({re.escape(example)})"), False


def _read(body: str, params: Mapping[str, str], spell: Spell) -> tuple[list[Piece], list[str]]:
    """Return the text on file as words and slots, and the names of its variables in order."""
    pattern, is_named = _variable(spell)
    pieces: list[Piece] = []
    names: list[str] = []
    for place, part in enumerate(pattern.split(body)):
        if place % 2 == 0:
            pieces.append(part)
            continue
        name = part if is_named else str(len(names) + 1)
        names.append(name)
        known = find(params.get(name, ""))
        pieces.append(Slot(known.name) if known else f"[{name}]")
    if isinstance(pieces[0], str):
        pieces[0] = _SIGNED.sub("", pieces[0])
    return pieces, names


def _tokens(pieces: list[Piece]) -> list[tuple[str, str]]:
    """Return the words, each with the white space before it; a slot is a word by itself."""
    tokens: list[tuple[str, str]] = []
    rest = [*pieces[:-1], _REFUSAL.sub("", str(pieces[-1])) if isinstance(pieces[-1], str) else pieces[-1]]
    for piece in rest:
        if isinstance(piece, Slot):
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
