"""How many parts a text message takes, and the signature in front of it.

Pure. A part carries 160 seven-bit units, or 70 units of UTF-16 once a single character lies outside
the GSM alphabet; a longer text is joined from parts of 153 or 67. Carriers of mainland China bill
every character as one and every text by 70 and 67, whatever its alphabet.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MAINLAND = "CN"

# GSM 03.38. The second row needs an escape in front, so each of its characters takes two units.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM7 = _BASIC | _EXTENSION


class Alphabet(StrEnum):
    GSM7 = "gsm7"
    UCS2 = "ucs2"


@dataclass(frozen=True, slots=True)
class Segments:
    """The size of a text: `units` in all, at most `per_part` in each of `parts`."""

    units: int
    per_part: int
    parts: int
    alphabet: Alphabet


def count(text: str, *, country: str = "") -> Segments:
    """Return the size of `text`, signature included, when sent to a phone of `country` (ISO 3166).

    An empty text takes no part. A character that needs two units is never split over two parts.
    """
    if country == MAINLAND:
        return _pack([1] * len(text), single=70, joined=67, alphabet=Alphabet.UCS2)
    if _GSM7.issuperset(text):
        sizes = [2 if char in _EXTENSION else 1 for char in text]
        return _pack(sizes, single=160, joined=153, alphabet=Alphabet.GSM7)
    sizes = [2 if char > "\uffff" else 1 for char in text]
    return _pack(sizes, single=70, joined=67, alphabet=Alphabet.UCS2)


def with_signature(text: str, signature: str) -> str:
    """Put the signature in front of a text, in the brackets that phones in China know it by."""
    return f"【{signature}】{text}" if signature else text


def _pack(sizes: list[int], *, single: int, joined: int, alphabet: Alphabet) -> Segments:
    units = sum(sizes)
    if units <= single:
        return Segments(units, single, 1 if units else 0, alphabet)
    parts, room = 1, joined
    for size in sizes:
        if size > room:
            parts, room = parts + 1, joined
        room -= size
    return Segments(units, joined, parts, alphabet)
