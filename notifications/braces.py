"""Where a merchant's text holds a placeholder: {订单号}, {{ order.number }}, {% if … %}.

Pure. People write single braces, on a Chinese keyboard often full-width ones; Liquid wants double.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

# Outputs and tags as Liquid sees them.
CONSTRUCT = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
TAG = re.compile(r"\{%-?\s*(#|\w*)")
_ANY = re.compile(rf"({CONSTRUCT.pattern})|\{{([^{{}}]*)\}}", re.DOTALL)
_FULL_WIDTH = str.maketrans("｛｝", "{}")


@dataclass(frozen=True, slots=True)
class Translated:
    """A text in Liquid's notation, and where each of its characters stood before."""

    text: str
    inserted: tuple[int, ...]

    def origin(self, offset: int) -> int:
        """Return the offset in the merchant's own text."""
        return offset - bisect_left(self.inserted, offset)


def translate(text: str) -> Translated:
    """Return the text with single braces doubled; whatever they hold, nothing in braces is silently text."""
    parts: list[str] = []
    inserted: list[int] = []
    end = length = 0
    text = text.translate(_FULL_WIDTH)
    for found in _ANY.finditer(text):
        before = text[end : found.start()]
        length += len(before)
        construct, inner = found.groups()
        if construct is None:
            construct = f"{{{{{inner}}}}}"
            inserted += (length, length + len(construct) - 1)
        parts += (before, construct)
        length += len(construct)
        end = found.end()
    return Translated("".join([*parts, text[end:]]), tuple(inserted))


def count(text: str) -> int:
    """Return an upper bound of the constructs in a text."""
    return text.count("{") + text.count("｛")
