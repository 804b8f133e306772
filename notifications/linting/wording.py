"""What the words themselves give cause for: each check yields what it found and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from notifications.linting.drafts import FIXED_LINK, OUTPUT, TAG, Draft, Party
from notifications.linting.findings import Span
from notifications.linting.terms import MOST_PHONES

OPT_OUT_ENDING = "拒收请回复R"


@dataclass(frozen=True, slots=True)
class Hit:
    """What a check found: what it speaks of, and where in the body that stands."""

    params: Mapping[str, str | int]
    spans: tuple[Span, ...] = ()


Check = Callable[[Draft, Party], Iterator[Hit]]

MARKETING = (
    "优惠|促销|打折|折扣|特价|秒杀|满减|红包|抽奖|中奖|免费领|限时|抢购|大促|清仓|领券|"
    r"返现|返利|赠品|爆款|低价|点击领取|立减|\d+(?:\.\d)?折|"
    r"\b(?:discounts?|coupons?|vouchers?|promo(?:tions?|s)?|special offers?|limited[- ]time|buy now|"
    r"shop now|clearance|free gifts?|best price|flash sale)\b|\d+ ?% off\b"
)
EMOJI = "(?:(?![★☆☞✓])[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u20e3]\u200d?)+"
BRACKETS = "[【】]"
OPT_OUT_WORDS = r"拒收请?回复?\s?[A-Za-z]|回复?\s?TD?\s?退订|退订请?回复?\s?TD?"
MOBILE = r"(?<![\d-])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\d-])"
_OFFICE = r"(?<![\d-])(?:0\d{2,3}[- ]?\d{7,8}|[48]00[- ]?\d{3,4}[- ]?\d{3,4}|95\d{3,4})(?![\d-])"
_PHONE = re.compile(f"{MOBILE}|{_OFFICE}")
_IDEOGRAPHS = re.compile("[\u4e00-\u9fff]+")
_LINK = re.compile(
    rf"(?:https?://|www\.|{FIXED_LINK}+)[^\s{OUTPUT}{TAG}，。；：！？、（）【】]*{OUTPUT}+", re.IGNORECASE
)
_DEAR = re.compile("亲爱的|亲(?=[，,！!～~])")


def words(pattern: str) -> Check:
    """Look for a pattern in what the merchant wrote; every place of the same words is one hit."""
    compiled = re.compile(pattern, re.IGNORECASE)

    def check(draft: Draft, party: Party) -> Iterator[Hit]:
        yield from _by_words(draft, [found.span() for found in compiled.finditer(draft.spoken)])

    return check


def _by_words(draft: Draft, spans: list[Span]) -> Iterator[Hit]:
    found: dict[str, list[Span]] = {}
    for start, end in spans:
        found.setdefault(draft.source.body[start:end], []).append((start, end))
    for text, places in found.items():
        yield Hit({"text": text}, tuple(places))


def symbols(draft: Draft, party: Party) -> Iterator[Hit]:
    yield from _by_words(
        draft, [(n, n + 1) for n, char in enumerate(draft.spoken) if char in party.terms.symbols]
    )


def traditional(draft: Draft, party: Party) -> Iterator[Hit]:
    """Find characters that Taiwan's Big5 has and mainland China's GB 2312 has not.

    That says nothing of characters that both or neither have, and a rare one in a name may be among them.
    """
    spans: list[Span] = []
    for found in _IDEOGRAPHS.finditer(draft.spoken):
        for n, char in enumerate(found[0], found.start()):
            if not _has("gb2312", char) and _has("big5", char):
                follows = spans and spans[-1][1] == n
                spans[-1:] = [(spans[-1][0], n + 1)] if follows else [*spans[-1:], (n, n + 1)]
    yield from _by_words(draft, spans)


def _has(encoding: str, char: str) -> bool:
    try:
        return bool(char.encode(encoding))
    except UnicodeEncodeError:
        return False


def edge_brackets(draft: Draft, party: Party) -> Iterator[Hit]:
    """Find a bracket at either end; 【】 become such brackets."""
    spoken = draft.spoken.replace(TAG, " ")
    first, last = len(spoken) - len(spoken.lstrip()), len(spoken.rstrip()) - 1
    edges = {n for n in (first, last) if 0 <= n < len(spoken) and spoken[n] in "[]【】"}
    yield from _by_words(draft, [(n, n + 1) for n in sorted(edges)])


def no_opt_out(draft: Draft, party: Party) -> Iterator[Hit]:
    if not draft.source.body.rstrip().endswith(OPT_OUT_ENDING):
        yield Hit({"text": OPT_OUT_ENDING})


def many_phones(draft: Draft, party: Party) -> Iterator[Hit]:
    spans = tuple(found.span() for found in _PHONE.finditer(draft.spoken))
    if len(spans) > MOST_PHONES:
        yield Hit({"count": len(spans), "limit": MOST_PHONES}, spans)


def link_with_placeholder(draft: Draft, party: Party) -> Iterator[Hit]:
    yield from _by_words(draft, [found.span() for found in _LINK.finditer(draft.spoken)])


def too_dear(draft: Draft, party: Party) -> Iterator[Hit]:
    found = tuple(one.span() for one in _DEAR.finditer(draft.spoken))
    if len(found) > 1:
        yield Hit({"count": len(found)}, found[1:])
