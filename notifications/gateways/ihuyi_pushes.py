"""What ihuyi pushes to us: receipts and replies.

The vendor's names for their fields were not to be had when this was written. So whatever comes (GET, form
or JSON, one or many) is searched for the names that are usual, and an account may name its own, as in
`id=smsid, phone=mobile, status=report, text=content, time=receive_time, delivered=DELIVRD`; `delivered`
is the state's word for success, after which every other one means failure. A state that nobody knows
changes nothing. Nobody signs a push; the secret is in the address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from notifications.gateways.base import MAX_ID, MAX_NAME, MAX_WORDS, BadPush, Push, name_of, tidy
from notifications.gateways.ihuyi_codes import REPORT_ERRORS, REPORTS
from notifications.outcomes import ReceiptFacts, ReceiptKind

NAMES = {
    "id": ("smsid", "taskid", "msgid"),
    "phone": ("mobile", "phone"),
    "status": ("status", "stat", "report", "code"),
    "text": ("content", "message"),
    "time": ("receive_time", "time"),
}
_PAIR = re.compile(r"(\w+)\s*=\s*([^\s,，;；]+)")
_NOT_DIGITS = re.compile(r"[^0-9]")
# A carrier's own code, such as MK:0001.
_CARRIER = re.compile(r"[A-Z]{2,4}:.+")


def read_pushes(push: Push, *, kind: str, names: str, phone_in: Callable[[str], str]) -> list[ReceiptFacts]:
    """Return the facts of one push; `names` is the account's own map. Raises `BadPush`."""
    own = dict(_PAIR.findall(names))
    facts = []
    for item in (_read(item, own) for item in _items(push)):
        meant = _meaning(item["status"].upper(), own.get("delivered", "").upper())
        digits = _NOT_DIGITS.sub("", item["phone"])
        # Beside a text, what we took for a state may be anything: an opt-out must not be lost to that.
        if item["id"] and item["status"] and (meant or not item["text"]):
            facts.append(_report(item, meant or ReceiptKind.PROGRESS, kind=kind))
        elif item["text"] and digits:
            facts.append(_reply(item, kind=kind, phone=phone_in(digits)))
    # One item of a new shape must not cost us the opt-out that stands beside it.
    if not facts:
        raise BadPush("a push of ihuyi that is neither report nor reply")
    return facts


def _items(push: Push) -> Iterator[Mapping[str, Any]]:
    """Find what may be a receipt or a reply: the fields of the request, or the objects of its JSON."""
    if push.body.lstrip()[:1] in (b"{", b"["):
        try:
            told = json.loads(push.body)
        except (ValueError, RecursionError) as error:
            raise BadPush("a push of ihuyi that is cut off") from error
        for one in told if isinstance(told, list) else [told]:
            if isinstance(one, dict):
                yield one
                lists = (value for value in one.values() if isinstance(value, list))
                yield from (inner for value in lists for inner in value if isinstance(inner, dict))
    else:
        yield {**push.query, **push.form}


def _read(item: Mapping[str, Any], own: Mapping[str, str]) -> dict[str, str]:
    """Return an item's words under our names."""
    words = {
        str(name).lower(): str(value).strip() for name, value in item.items() if isinstance(value, str | int)
    }
    return {
        ours: next((words[name] for name in _spellings(ours, own) if words.get(name)), "") for ours in NAMES
    }


def _spellings(ours: str, own: Mapping[str, str]) -> tuple[str, ...]:
    return (own[ours].lower(),) if ours in own else NAMES[ours]


def _meaning(state: str, delivered: str) -> ReceiptKind | None:
    """Return what a report's state means; `delivered` is the account's own word for success, or empty."""
    known = REPORTS.get(state)
    if delivered and known is not ReceiptKind.PROGRESS:
        return ReceiptKind.DELIVERED if state == delivered else ReceiptKind.UNDELIVERED
    return ReceiptKind.UNDELIVERED if _CARRIER.fullmatch(state) else known


def _report(item: Mapping[str, str], meant: ReceiptKind, *, kind: str) -> ReceiptFacts:
    state = item["status"].upper()
    return ReceiptFacts(
        meant,
        dedupe=f"{kind}:report:{name_of([item['id'], state])}",
        # It names one text to one number, so that we need not understand how the number is spelled.
        provider_id=tidy(item["id"], MAX_ID),
        code=tidy(item["status"], MAX_NAME),
        text=tidy(item["text"], MAX_WORDS),
        error=REPORT_ERRORS.get(state) if meant is ReceiptKind.UNDELIVERED else None,
    )


def _reply(item: Mapping[str, str], *, kind: str, phone: str) -> ReceiptFacts:
    words = tidy(item["text"], MAX_WORDS)
    return ReceiptFacts(
        ReceiptKind.REPLY,
        dedupe=f"{kind}:reply:{name_of([item['id'], phone, item['time'], words])}",
        address=phone[:MAX_NAME],
        text=words,
    )
