"""The merchant's own words with those marked that somebody objects to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from notifications.linting.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the body; `numbers` are the findings about it (from 1), `ends` those that end with it."""

    text: str
    numbers: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    is_error: bool = False


def marked(body: str, findings: Sequence[Finding]) -> list[Piece]:
    """Return the body in pieces, each of which the same findings are about."""
    spans = [
        (start, end, number)
        for number, one in enumerate(findings, 1)
        for start, end in one.spans
        if start < end
    ]
    errors = {number for number, one in enumerate(findings, 1) if one.severity is Severity.ERROR}
    cuts = sorted({0, len(body), *(start for start, _, _ in spans), *(end for _, end, _ in spans)})
    pieces = []
    for start, end in pairwise(cuts):
        numbers = tuple(number for first, last, number in spans if first <= start and end <= last)
        ends = tuple(number for _, last, number in spans if last == end)
        pieces.append(Piece(body[start:end], numbers, ends, not errors.isdisjoint(numbers)))
    return pieces
