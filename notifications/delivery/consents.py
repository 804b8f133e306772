"""What people refused, loaded at once for all the addresses of a batch of work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from notifications.models import OptOut, Preferences
from notifications.planning import Consent


class Consents:
    """The opt-outs and preferences of some addresses and customers at one moment."""

    def __init__(
        self, merchant_ids: Iterable[UUID], addresses: Iterable[str], customer_ids: Iterable[UUID]
    ) -> None:
        self._opted_out: dict[tuple[UUID, str, str], set[str]] = defaultdict(set)
        rows = OptOut.objects.filter(
            merchant__in=list(merchant_ids), address__among={a for a in addresses if a}
        )
        for merchant_id, channel, address, category in rows.values_list(
            "merchant_id", "channel", "address", "category"
        ):
            self._opted_out[merchant_id, channel, address].add(category)
        chosen = Preferences.objects.filter(customer__among=set(customer_ids))
        self._preferences = {row.customer_id: row for row in chosen}

    def of(self, merchant_id: UUID, channel: str, address: str, customer_id: UUID | None) -> Consent:
        opted_out = frozenset(self._opted_out.get((merchant_id, channel, address), ()))
        row = self._preferences.get(customer_id) if customer_id else None
        if row is None:
            return Consent(opted_out)
        return Consent(opted_out, frozenset(row.refused), row.quiet_from, row.quiet_until)
