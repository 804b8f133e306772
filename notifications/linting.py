"""What a vendor, a carrier or a reader would object to in a template, before anybody else sees it.

Pure. The rules are data: what they look for, where they apply, how much they matter there. An error
is what carriers or vendors refuse; a warning is for the merchant to weigh.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from notifications import segments
from notifications.braces import CONSTRUCT, translate
from notifications.placeholders import BY_NAME, sample_facts
from notifications.rendering import MissingValue, Source, TemplateErrors, compile

CHINA = segments.MAINLAND
OPT_OUT_ENDING = "拒收请回复R"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One objection: a code, what it speaks of, and where in the body it stands (start, end)."""

    severity: Severity
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What is looked at: the text, what it says for a sample order, and to whom it will go."""

    source: Source
    country: str
    signature: str
    sample: str
    uses: frozenset[str]


Hit = tuple[Mapping[str, str | int], tuple[int, int] | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """`strict` are the countries in which a finding is an error; empty `countries` are all."""

    code: str
    check: Callable[[Draft], Iterable[Hit]]
    channels: frozenset[str] = frozenset({"sms"})
    categories: frozenset[str] = frozenset({"transactional", "marketing"})
    countries: frozenset[str] = frozenset()
    strict: frozenset[str] = frozenset()


_MARKETING = (
    "优惠|促销|打折|折扣|特价|秒杀|满减|红包|抽奖|中奖|免费领|限时|抢购|大促|清仓|领券|"
    "返现|返利|赠品|爆款|低价|点击领取|立减|"
    r"\d+(?:\.\d)?折|"
    r"\b(?:discounts?|coupons?|vouchers?|promo(?:tions?|s)?|special offers?|limited[- ]time|buy now|"
    r"shop now|clearance|free gifts?|best price|flash sale)\b|\d+ ?% off\b"
)
_EMOJI = "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u20e3]"
_SYMBOLS = "[#『』「」•①②③④⑤★☆※→←↑↓◆■●]"
_BRACKETS = "[【】]"
_OPT_OUT_WORDS = r"拒收请?回复?\s?[A-Za-z]|回复?\s?TD?\s?退订|退订请?回复?\s?TD?"


def _words(pattern: str) -> Callable[[Draft], Iterator[Hit]]:
    """Look for a pattern in what the merchant wrote, placeholders aside."""
    compiled = re.compile(pattern, re.IGNORECASE)

    def check(draft: Draft) -> Iterator[Hit]:
        spoken = CONSTRUCT.sub(lambda found: " " * len(found[0]), draft.source.body)
        for found in compiled.finditer(spoken):
            yield {"text": found[0]}, found.span()

    return check


def _long(draft: Draft) -> Iterator[Hit]:
    size = segments.count(segments.with_signature(draft.sample, draft.signature), country=draft.country)
    if size.parts > 1:
        yield {"parts": size.parts, "units": size.units, "limit": 70 if size.per_part == 67 else 160}, None


def _dear(draft: Draft) -> Iterator[Hit]:
    found = [*re.finditer("亲爱的|亲(?=[，,！!～~])", draft.source.body)]
    if len(found) > 1:
        yield {"count": len(found)}, found[1].span()


def _no_number(draft: Draft) -> Iterator[Hit]:
    is_about_order = draft.source.event.partition(".")[0] in {"order", "shipment", "return"}
    if is_about_order and "order.number" not in draft.uses:
        yield {}, None


def _no_opt_out(draft: Draft) -> Iterator[Hit]:
    if not draft.source.body.rstrip().endswith(OPT_OUT_ENDING):
        yield {"text": OPT_OUT_ENDING}, None


def _links(draft: Draft) -> Iterator[Hit]:
    for name in sorted(draft.uses):
        if BY_NAME[name].is_link:
            yield {"text": name}, None


def _adjacent(draft: Draft) -> Iterator[Hit]:
    found = re.search(r"\}\}\s*\{\{", translate(draft.source.body).text)
    if found:
        yield {}, None


def _no_signature(draft: Draft) -> Iterator[Hit]:
    if not draft.signature:
        yield {}, None


_CHINA, _TRANSACTIONAL, _MARKETING_ONLY = (
    frozenset({CHINA}),
    frozenset({"transactional"}),
    frozenset({"marketing"}),
)
_BOTH = frozenset({"sms", "email"})

RULES: tuple[Rule, ...] = (
    Rule("marketing_words", _words(_MARKETING), channels=_BOTH, categories=_TRANSACTIONAL, strict=_CHINA),
    Rule(
        "opt_out_in_notice",
        _words(_OPT_OUT_WORDS),
        categories=_TRANSACTIONAL,
        countries=_CHINA,
        strict=_CHINA,
    ),
    Rule("no_opt_out", _no_opt_out, categories=_MARKETING_ONLY, countries=_CHINA, strict=_CHINA),
    Rule("brackets", _words(_BRACKETS)),
    Rule("emoji", _words(_EMOJI), strict=_CHINA),
    Rule("symbols", _words(_SYMBOLS), countries=_CHINA),
    Rule("more_than_one_part", _long),
    Rule("too_dear", _dear, channels=_BOTH),
    Rule("no_order_number", _no_number, channels=_BOTH, categories=_TRANSACTIONAL),
    Rule("link_in_placeholder", _links, countries=_CHINA),
    Rule("adjacent_placeholders", _adjacent, countries=_CHINA),
    Rule("no_signature", _no_signature, countries=_CHINA),
)


def lint(
    source: Source, *, countries: Iterable[str] = (), category: str = "transactional", signature: str = ""
) -> list[Finding]:
    """Return the objections to a template that goes to these countries (ISO 3166), the worst first.

    A text that does not compile has none yet: its errors come first.
    """
    return list(_lint(source, tuple(countries) or ("",), category, signature))


@lru_cache(maxsize=512)
def _lint(source: Source, countries: tuple[str, ...], category: str, signature: str) -> tuple[Finding, ...]:
    try:
        wording = compile(source)
        facts = sample_facts(source.event, language=source.language)
        sample = wording.render(facts, language=source.language, timezone=facts["merchant"]["timezone"]).text
    except (TemplateErrors, MissingValue):
        return ()
    found: dict[tuple[str, tuple[int, int] | None], Finding] = {}
    for country in countries:
        draft = Draft(source, country, signature, sample, wording.uses)
        for rule in RULES:
            if _applies(rule, source.channel, category, country):
                for finding in _findings(rule, draft):
                    key = (finding.code, finding.span)
                    if key not in found or finding.severity is Severity.ERROR:
                        found[key] = finding
    return tuple(sorted(found.values(), key=lambda finding: finding.severity is not Severity.ERROR))


def _applies(rule: Rule, channel: str, category: str, country: str) -> bool:
    is_there = not rule.countries or country in rule.countries
    return channel in rule.channels and category in rule.categories and is_there


def _findings(rule: Rule, draft: Draft) -> Iterator[Finding]:
    is_strict = draft.country in rule.strict and draft.source.channel == "sms"
    severity = Severity.ERROR if is_strict else Severity.WARNING
    for params, span in rule.check(draft):
        yield Finding(severity, rule.code, params, span)
