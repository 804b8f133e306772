"""What gateways share that take many texts in one request."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import replace

from notifications.gateways.base import Text, result_of
from notifications.outbound import NoAnswer, NotSent
from notifications.outcomes import Result


def batches_of(texts: Sequence[Text], *, size: int, alike: Callable[[Text], Hashable]) -> list[list[Text]]:
    """Batch texts of which `alike` says the same, up to `size` of them; a phone is in a batch once."""
    seen: Counter[tuple[Hashable, str]] = Counter()
    groups: dict[tuple[Hashable, int], list[Text]] = {}
    for text in texts:
        which = alike(text)
        seen[which, text.phone] += 1
        groups.setdefault((which, seen[which, text.phone]), []).append(text)
    return [
        _as_batch(group[start : start + size])
        for group in groups.values()
        for start in range(0, len(group), size)
    ]


def _as_batch(texts: list[Text]) -> list[Text]:
    if len(texts) == 1:
        return texts
    return [replace(text, batch_reference=texts[0].reference) for text in texts]


async def one_by_one(
    texts: Sequence[Text], *, send: Callable[[Sequence[Text]], Awaitable[list[Result]]]
) -> list[Result]:
    """Send each text by itself, where they were refused together for what lies in one of them."""
    endings = await asyncio.gather(*(send([text]) for text in texts), return_exceptions=True)
    return [_settle(ending) for ending in endings]


def _settle(ending: list[Result] | BaseException) -> Result:
    if isinstance(ending, NotSent | NoAnswer):
        return result_of(ending)
    if isinstance(ending, BaseException):
        raise ending
    return ending[0]
