"""How a vendor reviews signatures and templates by his API: pure builders and parsers, like `Gateway`.

A vendor without such an API has no `Reviewing`; his reviews are kept by hand.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from notifications.gateways.base import Account, Push
from notifications.outbound import Request, Response

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Stage(StrEnum):
    """Where a review stands; the values are those of `models.Review`."""

    SUBMITTED = "submitted"
    APPROVED = "approved"  # by the vendor; carriers, if they are asked, have not filed it yet
    REJECTED = "rejected"
    FILED = "filed"  # by some carriers
    USABLE = "usable"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing more that a vendor wants to know with a submission, by his own name.

    `choices` are (value, label); empty means free text. What differs from template to template is not
    asked for when many are handed in at once: then the default holds, or what the vendor's module guesses.
    """

    name: str
    label: StrOrPromise
    help: StrOrPromise = ""
    is_required: bool = True
    choices: tuple[tuple[str, StrOrPromise], ...] = ()
    default: str = ""
    is_per_template: bool = False


@dataclass(frozen=True, slots=True)
class SignatureDraft:
    """A signature to be reviewed; `fields` are the vendor's further fields."""

    text: str
    is_international: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """A template to be reviewed. `body` is in the vendor's own spelling.

    `variables` maps each of the vendor's variables, in the order of the text, to our placeholder;
    `signature` is the one it will be sent with.
    """

    name: str
    body: str
    category: str
    is_international: bool = False
    signature: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the vendor says of a review: stage, his reason, his code, the carriers' words, the text on file.

    `carriers` maps a carrier to a stage or to the vendor's word for what is wrong there.
    """

    stage: Stage
    reason: str = ""
    code: str = ""
    carriers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """A review's news that the vendor pushed: of the template with `code`, or of the signature `text`."""

    about: str  # "template" or "signature"
    name: str
    standing: Standing


class NotReviewed(Exception):
    """The vendor refused a submission or a question; carries his code and his words."""

    def __init__(self, code: str, text: str) -> None:
        self.code, self.text = code, text
        super().__init__(f"{code} {text}".strip())


class Reviewing(ABC):
    """A vendor's API for reviews. Builders are pure, parsers raise `NotReviewed`."""

    signature_fields: ClassVar[tuple[Field, ...]] = ()
    template_fields: ClassVar[tuple[Field, ...]] = ()
    # A signature is asked about by its text: no code is needed.
    knows_by_name: ClassVar[bool] = False
    # How many templates an account may hand in on a day of Shanghai, and the seconds between two; 0: any.
    templates_a_day: ClassVar[int] = 0
    seconds_between: ClassVar[int] = 0

    @abstractmethod
    def submit_signature(
        self, draft: SignatureDraft, account: Account, *, now: datetime, nonce: str = ""
    ) -> Request:
        """Return the request that hands a signature in."""

    @abstractmethod
    def submit_template(
        self, draft: TemplateDraft, account: Account, *, now: datetime, nonce: str = ""
    ) -> Request:
        """Return the request that hands a template in."""

    @abstractmethod
    def parse_submitted(self, response: Response) -> Standing:
        """Read the answer to either: `SUBMITTED` with the vendor's code. Raises `NotReviewed`."""

    @abstractmethod
    def look_at_signature(
        self, text: str, code: str, account: Account, *, now: datetime, nonce: str = ""
    ) -> Request:
        """Return the request that asks where a signature stands."""

    @abstractmethod
    def parse_signature(self, response: Response) -> Standing:
        """Read where a signature stands. Raises `NotReviewed`."""

    @abstractmethod
    def look_at_template(
        self, code: str, account: Account, *, now: datetime, is_international: bool = False, nonce: str = ""
    ) -> Request:
        """Return the request that asks where a template stands."""

    @abstractmethod
    def parse_template(self, response: Response) -> Standing:
        """Read where a template stands. Raises `NotReviewed`."""

    def parse_news(self, push: Push) -> list[News]:
        """Read what the vendor pushed about reviews; empty when the push holds none. Never raises."""
        return []
