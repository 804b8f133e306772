"""What a mail of ours looks like, so that a rival can send the very words."""

from __future__ import annotations

import json
from pathlib import Path

from merchants.ownership import across_merchants
from notifications.delivery.drafting import draft
from notifications.setup import Setups
from orders.events import Lane
from orders.models import Order


def sample(path: str) -> int:
    """As a step: write subject, text and HTML of one mail to a file; return their size in bytes.

    `{{ name }}` and `{{ number }}` stand in their places.
    """
    with across_merchants():
        ((ready,),) = draft(Lane.URGENT, limit=1, setups=Setups()).batches
        order = Order.objects.select_related("customer").filter(pk=ready.message.order_id).get()
    rendered = ready.parcel.rendered
    words = {
        name: said.replace(order.customer.name, "{{ name }}").replace(order.number, "{{ number }}")
        for name, said in (("subject", rendered.subject), ("text", rendered.text), ("html", rendered.html))
    }
    Path(path).write_text(json.dumps(words))
    return sum(len(said.encode()) for said in words.values())
