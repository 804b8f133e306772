"""Twilio's Programmable Messaging (REST API 2010-04-01): a form for each text, JSON back.

Twilio takes no reference. Ours travels in the address that it reports to, which its signature covers.
It is asked about a text by listing all that went to the phone: the list could be narrowed by the day
of sending, but a text that waits in a sender's queue has none yet and would not be found.

The vendor queues for each sender by itself and publishes no limit of texts that holds for all.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import quote, urlencode

from django.utils.translation import gettext_lazy as _

from notifications.gateways.base import Account, Exchange, Gateway, Push, Sent, Text, Unanswered
from notifications.gateways.terms import Balance, Credential
from notifications.gateways.twilio_answers import find, read_answer, read_balance
from notifications.gateways.twilio_pushes import read_push
from notifications.gateways.twilio_signing import check
from notifications.outbound import Request, Response
from notifications.outcomes import ReceiptFacts, Result
from notifications.segments import with_signature

# A text that was taken stands in the list after this long at the latest.
LISTED_AFTER = timedelta(minutes=2)


class Twilio(Gateway):
    kind: ClassVar[str] = "twilio"
    label: ClassVar[str] = "Twilio"
    credentials: ClassVar[tuple[Credential, ...]] = (
        Credential("account_sid", _("Account SID"), is_secret=False),
        Credential("auth_token", _("Auth token")),
        Credential(
            "messaging_service_sid",
            _("Messaging Service SID, in place of a sender"),
            is_secret=False,
            is_required=False,
        ),
    )
    default_endpoint: ClassVar[str] = "https://api.twilio.com"
    can_ask: ClassVar[bool] = True
    signs_pushes: ClassVar[bool] = True
    tells_balance: ClassVar[bool] = True

    def build(self, texts: Sequence[Text], account: Account, *, now: datetime, nonce: str = "") -> Request:
        (text,) = texts
        fields = {
            "To": text.phone,
            "Body": with_signature(text.body, text.signature),
            # The vendor would change characters, and the text could not be found again.
            "SmartEncoded": "false",
        }
        if service := account.credentials.get("messaging_service_sid"):
            fields["MessagingServiceSid"] = service
        else:
            fields["From"] = account.sender
        if text.receipt_url:
            joint = "&" if "?" in text.receipt_url else "?"
            fields["StatusCallback"] = f"{text.receipt_url}{joint}{urlencode({'ref': text.reference})}"
        return _call("POST", "Messages.json", account, body=urlencode(fields).encode())

    def parse(self, texts: Sequence[Text], response: Response) -> list[Result]:
        return [read_answer(response)] * len(texts)

    async def ask(self, sent: Sent, account: Account, exchange: Exchange, *, now: datetime) -> Result | None:
        result = await super().ask(sent, account, exchange, now=now)
        if result is None and now - sent.started_at < LISTED_AFTER:
            raise Unanswered("not listed yet")
        return result

    def build_ask(self, sent: Sent, account: Account, *, now: datetime, nonce: str = "") -> Request:
        query = urlencode({"To": sent.phone, "PageSize": "500"})
        return _call("GET", f"Messages.json?{query}", account)

    def parse_ask(self, sent: Sent, response: Response) -> Result | None:
        return find(sent, response)

    def build_balance(self, account: Account, *, now: datetime, nonce: str = "") -> Request:
        return _call("GET", "Balance.json", account)

    def parse_balance(self, response: Response) -> Balance:
        return read_balance(response)

    def check_push(self, push: Push, account: Account) -> None:
        check(push, account)

    def parse_push(self, push: Push) -> list[ReceiptFacts]:
        return read_push(push)

    def answer_push(self) -> tuple[int, str, bytes]:
        # TwiML that answers a reply with nothing.
        return 200, "text/xml", b"<Response/>"


def _call(method: str, resource: str, account: Account, *, body: bytes = b"") -> Request:
    """Return a request about something of the account."""
    sid, token = (account.credentials.get(name, "") for name in ("account_sid", "auth_token"))
    headers = {"Authorization": f"Basic {b64encode(f'{sid}:{token}'.encode()).decode()}"}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    endpoint = account.endpoint or Twilio.default_endpoint
    url = f"{endpoint}/2010-04-01/Accounts/{quote(sid, safe='')}/{resource}"
    return Request(method, url, headers, body)
