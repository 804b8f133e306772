"""A message whose turn it is: what its worker needs of the row, without the row's weight."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(slots=True)
class Turn:
    """A message that is due. The names are those of the Message row."""

    id: UUID
    merchant_id: UUID
    event_id: UUID | None
    rule_id: UUID | None
    order_id: UUID | None
    customer_id: UUID | None
    recipient: str
    channel: str
    step: int
    category: str
    template: str
    language: str
    address: str
    country: str
    timezone: str
    expires_at: datetime | None
    tries: int
    gateway_id: UUID | None
    gates: list[dict[str, Any]]


COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Turn))
