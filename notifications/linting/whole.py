"""What a text as a whole gives cause for: its length, what it lacks, who sends it and where to."""

from __future__ import annotations

from collections.abc import Iterator

from notifications import segments
from notifications.linting.drafts import Draft, Party
from notifications.linting.terms import LONGEST_SENDER, NO_LETTERS, NO_NUMBERS
from notifications.linting.wording import Hit
from notifications.policy.quiet_hours import BY_COUNTRY

# A short code has fewer digits than any phone number.
_SHORT_CODE = 6
_ABOUT_ORDERS = frozenset({"order", "shipment", "return"})


def more_than_one_part(draft: Draft, party: Party) -> Iterator[Hit]:
    size = segments.count(party.whole(draft), country=party.country)
    if size.parts > 1:
        yield Hit({"parts": size.parts, "units": size.units, "limit": 70 if size.per_part == 67 else 160})


def long_text(draft: Draft, party: Party) -> Iterator[Hit]:
    length = len(party.whole(draft))
    if length > party.terms.long_text:
        yield Hit({"length": length, "limit": party.terms.long_text})


def long_bytes(draft: Draft, party: Party) -> Iterator[Hit]:
    length = len(party.whole(draft).encode("utf-8", "replace"))
    if length > party.terms.long_bytes:
        yield Hit({"length": length, "limit": party.terms.long_bytes})


def no_order_number(draft: Draft, party: Party) -> Iterator[Hit]:
    is_about_order = draft.source.event.partition(".")[0] in _ABOUT_ORDERS
    if is_about_order and "order.number" not in draft.uses:
        yield Hit({})


def no_signature(draft: Draft, party: Party) -> Iterator[Hit]:
    if not party.signature:
        yield Hit({})


def _has_letters(sender: str) -> bool:
    return any(char.isalpha() for char in sender)


def letters_in_sender(draft: Draft, party: Party) -> Iterator[Hit]:
    if party.country in NO_LETTERS and _has_letters(party.sender):
        yield Hit({"sender": party.sender})


def number_as_sender(draft: Draft, party: Party) -> Iterator[Hit]:
    is_number = not _has_letters(party.sender) and sum(map(str.isdigit, party.sender)) > _SHORT_CODE
    if party.country in NO_NUMBERS and is_number:
        yield Hit({"sender": party.sender})


def long_sender(draft: Draft, party: Party) -> Iterator[Hit]:
    if _has_letters(party.sender) and len(party.sender) > LONGEST_SENDER:
        yield Hit({"sender": party.sender, "limit": LONGEST_SENDER})


def marketing_days(draft: Draft, party: Party) -> Iterator[Hit]:
    window = BY_COUNTRY.get(party.country)
    if window and window.rest_days:
        yield Hit({"opens": f"{window.opens:%H:%M}", "closes": f"{window.closes:%H:%M}"})


def unregistered(draft: Draft, party: Party) -> Iterator[Hit]:
    yield Hit({})
