"""Who is told: a rule's recipients made into people. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

ROLES = ("owner", "operator", "support", "finance", "viewer")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be told. `key` names them within a rule; addresses may be empty."""

    key: str
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    timezone: str = ""
    country: str = ""
    customer_id: UUID | None = None


def problem(recipient: object) -> str:
    """Return the code of what is wrong with a recipient as written, or an empty string."""
    if not isinstance(recipient, str):
        return "bad_recipient"
    kind, _, rest = recipient.partition(":")
    if recipient == "customer":
        return ""
    if kind == "role":
        return "" if rest in ROLES else "unknown_role"
    if kind == "email":
        local, at, domain = rest.partition("@")
        return "" if at and local and "." in domain and len(rest) <= 254 and " " not in rest else "bad_email"
    if kind == "phone":
        return "" if rest.startswith("+") and rest[1:].isdigit() and 7 <= len(rest) <= 16 else "bad_phone"
    return "bad_recipient"


def resolve(
    recipients: Sequence[str], *, customer: Person | None, team: Mapping[str, Sequence[Person]]
) -> list[Person]:
    """Return the people a rule names, each once, in the rule's order.

    A rule for the customer of an event that has none yields nobody for it; a role nobody has, too.
    """
    people: dict[str, Person] = {}
    for recipient in recipients:
        kind, _, rest = recipient.partition(":")
        if recipient == "customer":
            found = [customer] if customer else []
        elif kind == "role":
            found = list(team.get(rest, ()))
        elif kind == "email":
            found = [Person(key=recipient, email=rest.lower())]
        else:
            found = [Person(key=recipient, phone=rest)]
        for person in found:
            people.setdefault(person.key, person)
    return list(people.values())


def choose_language(available: Sequence[str], wanted: Sequence[str]) -> str | None:
    """Return the language of `available` that suits best, or None when there is none at all.

    `wanted` is in order of preference; "zh-CN", "zh-Hans" and "zh" find "zh-hans", "en-GB" finds "en".
    What nobody wished is still better than silence: English, else the first there is.
    """
    if not available:
        return None
    by_name = {language.lower(): language for language in available}
    for wish in [*wanted, "en"]:
        wish = wish.lower().replace("_", "-")
        if wish in by_name:
            return by_name[wish]
        related = [name for name in by_name if name.split("-")[0] == wish.split("-")[0]]
        # Readers of one Chinese script would rather have the other than none.
        related.sort(key=lambda name: _is_traditional(name) != _is_traditional(wish))
        if related:
            return by_name[related[0]]
    return available[0]


def _is_traditional(language: str) -> bool:
    return any(part in {"hant", "tw", "hk", "mo"} for part in language.split("-"))
