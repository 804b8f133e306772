"""What Aliyun pushes to us, as a JSON array: SmsReport, at home and abroad, and SmsUp, the replies.

A push may come again, also when it was answered. Nobody signs it; the secret is in the address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from notifications.gateways.aliyun_codes import error_of_receipt
from notifications.gateways.base import MAX_ID, MAX_NAME, MAX_WORDS, BadPush, name_of, tidy
from notifications.outcomes import ReceiptFacts, ReceiptKind

Item = Mapping[str, Any]

_REFERENCE = re.compile(r"[\w.-]{1,40}")
_NOT_DIGITS = re.compile(r"[^0-9]")


def read_pushes(body: bytes) -> list[ReceiptFacts]:
    """Return the facts of one push. News of signatures and templates holds none. Raises `BadPush`."""
    try:
        items = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadPush("a push of Aliyun is JSON") from error
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise BadPush("a push of Aliyun is a list of objects")
    facts: list[ReceiptFacts] = []
    strange = 0
    for item in items:
        if "phone_number" in item and "content" in item:
            facts.append(_reply(item))
        elif "phone_number" in item and "success" in item:
            facts.append(_report(item))
        elif "To" in item and "Status" in item:
            facts.append(_report_from_abroad(item))
        elif "template_status" not in item and "sign_status" not in item:
            strange += 1
    # One item of a new shape must not cost us the opt-out that stands beside it.
    if strange and strange == len(items):
        raise BadPush("a push of Aliyun that is neither report nor reply")
    return facts


def _report(item: Item) -> ReceiptFacts:
    code = _word(item, "err_code")
    if code.upper() == "REQUEST_SUCCESS":
        kind = ReceiptKind.PROGRESS
    elif _word(item, "success").lower() == "true":
        kind = ReceiptKind.DELIVERED
    else:
        kind = ReceiptKind.UNDELIVERED
    out_id = _word(item, "out_id")
    return _fact(
        kind,
        address=_phone_at_home(item),
        provider_id=_word(item, "biz_id"),
        reference=out_id if _REFERENCE.fullmatch(out_id) else "",
        code=code,
        text=_word(item, "err_msg"),
    )


def _report_from_abroad(item: Item) -> ReceiptFacts:
    kinds = {"1": ReceiptKind.DELIVERED, "2": ReceiptKind.UNDELIVERED, "6": ReceiptKind.UNDELIVERED}
    return _fact(
        kinds.get(_word(item, "Status"), ReceiptKind.PROGRESS),
        address="+" + _NOT_DIGITS.sub("", _word(item, "To")).removeprefix("00"),
        provider_id=_word(item, "MessageId"),
        reference="",
        code=_word(item, "ErrorCode"),
        text=_word(item, "ErrorDescription"),
    )


def _fact(
    kind: ReceiptKind, *, address: str, provider_id: str, reference: str, code: str, text: str
) -> ReceiptFacts:
    code = tidy(code, MAX_NAME)
    told = (provider_id or reference, address, code)
    return ReceiptFacts(
        kind,
        dedupe=f"aliyun:report:{name_of(':'.join(told)) if all(told) else name_of([*told, kind])}",
        reference=reference,
        provider_id=tidy(provider_id, MAX_ID),
        address=address[:MAX_NAME],
        code=code,
        text=tidy(text, MAX_WORDS),
        error=error_of_receipt(code) if kind is ReceiptKind.UNDELIVERED else None,
    )


def _reply(item: Item) -> ReceiptFacts:
    phone, words = _phone_at_home(item), tidy(_word(item, "content"), MAX_WORDS)
    name = _word(item, "sequence_id") or [phone, _word(item, "send_time"), words]
    return ReceiptFacts(
        ReceiptKind.REPLY, dedupe=f"aliyun:reply:{name_of(name)}", address=phone[:MAX_NAME], text=words
    )


def _word(item: Item, name: str) -> str:
    value = item.get(name)
    return "" if value is None else str(value)


def _phone_at_home(item: Item) -> str:
    """Return E.164 for a mainland number, which comes bare, or with 86 or 0086 in front."""
    digits = _NOT_DIGITS.sub("", _word(item, "phone_number")).removeprefix("00")
    return "+86" + (digits.removeprefix("86") if len(digits) > 11 else digits)
