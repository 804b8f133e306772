"""What can be wrong with a template, as codes; the words for them are the screens' business."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    EMPTY = "empty"
    MISSING_SUBJECT = "missing_subject"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    SYNTAX = "syntax"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    NOT_FOR_THIS_EVENT = "not_for_this_event"
    NOT_FOR_THIS_CHANNEL = "not_for_this_channel"
    LOOP = "loop"
    TAG_NOT_ALLOWED = "tag_not_allowed"
    FILTER_NOT_ALLOWED = "filter_not_allowed"
    BAD_FILTER_ARGUMENT = "bad_filter_argument"
    BAD_COMPARISON = "bad_comparison"
    BAD_LINK = "bad_link"
    MISPLACED = "misplaced"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a template, and where: `line` and `column` count from 1 (0: nowhere).

    `name` is the placeholder, tag or filter meant; `suggestion` a name that may have been meant;
    `limit` the number that was passed.
    """

    code: Code
    field: str
    line: int = 0
    column: int = 0
    excerpt: str = ""
    name: str = ""
    suggestion: str = ""
    limit: int = 0

    def __str__(self) -> str:
        where = f"{self.field} {self.line}:{self.column}" if self.line else self.field
        return f"{self.code} at {where}" + (f" ({self.name})" if self.name else "")


class TemplateErrors(Exception):
    """A template that may not be used. `problems` says why, in the order of the text."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(map(str, self.problems)))


class MissingValue(Exception):
    """The facts do not say what the text needs. `names` are the placeholders without a value."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        super().__init__(", ".join(self.names))


@dataclass(frozen=True, slots=True)
class Place:
    """A field's text, to turn an offset into a line and a column."""

    field: str
    text: str

    def problem(
        self,
        code: Code,
        start: int = -1,
        *,
        length: int = 0,
        name: str = "",
        suggestion: str = "",
        limit: int = 0,
    ) -> Problem:
        """Return a problem at an offset (-1: the field as a whole), with `length` characters of it shown."""
        if start < 0:
            return Problem(code, self.field, name=name, suggestion=suggestion, limit=limit)
        before = self.text[:start]
        return Problem(
            code,
            self.field,
            line=before.count("\n") + 1,
            column=start - before.rfind("\n"),
            excerpt=self.text[start : start + min(length or 40, 80)].split("\n")[0],
            name=name,
            suggestion=suggestion,
            limit=limit,
        )
