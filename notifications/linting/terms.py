"""Who objects to what: everybody, the carriers of a country, each vendor. All of it data.

`refuses` and `doubts` name rules. What is refused certainly comes back or never arrives; what is doubted
may pass, or is told us only in part. Vendors speak differently of mainland China and of everywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

from notifications.segments import MAINLAND

Codes = frozenset[str]

# Senders that the carriers of a country do not let through.
NO_LETTERS = frozenset({"US", "CA"})
NO_NUMBERS = frozenset({"FR"})
LONGEST_SENDER = 11
MOST_PHONES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one party objects to. A limit is that of the rule of the same name; lengths are in characters."""

    refuses: Codes = frozenset()
    doubts: Codes = frozenset()
    long_value: int = 0
    long_text: int = 0
    long_bytes: int = 0
    symbols: str = ""

    @property
    def codes(self) -> Codes:
        return self.refuses | self.doubts


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """A vendor's terms for mainland China (`home`) and for everywhere else."""

    home: Terms = Terms()
    abroad: Terms = Terms()

    def terms(self, country: str) -> Terms:
        return self.home if country == MAINLAND else self.abroad


def _everywhere(terms: Terms) -> Vendor:
    return Vendor(home=terms, abroad=terms)


EVERYBODY = Terms(
    doubts=frozenset(
        {"marketing_words", "brackets", "emoji", "more_than_one_part", "too_dear", "no_order_number"}
    )
)

_SYMBOLS = "#『』「」〖〗•①②③④⑤⑥⑦⑧⑨⑩★☆※→←↑↓◆■●²"

COUNTRIES: dict[str, Terms] = {
    MAINLAND: Terms(
        refuses=frozenset({"marketing_words", "opt_out_in_notice", "no_opt_out", "emoji", "no_signature"}),
        doubts=frozenset({"symbols"}),
        symbols=_SYMBOLS,
    ),
    "FR": Terms(doubts=frozenset({"marketing_days"})),
    "IN": Terms(doubts=frozenset({"unregistered"})),
}

# The countries whose carriers object to something that others let through.
OWN_RULES = frozenset(COUNTRIES) | NO_LETTERS | NO_NUMBERS

_FIXED_LINKS = frozenset({"link_in_placeholder", "link_with_placeholder"})
_VARIABLES = _FIXED_LINKS | {"adjacent_placeholders", "only_placeholders"}
_CONTACTS = frozenset({"mobile_number", "many_phones"})
# His text is fixed: a filter cannot be handed in to him, and of a condition he has one branch.
_ON_FILE = frozenset({"conditions", "empty_value"})
_SENDERS = frozenset({"letters_in_sender", "number_as_sender", "long_sender"})

VENDORS: dict[str, Vendor] = {
    # Help pages 108088 and 463270. That a character is traditional is a guess of ours, so only doubted; a
    # variable's name may stand in a text once, and the second place may have a name of its own.
    "aliyun": Vendor(
        home=Terms(
            refuses=_VARIABLES
            | _CONTACTS
            | {"filters", "long_value", "long_text", "edge_brackets", "symbols"},
            doubts=_ON_FILE | {"repeated_placeholder", "traditional"},
            long_value=35,
            long_text=500,
            symbols=_SYMBOLS,
        ),
        # Not verified for templates abroad: the same, as a doubt.
        abroad=Terms(
            refuses=frozenset({"filters", "long_text"}),
            doubts=_VARIABLES | _ON_FILE | {"repeated_placeholder", "long_value"},
            long_value=35,
            long_text=500,
        ),
    ),
    # Documents 382/39023 and 40659. His pages contradict each other on values: six characters, twelve for
    # persons, no limit for companies; we say the strictest, as a doubt. InvalidParameterValue.
    # UnsupportedTemplateVariable: whether a new template may have variables at all, his console decides.
    "tencent": Vendor(
        home=Terms(
            refuses=_FIXED_LINKS | {"filters", "only_placeholders", "long_text", "symbols"},
            doubts=_ON_FILE | {"adjacent_placeholders", "any_placeholder", "long_value"},
            long_value=6,
            long_text=500,
            symbols="¥￥★☞✓※",
        ),
        abroad=Terms(
            refuses=_FIXED_LINKS | {"filters", "only_placeholders", "long_text", "symbols"},
            doubts=_ON_FILE,
            long_text=500,
            symbols="¥￥★☞✓※",
        ),
    ),
    # Code 40722 is "variable too long", but how long is nowhere published: 20 is what the strictest of the
    # others in China takes of a company (not verified). Texts must match one that is on file (4072).
    "ihuyi": Vendor(
        home=Terms(
            refuses=frozenset({"long_text"}),
            doubts=_VARIABLES | {"conditions", "filters", "long_value"},
            long_value=20,
            long_text=500,
        )
    ),
    "ihuyi_intl": Vendor(abroad=Terms(refuses=frozenset({"long_text"}), long_text=500)),
    "twilio": _everywhere(Terms(refuses=frozenset({"long_text"}), doubts=_SENDERS, long_text=1600)),
    # Status 12 is "too long"; the newer interface takes 3200 characters, more than we let a text grow.
    "vonage": _everywhere(Terms(doubts=_SENDERS)),
    "sns": _everywhere(Terms(refuses=frozenset({"long_bytes"}), doubts=_SENDERS, long_bytes=1600)),
    # Sends what it is given; what lies behind it is the operator's own contract.
    "kannel": _everywhere(Terms(doubts=_SENDERS)),
    "sandbox": Vendor(),
}
# Nobody to ask: a shop that tries things out will be with one of these soon.
NO_VENDOR = frozenset({"sandbox"})
ANY_VENDOR = Vendor(home=Terms(doubts=_VARIABLES | _CONTACTS | {"edge_brackets", "traditional"}))
