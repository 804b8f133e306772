"""Find the attempt that a receipt is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from notifications.models import Attempt, ChannelKind, Receipt


def find_attempts(receipts: Sequence[Receipt]) -> dict[UUID, Attempt]:
    """Return the attempt of each receipt that has one, by the receipt's id, the message loaded.

    Our reference finds it (the attempt's own, or that of the batch it left in), else the vendor's id.
    Where one name stands for many texts, the phone that the receipt tells must be the message's. Three
    queries at most, however many receipts.
    """
    by_reference: defaultdict[UUID, list[Attempt]] = defaultdict(list)
    by_provider_id: defaultdict[str, list[Attempt]] = defaultdict(list)
    attempts = Attempt.objects.select_related("message")
    references = {id for receipt in receipts if (id := _uuid(receipt.reference))}
    if references:
        for attempt in attempts.filter(pk__in=references):
            by_reference[attempt.pk].append(attempt)
        # A batch goes by the id of its first attempt.
        batches = {id for id, (first,) in by_reference.items() if first.batch == id}
        for attempt in attempts.filter(batch__in=batches).order_by("id") if batches else ():
            by_reference[attempt.batch].append(attempt)
    provider_ids = {receipt.provider_id for receipt in receipts if receipt.provider_id}
    if provider_ids:
        for attempt in attempts.filter(provider_id__in=provider_ids).order_by("id"):
            by_provider_id[attempt.provider_id].append(attempt)

    found = {}
    for receipt in receipts:
        id = _uuid(receipt.reference)
        candidates = [*(by_reference.get(id, ()) if id else ()), *by_provider_id.get(receipt.provider_id, ())]
        match = next((attempt for attempt in candidates if _is_about(receipt, attempt, id)), None)
        if match is not None:
            found[receipt.pk] = match
    return found


def _is_about(receipt: Receipt, attempt: Attempt, id: UUID | None) -> bool:
    if receipt.merchant_id != attempt.merchant_id or receipt.channel != attempt.message.channel:
        return False
    if receipt.gateway_id != attempt.gateway_id and attempt.gateway_id is not None:
        return False
    if attempt.pk == id and receipt.channel == ChannelKind.EMAIL:
        return True  # a mail is one message, and providers report whatever address it ended up at
    return receipt.address in {"", attempt.message.address.lower()}


def _uuid(reference: str) -> UUID | None:
    try:
        return UUID(hex=reference) if len(reference) == 32 else None
    except ValueError:
        return None
