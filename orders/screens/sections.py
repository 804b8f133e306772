"""What the apps above add to the pages of an order and a customer.

    sections.add_to_order(whole_page_section)
    sections.add_to_events(what_came_of_each)
    sections.add_to_customer(...)

Each is called inside the merchant's scope with the row and the person's membership, once a page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from merchants.models import Membership
from orders.models import Customer, Event, Order


@dataclass(frozen=True)
class Section:
    """A piece of a page: a template, and what it is shown with (as `section`)."""

    template: str
    content: Mapping[str, Any] = field(default_factory=dict)


OrderSection = Callable[[Order, Membership], Section | None]
CustomerSection = Callable[[Customer, Membership], Section | None]
EventSections = Callable[[Order, Sequence[Event], Membership], Mapping[UUID, Section]]

_of_order: list[OrderSection] = []
_of_customer: list[CustomerSection] = []
_of_events: list[EventSections] = []


def add_to_order(source: OrderSection) -> None:
    _of_order.append(source)


def add_to_customer(source: CustomerSection) -> None:
    _of_customer.append(source)


def add_to_events(source: EventSections) -> None:
    """Add what stands below each event of an order; the source answers for all of them at once."""
    _of_events.append(source)


def of_order(order: Order, membership: Membership) -> list[Section]:
    return [section for source in _of_order if (section := source(order, membership))]


def of_customer(customer: Customer, membership: Membership) -> list[Section]:
    return [section for source in _of_customer if (section := source(customer, membership))]


def of_events(order: Order, events: Sequence[Event], membership: Membership) -> dict[UUID, list[Section]]:
    found: defaultdict[UUID, list[Section]] = defaultdict(list)
    for source in _of_events:
        for event_id, section in source(order, events, membership).items():
            found[event_id].append(section)
    return found
