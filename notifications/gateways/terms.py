"""A vendor's terms, as data: his limits, how long an outcome may stay unknown, what is left of the money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from notifications.outcomes import ErrorClass

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# What a limit may count by, besides the account itself.
Part = Literal["sender", "template", "phone", "country"]


@dataclass(frozen=True, slots=True)
class Credential:
    """One field of a vendor's credentials: its own name, a label, whether it is a secret."""

    name: str
    label: StrOrPromise
    is_secret: bool = True
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` texts in `seconds`, counted for each different value of `per`.

    Without `per` it is the account's own rate. Empty `categories` and `countries` (ISO 3166) are all.
    """

    count: int
    seconds: int
    per: tuple[Part, ...] = ()
    categories: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Settling:
    """What is done about an unknown outcome, in seconds since the attempt.

    A vendor who can be asked is asked after `ask_after` and then every `ask_every`; a receipt may settle
    it at any time; at `deadline` it is given up and never sent again by itself.
    """

    ask_after: int = 120
    ask_every: int = 120
    deadline: int = 24 * 3600


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left: an amount of money in `unit` (ISO 4217), or a number of texts when `unit` is empty."""

    amount: Decimal
    unit: str = ""


def by_code(classes: Mapping[ErrorClass, str]) -> dict[str, ErrorClass]:
    """Return a vendor's codes with their classes; they are written by class, parted by white space."""
    return {code: error for error, codes in classes.items() for code in codes.split()}
