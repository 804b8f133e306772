"""Kannel, the open SMS gateway that a merchant or an operator runs (user guide of version 1.4.5).

A text leaves as a GET to smsbox's `sendsms`. The answer holds no id, so our reference travels in the
address that Kannel reports to. Kannel must be set up with `mo-recode = true` (replies as UTF-8),
`unified-prefix` (numbers with a plus), `http-request-retry` (reports are lost without it) and
`sms-resend-retry` (what the SMSC puts off, Kannel tries again by itself: without it for ever).

A 503 of smsbox itself is certainly not taken. Any other 5xx comes from something in between, which
may have passed the request on: unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import ClassVar
from urllib.parse import quote, urlencode

from django.utils.translation import gettext_lazy as _

from notifications.gateways.base import Account, Gateway, Push, Text
from notifications.gateways.kannel_codes import ALL_KINDS, ANSWERS
from notifications.gateways.kannel_pushes import read_push
from notifications.gateways.terms import Credential
from notifications.outbound import Request, Response
from notifications.outcomes import ErrorClass, ReceiptFacts, Result, accepted, refused, unknown
from notifications.segments import Alphabet, count, with_signature

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
        return [read_push(push.query)]

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
