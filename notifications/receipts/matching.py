"""Find the attempt that a receipt is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from notifications.models import Attempt, ChannelKind, Receipt


def find_attempts(receipts: Sequence[Receipt]) -> dict[UUID, Attempt]:
    """Return the attempt of each receipt that has one, by the receipt's id, the message loaded.

    Our reference finds it (the attempt's own, or that of the batch it left in), else the vendor's id.
    Where one name stands for many texts, the phone that the receipt tells must be the message's. Two
    queries, however many receipts; one more for a batch whose answer was lost.
    """
    by_reference: dict[UUID, Attempt] = {}
    by_provider_id: defaultdict[str, list[Attempt]] = defaultdict(list)
    batches: dict[UUID, list[Attempt]] = {}
    attempts = Attempt.objects.select_related("message")
    references = {id for receipt in receipts if (id := _uuid(receipt.reference))}
    if references:
        by_reference = {attempt.pk: attempt for attempt in attempts.filter(pk__in=references)}
    provider_ids = {receipt.provider_id for receipt in receipts if receipt.provider_id}
    if provider_ids:
        for attempt in attempts.filter(provider_id__in=provider_ids).order_by("id"):
            by_provider_id[attempt.provider_id].append(attempt)

    found = {}
    for receipt in receipts:
        named = by_reference.get(_uuid(receipt.reference) or UUID(int=0))
        candidates = [*([named] if named else ()), *by_provider_id.get(receipt.provider_id, ())]
        match = next((one for one in candidates if _is_about(receipt, one, named=named)), None)
        if match is None and named is not None and named.batch == named.pk:
            if named.pk not in batches:
                batches[named.pk] = list(_batch_of(named))
            match = next((one for one in batches[named.pk] if _is_about(receipt, one, named=named)), None)
        if match is not None:
            found[receipt.pk] = match
    return found


def _batch_of(first: Attempt) -> Iterable[Attempt]:
    """Return the attempts that left in one request with the first; they were made at one moment.

    Ids are in the order of time, so the primary key finds the moment.
    """
    around = 10_000 << 80
    lowest, highest = UUID(int=first.pk.int - around), UUID(int=first.pk.int + around)
    rows: Iterable[Attempt] = (
        Attempt.objects.select_related("message")
        .filter(batch=first.pk, pk__range=(lowest, highest))
        .order_by("id")
    )
    return rows


def _is_about(receipt: Receipt, attempt: Attempt, *, named: Attempt | None) -> bool:
    if receipt.merchant_id != attempt.merchant_id or receipt.channel != attempt.message.channel:
        return False
    if receipt.gateway_id != attempt.gateway_id and attempt.gateway_id is not None:
        return False
    if attempt is named and receipt.channel == ChannelKind.EMAIL:
        return True  # a mail is one message, and providers report whatever address it ended up at
    return receipt.address in {"", attempt.message.address.lower()}


def _uuid(reference: str) -> UUID | None:
    try:
        return UUID(hex=reference) if len(reference) == 32 else None
    except ValueError:
        return None
