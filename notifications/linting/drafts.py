"""A template taken apart: what it says itself, where its placeholders stand, what they say of an order."""

from __future__ import annotations

import re
from dataclasses import dataclass

from notifications import segments
from notifications.braces import CONSTRUCT, translate
from notifications.linting.findings import Span
from notifications.linting.terms import Terms
from notifications.placeholders import BY_NAME, Facts, find, sample_facts
from notifications.rendering import MissingValue, Source, TemplateErrors, Wording, compile, values

# What stands in `Draft.spoken` for an output, for a tag or comment, and for an address that is always the
# same: a vendor's template has it as text.
OUTPUT, TAG, FIXED_LINK = "\0", "\1", "\2"
_FIXED = frozenset({"merchant.query_url"})
_COMMENT = re.compile(r"\{%-?\s*comment\b.*?\bendcomment\s*-?%\}", re.DOTALL)
_NAME = re.compile(r"\{\{-?\s*(.*?)\s*(?:\||-?\}\}$)", re.DOTALL)
# Filters that change what a variable would be filled with; others only put words beside it.
_CHANGING = re.compile(r"\|\s*(?:default|truncate|upcase|downcase|capitalize)\b")


@dataclass(frozen=True, slots=True)
class Output:
    """A placeholder where it stands. `written` is its name there, `value` what it says of the order."""

    name: str
    written: str
    span: Span
    is_filtered: bool
    value: str = ""

    @property
    def is_link(self) -> bool:
        return BY_NAME[self.name].is_link


@dataclass(frozen=True, slots=True)
class Draft:
    """What is looked at. `spoken` is the body, as long, with every construct blotted out.

    `text` is what it says of an order, without a signature; empty when that cannot be told.
    """

    source: Source
    text: str
    uses: frozenset[str]
    spoken: str
    outputs: tuple[Output, ...]
    tags: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """Who looks at a draft that goes to a country, with a signature; a vendor also knows the sender."""

    terms: Terms
    country: str
    signature: str = ""
    gateway: str = ""
    sender: str = ""
    is_everybody: bool = False

    def whole(self, draft: Draft) -> str:
        return segments.with_signature(draft.text, self.signature)


def draft_of(source: Source, facts: Facts | None) -> Draft | None:
    """Return a template taken apart, or None when it does not compile.

    Without facts it speaks of the sample order, which also stands in where they do not say enough.
    """
    try:
        wording = compile(source)
    except TemplateErrors:
        return None
    sample = sample_facts(source.event, language=source.language)
    every, tags, comments = _constructs(source)
    outputs = [one for one in every if one.name not in _FIXED]
    spoken = source.body
    for spans, blot in (
        ([*comments, *tags], TAG),
        ([one.span for one in every], FIXED_LINK),
        ([one.span for one in outputs], OUTPUT),
    ):
        for start, end in spans:
            spoken = spoken[:start] + blot * (end - start) + spoken[end:]
    said = values({one.name: one.name for one in outputs}, facts or sample, language=source.language)
    return Draft(
        source,
        _text(wording, facts or sample) or _text(wording, sample),
        wording.uses,
        spoken,
        tuple(
            Output(one.name, one.written, one.span, one.is_filtered, said.get(one.name, ""))
            for one in outputs
        ),
        tuple(tags),
    )


def _text(wording: Wording, facts: Facts) -> str:
    zone = (facts.get("customer") or {}).get("timezone") or (facts.get("merchant") or {}).get("timezone")
    try:
        return wording.render(facts, language=wording.source.language, timezone=str(zone or "UTC")).text
    except (MissingValue, TemplateErrors):
        return ""


def _constructs(source: Source) -> tuple[list[Output], list[Span], list[Span]]:
    """Return the outputs of placeholders, the other constructs and the comments, as the body has them."""
    translated = translate(source.body)

    def place(found: re.Match[str]) -> Span:
        return translated.origin(found.start()), translated.origin(found.end())

    comments = list(_COMMENT.finditer(translated.text))
    outputs, tags = [], []
    for found in CONSTRUCT.finditer(translated.text):
        if any(comment.start() <= found.start() < comment.end() for comment in comments):
            continue
        named = _NAME.match(found[0])
        placeholder = find(named[1], source.event) if named else None
        if named and placeholder:
            outputs.append(Output(placeholder.name, named[1], place(found), bool(_CHANGING.search(found[0]))))
        else:
            tags.append(place(found))
    return outputs, tags, [place(comment) for comment in comments]
