"""What an objection is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# Where words stand in a body, in characters: start, end.
Span = tuple[int, int]


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One objection: a code, what it speaks of, where in the body it stands, and who objects.

    Without `spans` it is about the text as a whole. `gateways` are the vendors' kinds, `countries` ISO 3166
    codes; where both are empty everybody objects.
    """

    severity: Severity
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    gateways: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """A merchant's account with a vendor; empty `countries` are all."""

    kind: str
    countries: frozenset[str] = frozenset()
    sender: str = ""

    def covers(self, country: str) -> bool:
        return not self.countries or country in self.countries
