"""What was measured: claims held against their targets, as a table and as JSON."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

HEADINGS = ("work", "database", "ours", "baseline", "ratio", "target", "met")


@dataclass
class Series:
    """One figure, measured once in every round."""

    name: str
    unit: str
    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return median(self.values)

    def __str__(self) -> str:
        return figure(self.median, self.unit) if self.values else "not measured"


def figure(value: float, unit: str) -> str:
    """Return a figure as people read it, with two digits behind the point only where it is small."""
    return f"{value:,.0f} {unit}" if value >= 10 else f"{value:.2f} {unit}"


@dataclass
class Claim:
    """Our figure beside another, and what is asked of it.

    With `times` the ratio to the baseline (of each round, then the median) must be at least so much;
    with `least` or `most` our figure itself. With none of them nothing is asked.
    """

    work: str
    database: str
    ours: Series
    baseline: Series | None = None
    times: float | None = None
    least: float | None = None
    most: float | None = None
    skipped: str = ""

    @property
    def ratio(self) -> float | None:
        if self.baseline is None or not self.baseline.values or not self.ours.values:
            return None
        rounds = zip(self.ours.values, self.baseline.values, strict=True)
        return median(ours / theirs for ours, theirs in rounds)

    @property
    def is_met(self) -> bool | None:
        """Say whether it holds; None where nothing is asked or nothing was measured."""
        if not self.ours.values:
            return None
        if self.times is not None:
            return None if self.ratio is None else self.ratio >= self.times
        if self.least is not None:
            return self.ours.median >= self.least
        if self.most is not None:
            return self.ours.median <= self.most
        return None

    @property
    def target(self) -> str:
        if self.times is not None:
            return f"≥ {self.times:g} ×"
        if self.least is not None:
            return f"≥ {self.least:,.0f} {self.ours.unit}"
        if self.most is not None:
            return f"≤ {self.most:,.0f} {self.ours.unit}"
        return "–"

    def row(self) -> tuple[str, ...]:
        baseline = f"{self.baseline.name}: {self.baseline}" if self.baseline else "–"
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f} ×"
        met = {None: "–", True: "yes", False: "NO"}[self.is_met]
        return (self.work, self.database, str(self.ours), self.skipped or baseline, ratio, self.target, met)

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "work": self.work,
            "database": self.database,
            "unit": self.ours.unit,
            "ours": {"median": round(self.ours.median, 2), "rounds": _rounded(self.ours)},
            "target": self.target,
            "is_met": self.is_met,
        }
        if self.baseline and self.baseline.values:
            told["baseline"] = {
                "name": self.baseline.name,
                "median": round(self.baseline.median, 2),
                "rounds": _rounded(self.baseline),
            }
            told["ratio"] = round(self.ratio or 0, 3)
        if self.skipped:
            told["skipped"] = self.skipped
        return told


def _rounded(series: Series) -> list[float]:
    return [round(value, 2) for value in series.values]


def table(claims: Sequence[Claim]) -> str:
    """Return the claims as a table for a terminal, which is Markdown as well."""
    rows = [HEADINGS, *(claim.row() for claim in claims)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
