"""Ask everybody who may object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from notifications.linting.drafts import Draft, Party, draft_of
from notifications.linting.findings import Finding, Severity, Way
from notifications.linting.rules import RULES, Rule
from notifications.linting.terms import ANY_VENDOR, COUNTRIES, EVERYBODY, NO_VENDOR, VENDORS, Terms
from notifications.linting.wording import Hit
from notifications.placeholders import Facts
from notifications.rendering import Source


def lint(
    source: Source,
    *,
    countries: Iterable[str] = (),
    category: str = "transactional",
    signature: str | Mapping[str, str] = "",
    gateways: Iterable[Way] = (),
    facts: Facts | None = None,
) -> list[Finding]:
    """Return the objections to a template that goes to these countries (ISO 3166), the worst first.

    `signature` is one for all countries, or by country. The vendors of a country are those of `gateways`
    that cover it. Without `facts` the sample order shows how long it gets. A text that does not compile has
    none yet: its errors come first.
    """
    draft = draft_of(source, facts)
    if draft is None:
        return []
    wanted, ways = frozenset(countries) or frozenset({""}), tuple(gateways)
    rules = [rule for rule in RULES if source.channel in rule.channels and category in rule.categories]
    objections: dict[object, _Objection] = {}
    for country in sorted(wanted):
        signed = signature if isinstance(signature, str) else signature.get(country, "")
        for party in _parties(country, signed, ways):
            for rule, hit in _hits(draft, party, rules):
                key = (rule.code, hit.spans, *sorted(hit.params.items()))
                objections.setdefault(key, _Objection(rule, hit)).parties.append(party)
    found = [(rule.rule, rule.finding(wanted, source.channel)) for rule in objections.values()]
    found.sort(key=lambda one: (one[1].severity is not Severity.ERROR, RULES.index(one[0]), one[1].spans))
    return [finding for _rule, finding in found]


def _parties(country: str, signature: str, ways: Iterable[Way]) -> Iterator[Party]:
    yield Party(EVERYBODY, country, signature, is_everybody=True)
    yield Party(COUNTRIES.get(country, Terms()), country, signature)
    vendors = [way for way in ways if way.kind not in NO_VENDOR and way.covers(country)]
    for way in vendors:
        if vendor := VENDORS.get(way.kind):
            yield Party(vendor.terms(country), country, signature, way.kind, way.sender)
    if not vendors:
        yield Party(ANY_VENDOR.terms(country), country, signature)


def _hits(draft: Draft, party: Party, rules: Iterable[Rule]) -> Iterator[tuple[Rule, Hit]]:
    for rule in rules:
        if rule.code in party.terms.codes:
            for hit in rule.check(draft, party):
                yield rule, hit


@dataclass(frozen=True, slots=True)
class _Objection:
    """What several parties say of the same words."""

    rule: Rule
    hit: Hit
    parties: list[Party] = field(default_factory=list)

    def finding(self, wanted: frozenset[str], channel: str) -> Finding:
        """Return it as one finding of those who take it most seriously; nobody reviews a mail."""
        strict = [party for party in self.parties if self.rule.code in party.terms.refuses]
        is_error = bool(strict) and channel == "sms"
        parties = strict if is_error else self.parties
        everybody = {party.country for party in parties if party.is_everybody}
        named = {party.country for party in parties if self.rule.by_country or not party.gateway}
        is_general = everybody >= wanted
        return Finding(
            Severity.ERROR if is_error else Severity.WARNING,
            self.rule.code,
            self.hit.params,
            self.hit.spans,
            gateways=() if is_general else tuple(dict.fromkeys(p.gateway for p in parties if p.gateway)),
            countries=() if is_general else tuple(sorted(named)),
        )
