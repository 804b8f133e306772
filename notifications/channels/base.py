"""What a channel is: an address, a way out, and one result per message.

A channel is one module beside this one and one line in the registry.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from notifications.limits import Claim
from notifications.outbound import World
from notifications.outcomes import Result
from notifications.planning import Target
from notifications.recipients import Person
from notifications.rendering import Rendered
from notifications.routing import Choice, Errand
from notifications.setup import Setup


@dataclass(slots=True)
class Parcel:
    """One message ready to leave, as all channels see it; `attempt_id.hex` is our reference."""

    message_id: UUID
    attempt_id: UUID
    merchant_id: UUID
    address: str
    country: str
    category: str
    rendered: Rendered
    way: Any = None
    # Somebody watches this one: what goes over the wire is kept with the attempt.
    is_drill: bool = False
    gateway_id: UUID | None = None
    # Shared by all that leave in one request; set by `batches`.
    batch: UUID | None = None
    # What the channel itself worked out in `pack`.
    packed: Any = field(default=None, repr=False)


class Channel(ABC):
    """A way to tell somebody something."""

    kind: ClassVar[str]

    @abstractmethod
    def target(self, person: Person, *, country: str, timezone: str) -> Target:
        """Return where the person is reached here, with an empty address when nowhere.

        `country` and `timezone` are the merchant's, for what the person's own data leave open.
        """

    @abstractmethod
    def choose(self, setup: Setup, errand: Errand, *, now: datetime) -> Choice:
        """Choose the way out for a message."""

    @abstractmethod
    def pack(self, parcel: Parcel, setup: Setup, *, facts: Any, template_id: UUID) -> None:
        """Work out `parcel.packed`: what leaves, whole. `parcel.way` is set."""

    def words(self, parcel: Parcel) -> str:
        """Return the text as the person will see it, for the message's story."""
        return parcel.rendered.text

    def parts(self, parcel: Parcel) -> int:
        """Return how many parts the vendor will charge for."""
        return 1

    def claims(self, parcel: Parcel) -> list[Claim]:
        """Return what the parcel takes of the rate limits of its way."""
        return []

    def batches(self, parcels: Sequence[Parcel]) -> list[list[Parcel]]:
        """Group parcels into what leaves together; each batch is sent on its own.

        It is called before the attempts are written.
        """
        return [[parcel] for parcel in parcels]

    @abstractmethod
    async def send(self, parcels: Sequence[Parcel], world: World) -> list[Result]:
        """Send one batch. Return one result per parcel, in order. Never raises for a vendor's fault."""

    async def close(self) -> None:  # noqa: B027  # most keep nothing open
        """Let go of what the channel keeps open on this event loop."""
