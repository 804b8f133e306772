"""Kannel, the open SMS gateway that a merchant or an operator runs (user guide of version 1.4.5).

A text leaves as a GET to smsbox's `sendsms`. The answer holds no id, so our reference travels in the
address that Kannel reports to. Kannel must be set up with `mo-recode = true` (replies as UTF-8),
`unified-prefix` (numbers with a plus) and `http-request-retry` (reports are lost without it).

A 503 of smsbox itself is certainly not taken. Any other 5xx comes from something in between, which
may have passed the request on: unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import ClassVar
from urllib.parse import quote, urlencode

from django.utils.translation import gettext_lazy as _

from notifications.gateways.base import (
    MAX_NAME,
    MAX_WORDS,
    Account,
    BadPush,
    Gateway,
    Push,
    Text,
    name_of,
    tidy,
)
from notifications.gateways.kannel_codes import ALL_KINDS, ANSWERS, KINDS, NACKS, STATS
from notifications.gateways.terms import Credential
from notifications.outbound import Request, Response
from notifications.outcomes import ErrorClass, ReceiptFacts, ReceiptKind, Result, accepted, refused, unknown
from notifications.segments import Alphabet, count, with_signature

_STAT = re.compile(r"\bstat:(\w{1,20})(?: err:(\w{1,20}))?")
_NACK = re.compile(r"NACK/(?:0x([0-9a-fA-F]{1,8})|([0-9]{1,9}))\b")
_REFERENCE = re.compile(r"[\w.-]{1,40}")
_PHONE = re.compile(r"\+?[0-9]{1,20}")
_REPORT = "type=%d&fid=%F&reply=%A&ts=%T&smsc=%i"


class Kannel(Gateway):
    kind: ClassVar[str] = "kannel"
    label: ClassVar[str] = "Kannel"
    credentials: ClassVar[tuple[Credential, ...]] = (
        Credential("username", _("User name"), is_secret=False),
        Credential("password", _("Password")),
    )
    default_endpoint: ClassVar[str] = "http://127.0.0.1:13013/cgi-bin/sendsms"

    def build(self, texts: Sequence[Text], account: Account, *, now: datetime, nonce: str = "") -> Request:
        (text,) = texts
        body = with_signature(text.body, text.signature)
        coding = "0" if count(body).alphabet is Alphabet.GSM7 else "2"
        query = _query({"to": text.phone, "text": body, "coding": coding})
        if text.receipt_url:
            query += f"&{_report_to(text.receipt_url)}{quote(text.reference)}"
        name, password = (account.credentials.get(key, "") for key in ("username", "password"))
        endpoint = account.endpoint or self.default_endpoint
        return Request("GET", f"{endpoint}?{_of_account(name, password, account.sender)}&{query}")

    def parse(self, texts: Sequence[Text], response: Response) -> list[Result]:
        return [_read_answer(response)] * len(texts)

    def parse_push(self, push: Push) -> list[ReceiptFacts]:
        """Read a report (which has `ref` and `type`) or a reply (which has `from` and `text`)."""
        if "ref" in push.query and "type" in push.query:
            return [_read_report(push.query)]
        if "from" in push.query and "text" in push.query:
            return [_read_reply(push.query)]
        raise BadPush("neither a report nor a reply of Kannel")

    def answer_push(self) -> tuple[int, str, bytes]:
        # What is said here to a reply could be sent to its writer.
        return 200, "text/plain", b""


def _query(fields: Mapping[str, str]) -> str:
    return urlencode(fields, quote_via=quote)


# What is the same for all texts of an account is encoded once: that takes longer than all the rest here.
@lru_cache(maxsize=1024)
def _of_account(username: str, password: str, sender: str) -> str:
    fields = {"username": username, "password": password, "charset": "UTF-8"}
    return _query(fields | ({"from": sender} if sender else {}))


@lru_cache(maxsize=1024)
def _report_to(receipt_url: str) -> str:
    """Return what names the address that Kannel fills in and calls, but for the reference it ends with.

    Kannel's own escapes in it begin with a percent sign.
    """
    url = receipt_url.replace("%", "%%")
    address = f"{url}{'&' if '?' in url else '?'}{_REPORT}&ref="
    return _query({"dlr-mask": ALL_KINDS, "dlr-url": address})


def _read_answer(response: Response) -> Result:
    said = response.body.decode("utf-8", "replace").strip()
    if 200 <= response.status < 300:
        return accepted(code=str(response.status), text=said[:500])
    for status, beginning, error in ANSWERS:
        if response.status == status and said.lower().startswith(beginning):
            return refused(error, code=str(status), text=said)
    if response.status >= 500:
        return unknown(said, code=str(response.status))
    return refused(ErrorClass.CONFIG, code=str(response.status), text=said)


def _read_report(query: Mapping[str, str]) -> ReceiptFacts:
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
    return "", None


def _read_reply(query: Mapping[str, str]) -> ReceiptFacts:
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
