"""What Tencent Cloud pushes to us: a JSON array of reports, or one reply as a JSON object.

Both may go to one address. A report's `sid` is the SerialNo of its text; `ext` is our reference, for an
account for which the vendor has enabled it. A push that fails comes twice more; nobody signs it, the
secret is in the address. A reply has no name of its own: time, number and words make one.
"""

from __future__ import annotations

import json
import re

from notifications.gateways.base import MAX_ID, MAX_NAME, MAX_WORDS, BadPush, name_of, tidy
from notifications.gateways.reading import Fields, word
from notifications.gateways.tencent_codes import error_of_receipt
from notifications.outcomes import ReceiptFacts, ReceiptKind

_KINDS = {"SUCCESS": ReceiptKind.DELIVERED, "FAIL": ReceiptKind.UNDELIVERED}
_REFERENCE = re.compile(r"[\w.-]{1,40}")
_NOT_DIGITS = re.compile(r"[^0-9]")


def read_pushes(body: bytes) -> list[ReceiptFacts]:
    """Return the facts of one push. Raises `BadPush` when it holds neither reports nor a reply."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadPush("a push of Tencent Cloud is JSON") from error
    items = told if isinstance(told, list) else [told]
    facts = [fact for item in items if isinstance(item, dict) for fact in _facts(item)]
    # One item of a new shape must not cost us the report that stands beside it.
    if items and not facts:
        raise BadPush("a push of Tencent Cloud that is neither report nor reply")
    return facts


def _facts(item: Fields) -> list[ReceiptFacts]:
    if "report_status" in item:
        return [_report(item)]
    return [_reply(item)] if "mobile" in item and "text" in item else []


def _report(item: Fields) -> ReceiptFacts:
    kind = _KINDS.get(word(item, "report_status").upper(), ReceiptKind.PROGRESS)
    serial, phone, reference = word(item, "sid"), _phone(item), word(item, "ext")
    code = tidy(word(item, "errmsg"), MAX_NAME)
    told = [serial or reference or word(item, "user_receive_time"), phone, kind, code]
    return ReceiptFacts(
        kind,
        dedupe=f"tencent:report:{name_of(told)}",
        reference=reference if _REFERENCE.fullmatch(reference) else "",
        provider_id=tidy(serial, MAX_ID),
        address=phone,
        code=code,
        text=tidy(word(item, "description"), MAX_WORDS),
        error=error_of_receipt(code) if kind is ReceiptKind.UNDELIVERED else None,
    )


def _reply(item: Fields) -> ReceiptFacts:
    phone, words = _phone(item), tidy(word(item, "text"), MAX_WORDS)
    name = name_of([phone, word(item, "time"), word(item, "sign"), words])
    return ReceiptFacts(ReceiptKind.REPLY, dedupe=f"tencent:reply:{name}", address=phone, text=words)


def _phone(item: Fields) -> str:
    """Return E.164 of a national number and its country's code, which is China's where there is none."""
    digits = _NOT_DIGITS.sub("", word(item, "mobile"))
    nation = _NOT_DIGITS.sub("", word(item, "nationcode")) or "86"
    if nation == "86":  # whose mobile numbers all begin with 1
        digits = digits.removeprefix("00").removeprefix("86")
    return f"+{nation}{digits}"[:MAX_NAME] if digits else ""
