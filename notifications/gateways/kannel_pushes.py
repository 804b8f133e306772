"""What Kannel calls us with: reports of what became of a text, and replies of phones.

A long text leaves in parts and is reported by its first. When parts are refused, Kannel does not say why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from notifications.gateways.base import MAX_NAME, MAX_WORDS, BadPush, name_of, tidy
from notifications.gateways.kannel_codes import KINDS, NACKS, STATS, WORDS
from notifications.outcomes import ErrorClass, ReceiptFacts, ReceiptKind

_STAT = re.compile(r"\bstat:(\w{1,20})(?: err:(\w{1,20}))?")
_NACK = re.compile(r"NACK/(?:0x([0-9a-fA-F]{1,8})|([0-9]{1,9}))\b")
_NACK_IN_WORDS = re.compile(r"NACK/([A-Za-z ]{0,40})")
_REFERENCE = re.compile(r"[\w.-]{1,40}")
_PHONE = re.compile(r"\+?[0-9]{1,20}")


def read_push(query: Mapping[str, str]) -> ReceiptFacts:
    """Read a report (it has `ref` and `type`) or a reply (it has `from` and `text`). Raises `BadPush`."""
    if "ref" in query and "type" in query:
        return _report(query)
    if "from" in query and "text" in query:
        return _reply(query)
    raise BadPush("neither a report nor a reply of Kannel")


def _report(query: Mapping[str, str]) -> ReceiptFacts:
    kind, reference = KINDS.get(query["type"]), query["ref"]
    if kind is None or not _REFERENCE.fullmatch(reference):
        raise BadPush("a report of Kannel without a known type or a reference of ours")
    reply = tidy(query.get("reply", ""), MAX_WORDS)
    code, error = _reason(reply)
    return ReceiptFacts(
        kind,
        dedupe=f"kannel:{reference}:{query['type']}:{code}",
        reference=reference,
        provider_id=tidy(query.get("fid", ""), MAX_NAME),
        code=code,
        text=reply,
        error=error if kind is ReceiptKind.UNDELIVERED else None,
    )


def _reason(reply: str) -> tuple[str, ErrorClass | None]:
    """Return the SMSC's code, and its class where it says something sure."""
    if found := _STAT.search(reply):
        return "/".join(filter(None, found.groups())), STATS.get(found[1])
    if found := _NACK.match(reply):
        status = int(found[1], 16) if found[1] else int(found[2])
        return f"NACK/0x{status:02x}", NACKS.get(status, ErrorClass.TRANSIENT)
    if found := _NACK_IN_WORDS.match(reply):
        return found[0].rstrip("/"), WORDS.get(found[1])
    return "", None


def _reply(query: Mapping[str, str]) -> ReceiptFacts:
    phone, words = query["from"], tidy(query["text"], MAX_WORDS)
    if query.get("charset", "").upper() not in ("", "UTF-8"):
        raise BadPush("a reply that is no UTF-8 text: set mo-recode = true in Kannel's group smsbox")
    if not _PHONE.fullmatch(phone):
        raise BadPush("a reply without a phone number")
    return ReceiptFacts(
        ReceiptKind.REPLY,
        dedupe=f"kannel:reply:{name_of(query.get('id') or [phone, query.get('ts', ''), words])}",
        address=phone if phone.startswith("+") else "+" + phone.removeprefix("00"),
        text=words,
    )
