"""A template's wording: compiled once, rendered for each message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from notifications import braces
from notifications.mail import MailBrand, compose
from notifications.placeholders import BY_NAME, Facts, find, locale_of
from notifications.rendering.answers import Values
from notifications.rendering.problems import Code, MissingValue, Place, Problem, TemplateErrors
from notifications.rendering.program import LOOPS, TAGS, Program, build

EMAIL = "email"
LONGEST_SUBJECT = 200
LONGEST_BODY = {"sms": 1_000, EMAIL: 20_000}
MOST_CONSTRUCTS = 400
LONGEST_CONSTRUCT = 300
# What is left of a subject whose values are long.
LONGEST_LINE = 250
LONGEST_TEXT = 2_000
_BRACKETS = str.maketrans("【】", "[]")
# A line of conditions alone would leave an empty one.
_CONDITION_LINE = re.compile(r"^[ \t]*((?:\{%(?:(?!%\}).)*%\}[ \t]*)+)\r?\n", re.MULTILINE | re.DOTALL)
_GAPS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a template, as its merchant wrote it."""

    channel: str
    event: str
    language: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a person gets. `html` is empty where the channel has none, `subject` likewise."""

    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """A compiled template. `uses` names the placeholders in its subject and body."""

    source: Source
    uses: frozenset[str]
    _subject: Program | None
    _text: Program
    _html: Program | None

    @property
    def uses_links(self) -> bool:
        """Say whether it shows links of the recipient's own; every mail does, below its body."""
        return self._html is not None or any(name.startswith("links.") for name in self.uses)

    @property
    def uses_query_code(self) -> bool:
        """Say whether it tells the order's query code, which must be made first."""
        return "order.query_code" in self.uses

    def render(
        self, facts: Facts, *, language: str, timezone: str, links: Mapping[str, str] | None = None
    ) -> Rendered:
        """Return the message about some facts, in a language's notation and an IANA zone.

        Raises `MissingValue` when the facts do not say what the text needs, `TemplateErrors` when
        the outcome is too long to send.
        """
        values = Values(facts if links is None else {**facts, "links": links}, locale_of(language, timezone))
        subject = self._subject.render(values) if self._subject else ""
        text = self._text.render(values)
        html = self._html.render(values) if self._html else ""
        if values.missing:
            raise MissingValue(values.missing)
        text = _without_gaps(text)
        if not html and len(text) > LONGEST_TEXT:
            raise TemplateErrors([Problem(Code.TOO_LONG, "body", limit=LONGEST_TEXT)])
        return Rendered(_line(subject), text, html)

    def fill(self, values: Values) -> str:
        """Return the text filled with values that need not be an order's, such as marks of their places."""
        return _without_gaps(self._text.render(values))


def _without_gaps(text: str) -> str:
    return (_GAPS.sub("\n\n", text) if "\n\n\n" in text else text).strip()


def _line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 3]}..."


@lru_cache(maxsize=2048)
def compile(source: Source, brand: MailBrand | None = None) -> Wording:
    """Return the wording of a template in its brand.

    Raises `TemplateErrors` with every problem found, in the order of the text.
    """
    is_mail = source.channel == EMAIL
    subject, body = Place("subject", source.subject), Place("body", source.body)
    problems = []
    if is_mail and not source.subject.strip():
        problems.append(subject.problem(Code.MISSING_SUBJECT))
    if not source.body.strip():
        problems.append(body.problem(Code.EMPTY))
    heading, found = _program(subject, source, limit=LONGEST_SUBJECT) if is_mail else (None, [])
    text, more = _program(body, source, limit=LONGEST_BODY[source.channel])
    problems += [*found, *more]
    if problems or text is None:
        raise TemplateErrors(problems)
    uses = text.uses | (heading.uses if heading else frozenset())
    if not is_mail:
        return Wording(source, uses, None, text, None)
    html, letter = _mail(body, source, brand or MailBrand())
    return Wording(source, uses, heading, letter, html)


