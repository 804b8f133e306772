"""What Aliyun pushes to us, as a JSON array: SmsReport, at home and abroad, and SmsUp, the replies.

A push may come again, also when it was answered: his pages tell of three tries within a quarter of an hour
and of ten within six. Nobody signs it; the secret is in the address. Abroad nothing of ours comes back: the
vendor's id and the phone name the text.
"""

from __future__ import annotations

import json
import re

from notifications.gateways.aliyun_codes import error_of_receipt
from notifications.gateways.base import MAX_ID, MAX_NAME, MAX_WORDS, BadPush, name_of, tidy
from notifications.gateways.reading import Fields, word
from notifications.outcomes import ReceiptFacts, ReceiptKind

_REFERENCE = re.compile(r"[\w.-]{1,40}")
_NOT_DIGITS = re.compile(r"[^0-9]")


def read_pushes(body: bytes) -> list[ReceiptFacts]:
    """Return the facts of one push. News of signatures and templates holds none. Raises `BadPush`."""
    items = read_items(body)
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


def read_items(body: bytes) -> list[Fields]:
    """Return what a push holds. Raises `BadPush` when that is no list of objects."""
    try:
        items = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadPush("a push of Aliyun is JSON") from error
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise BadPush("a push of Aliyun is a list of objects")
    return items


def _report(item: Fields) -> ReceiptFacts:
    code = word(item, "err_code")
    if code.upper() == "REQUEST_SUCCESS":
        kind = ReceiptKind.PROGRESS
    elif word(item, "success").lower() == "true":
        kind = ReceiptKind.DELIVERED
    else:
        kind = ReceiptKind.UNDELIVERED
    out_id = word(item, "out_id")
    return _fact(
        kind,
        address=_phone_at_home(item),
        provider_id=word(item, "biz_id"),
        reference=out_id if _REFERENCE.fullmatch(out_id) else "",
        code=code,
        text=word(item, "err_msg"),
    )


def _report_from_abroad(item: Fields) -> ReceiptFacts:
    kinds = {"1": ReceiptKind.DELIVERED, "2": ReceiptKind.UNDELIVERED, "6": ReceiptKind.UNDELIVERED}
    return _fact(
        kinds.get(word(item, "Status"), ReceiptKind.PROGRESS),
        address="+" + _NOT_DIGITS.sub("", word(item, "To")).removeprefix("00"),
        provider_id=word(item, "MessageId"),
        reference="",
        code=word(item, "ErrorCode"),
        text=word(item, "ErrorDescription"),
    )


def _fact(
    kind: ReceiptKind, *, address: str, provider_id: str, reference: str, code: str, text: str
) -> ReceiptFacts:
    code = tidy(code, MAX_NAME)
    # The same code may stand for two things in turn: abroad "success" is also said of what is on its way.
    told = (provider_id or reference, address, code, kind)
    return ReceiptFacts(
        kind,
        dedupe=f"aliyun:report:{name_of(':'.join(told)) if all(told) else name_of(told)}",
        reference=reference,
        provider_id=tidy(provider_id, MAX_ID),
        address=address[:MAX_NAME],
        code=code,
        text=tidy(text, MAX_WORDS),
        error=error_of_receipt(code) if kind is ReceiptKind.UNDELIVERED else None,
    )


def _reply(item: Fields) -> ReceiptFacts:
    phone, words = _phone_at_home(item), tidy(word(item, "content"), MAX_WORDS)
    name = word(item, "sequence_id") or [phone, word(item, "send_time"), words]
    return ReceiptFacts(
        ReceiptKind.REPLY, dedupe=f"aliyun:reply:{name_of(name)}", address=phone[:MAX_NAME], text=words
    )


def _phone_at_home(item: Fields) -> str:
    """Return E.164 for a mainland number, which comes bare, or with 86 or 0086 in front.

    Bare it has eleven digits, the first a 1: others are from abroad, with their country's code in front.
    """
    digits = _NOT_DIGITS.sub("", word(item, "phone_number")).removeprefix("00")
    is_bare = len(digits) < 11 or (len(digits) == 11 and digits.startswith("1"))
    return f"+86{digits}" if is_bare else f"+{digits}"
