"""The rules by their codes, in the order in which they are told. Who holds them is said in `terms`."""

from __future__ import annotations

from dataclasses import dataclass

from notifications.linting import variables, whole, wording
from notifications.linting.wording import Check


@dataclass(frozen=True, slots=True)
class Rule:
    """A check, and the templates it looks at. A `by_country` rule names the country beside the vendor."""

    code: str
    check: Check
    channels: frozenset[str] = frozenset({"sms"})
    categories: frozenset[str] = frozenset({"transactional", "marketing"})
    by_country: bool = False


_BOTH = frozenset({"sms", "email"})
_NOTICES, _MARKETING = frozenset({"transactional"}), frozenset({"marketing"})

RULES: tuple[Rule, ...] = (
    Rule("marketing_words", wording.words(wording.MARKETING), channels=_BOTH, categories=_NOTICES),
    Rule("opt_out_in_notice", wording.words(wording.OPT_OUT_WORDS), categories=_NOTICES),
    Rule("no_opt_out", wording.no_opt_out, categories=_MARKETING),
    Rule("brackets", wording.words(wording.BRACKETS)),
    Rule("edge_brackets", wording.edge_brackets),
    Rule("emoji", wording.words(wording.EMOJI)),
    Rule("symbols", wording.symbols),
    Rule("traditional", wording.traditional),
    Rule("mobile_number", wording.words(wording.MOBILE)),
    Rule("many_phones", wording.many_phones),
    Rule("link_in_placeholder", variables.link_in_placeholder),
    Rule("link_with_placeholder", wording.link_with_placeholder),
    Rule("adjacent_placeholders", variables.adjacent),
    Rule("only_placeholders", variables.only_placeholders),
    Rule("repeated_placeholder", variables.repeated),
    Rule("long_value", variables.long_value),
    Rule("empty_value", variables.empty_value),
    Rule("any_placeholder", variables.any_placeholder),
    Rule("filters", variables.filters),
    Rule("conditions", variables.conditions),
    Rule("more_than_one_part", whole.more_than_one_part),
    Rule("long_text", whole.long_text),
    Rule("long_bytes", whole.long_bytes),
    Rule("too_dear", wording.too_dear, channels=_BOTH),
    Rule("no_order_number", whole.no_order_number, channels=_BOTH, categories=_NOTICES),
    Rule("no_signature", whole.no_signature),
    Rule("letters_in_sender", whole.letters_in_sender, by_country=True),
    Rule("number_as_sender", whole.number_as_sender, by_country=True),
    Rule("long_sender", whole.long_sender),
    Rule("marketing_days", whole.marketing_days, categories=_MARKETING),
    Rule("unregistered", whole.unregistered),
)