def _program(place: Place, source: Source, *, limit: int) -> tuple[Program | None, list[Problem]]:
    """Return a field's program, or None with its problems."""
    problems = _at_a_glance(place, limit=limit)
    if problems:
        return None, problems
    # In a text message these brackets are the signature's alone.
    text = place.text if source.channel == EMAIL else place.text.translate(_BRACKETS)
    translated = braces.translate(text)
    try:
        program = build(translated.text, event=source.event)
    except TemplateErrors as errors:
        return None, [_placed(problem, place, translated) for problem in errors.problems]
    if source.channel != EMAIL or place.field == "subject":
        problems = [
            place.problem(Code.NOT_FOR_THIS_CHANNEL, name=name) for name in program.uses if BY_NAME[name].html
        ]
        tidy = _CONDITION_LINE.sub(r"\1", translated.text)
        program = build(tidy, event=source.event)
    return program, problems


def _at_a_glance(place: Place, *, limit: int) -> list[Problem]:
    """Return what forbids even parsing: size, and tags that the parser would treat in its own way."""
    if len(place.text) > limit:
        return [place.problem(Code.TOO_LONG, limit=limit)]
    if braces.count(place.text) > MOST_CONSTRUCTS:
        return [place.problem(Code.TOO_MANY, limit=MOST_CONSTRUCTS)]
    problems = []
    for construct in braces.CONSTRUCT.finditer(place.text):
        if len(construct[0]) > LONGEST_CONSTRUCT:
            problems.append(place.problem(Code.TOO_LONG, construct.start(), limit=LONGEST_CONSTRUCT))
    for tag in braces.TAG.finditer(place.text):
        if tag[1] not in TAGS:
            code = Code.LOOP if tag[1] in LOOPS else Code.TAG_NOT_ALLOWED
            problems.append(place.problem(code, tag.start(), name=tag[1]))
    return problems


def _placed(problem: Problem, place: Place, translated: braces.Translated) -> Problem:
    """Return a program's problem at its place in the merchant's text."""
    start = translated.origin(problem.column) if problem.column >= 0 else -1
    placed = place.problem(problem.code, start, length=len(problem.name))
    return replace(placed, name=problem.name, suggestion=problem.suggestion)


def _mail(body: Place, source: Source, brand: MailBrand) -> tuple[Program, Program]:
    """Return the programs of the mail around a body that is known to be sound."""
    mail = compose(braces.translate(body.text).text, brand, event=source.event, language=source.language)
    problems = [body.problem(Code.BAD_LINK, body.text.find(link), name=link) for link in mail.bad_links]
    problems += [body.problem(Code.MISPLACED, body.text.find(lost), name=lost) for lost in mail.lost]
    if problems:
        raise TemplateErrors(problems)
    try:
        return (
            build(mail.html, event=source.event, html=True, trusted=True),
            build(mail.text, event=source.event, trusted=True),
        )
    except TemplateErrors as errors:
        raise TemplateErrors(
            [body.problem(problem.code, name=problem.name) for problem in errors.problems]
        ) from errors


def values(
    params: Mapping[str, str], facts: Facts, *, language: str = "", timezone: str = ""
) -> dict[str, str]:
    """Return what a vendor's own template is filled with: its variables' names to our values.

    `params` maps those names to placeholders. Language and zone are the recipient's; left out, they are the
    customer's or the merchant's. What the facts do not say is empty.
    """
    customer, merchant = facts.get("customer") or {}, facts.get("merchant") or {}
    locale = locale_of(
        language or str(customer.get("language") or merchant.get("language") or "en"),
        timezone or str(customer.get("timezone") or merchant.get("timezone") or "UTC"),
    )
    answers = Values(facts, locale)
    found = {name: find(wanted) for name, wanted in params.items()}
    return {name: str(answers[known.name]) if known else "" for name, known in found.items()}
