"""The one way to change a message's state: forward along TRANSITIONS, or not at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from notifications.models import Message, State
from notifications.models.messages import TRANSITIONS


def sources(to: str, only_from: Collection[str] | None = None) -> list[str]:
    """Return the states from which a message may go `to`."""
    return [
        state
        for state, after in TRANSITIONS.items()
        if to in after and (only_from is None or state in only_from)
    ]


def move(ids: Iterable[UUID], to: str, *, only_from: Collection[str] | None = None, **fields: Any) -> int:
    """Move messages to a state, together with `fields`. Return how many moved.

    A message whose present state does not allow it stays as it is: facts may come late, twice or in
    any order.
    """
    allowed = sources(to, only_from)
    movable = Message.objects.filter(pk__among=ids, state__in=allowed)
    moved: int = movable.update(state=State(to), **fields)
    return moved
