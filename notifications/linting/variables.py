"""What placeholders give cause for, where they stand and by what they say of an order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from notifications.linting.drafts import OUTPUT, TAG, Draft, Output, Party
from notifications.linting.findings import Span
from notifications.linting.wording import Hit

_URL = re.compile(r"https?://|www\.\w", re.IGNORECASE)
# Of what stands on both sides of it a text holds one or the other.
_EITHER = re.compile(r"[{｛]%-?\s*(?:else|elsif)\b")


def _by_name(draft: Draft) -> dict[str, list[Output]]:
    found: dict[str, list[Output]] = {}
    for output in draft.outputs:
        found.setdefault(output.name, []).append(output)
    return found


def _hit(outputs: list[Output], **params: str | int) -> Hit:
    return Hit({"name": outputs[0].written, **params}, tuple(output.span for output in outputs))


def link_in_placeholder(draft: Draft, party: Party) -> Iterator[Hit]:
    for outputs in _by_name(draft).values():
        if outputs[0].is_link or _URL.search(outputs[0].value):
            yield _hit(outputs)


def adjacent(draft: Draft, party: Party) -> Iterator[Hit]:
    """Find runs of placeholders between which nothing is said, whichever way a condition goes."""
    runs: list[Span] = []
    for one, other in pairwise(draft.outputs):
        between = slice(one.span[1], other.span[0])
        is_empty = not draft.spoken[between].replace(TAG, "").strip()
        if is_empty and not _EITHER.search(draft.source.body[between]):
            start = runs.pop()[0] if runs and runs[-1][1] == one.span[1] else one.span[0]
            runs.append((start, other.span[1]))
    if runs:
        yield Hit({}, tuple(runs))


def only_placeholders(draft: Draft, party: Party) -> Iterator[Hit]:
    if draft.outputs and not any(char.isalnum() for char in draft.spoken):
        yield Hit({})


def repeated(draft: Draft, party: Party) -> Iterator[Hit]:
    for outputs in _by_name(draft).values():
        if len(outputs) > 1:
            yield _hit(outputs, count=len(outputs))


def long_value(draft: Draft, party: Party) -> Iterator[Hit]:
    limit = party.terms.long_value
    for outputs in _by_name(draft).values():
        value = outputs[0].value
        if len(value) > limit and not outputs[0].is_link:
            yield _hit(outputs, value=value, length=len(value), limit=limit)


def empty_value(draft: Draft, party: Party) -> Iterator[Hit]:
    """Find what an order does not say; a recipient's own links are made when the text leaves."""
    for outputs in _by_name(draft).values():
        if not outputs[0].value and not outputs[0].is_link:
            yield _hit(outputs)


def any_placeholder(draft: Draft, party: Party) -> Iterator[Hit]:
    if OUTPUT in draft.spoken:
        yield Hit({})


def conditions(draft: Draft, party: Party) -> Iterator[Hit]:
    if draft.tags:
        yield Hit({}, draft.tags)


def filters(draft: Draft, party: Party) -> Iterator[Hit]:
    if spans := tuple(output.span for output in draft.outputs if output.is_filtered):
        yield Hit({}, spans)
