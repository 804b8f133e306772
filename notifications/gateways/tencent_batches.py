"""Which texts may share a request to Tencent Cloud: a SendSms has one of everything but the numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from notifications.gateways.base import Text

# Mainland or abroad, template, signature, parameters in order.
Shared = tuple[bool, str, str, tuple[str, ...]]


def batches_of(texts: Sequence[Text], *, size: int) -> list[list[Text]]:
    """Batch texts by all that a request has only one of; a phone is in a batch once."""
    seen: Counter[tuple[Shared, str]] = Counter()
    groups: dict[Any, list[Text]] = {}
    for text in texts:
        which = shared(text)
        seen[which, text.phone] += 1
        groups.setdefault((which, seen[which, text.phone]), []).append(text)
    return [
        _as_batch(group[start : start + size])
        for group in groups.values()
        for start in range(0, len(group), size)
    ]


def shared(text: Text) -> Shared:
    """Return what a request has only one of."""
    return text.phone.startswith("+86"), text.template_code, text.signature, _in_order(text.params)


def _in_order(params: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values of {1}, {2}, … as the vendor wants them: by place."""
    places = sorted(params, key=lambda name: int(name) if name.isdecimal() else len(params))
    return tuple(str(params[name]) for name in places)


def _as_batch(texts: list[Text]) -> list[Text]:
    if len(texts) == 1:
        return texts
    return [replace(text, batch_reference=texts[0].reference) for text in texts]
