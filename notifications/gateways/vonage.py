"""Vonage's SMS API (rest.nexmo.com, as specified in 1.0.10): a form out, JSON back, receipts by webhook.

Our reference travels as `client-ref` and comes back in receipts; nobody can be asked. A long text is
answered with one element for each part: it is accepted, under the first part's id, when any part was,
because what was taken cannot be called back. Receipts come for each part too; of several facts the
strongest counts.

Requests are authenticated by the API secret. The signature secret only checks what comes in
(vonage_pushes.py), so that a wrong method there costs no text.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from notifications.gateways.base import Account, Gateway, Push, Text, Unanswered
from notifications.gateways.reading import read_object, word
from notifications.gateways.terms import Balance, Credential, Limit
from notifications.gateways.vonage_codes import HTTP, error_of_answer
from notifications.gateways.vonage_pushes import check, read_push
from notifications.outbound import Request, Response
from notifications.outcomes import ErrorClass, ReceiptFacts, Result, accepted, refused, unknown
from notifications.segments import Alphabet, count, with_signature

FORM = "application/x-www-form-urlencoded"
# A longer address for receipts is refused with the text; those go to the address set at the vendor then.
LONGEST_CALLBACK = 100


class Vonage(Gateway):
    kind: ClassVar[str] = "vonage"
    label: ClassVar[str] = "Vonage"
    credentials: ClassVar[tuple[Credential, ...]] = (
        Credential("api_key", _("API key"), is_secret=False),
        Credential("api_secret", _("API secret")),
        Credential(
            "signature_secret", _("Signature secret, if Vonage signs your webhooks"), is_required=False
        ),
        Credential(
            "signature_method",
            _("Signature method: md5hash (when empty), md5, sha1, sha256 or sha512"),
            is_secret=False,
            is_required=False,
        ),
    )
    default_endpoint: ClassVar[str] = "https://rest.nexmo.com"
    signs_pushes: ClassVar[bool] = True
    tells_balance: ClassVar[bool] = True
    limits: ClassVar[tuple[Limit, ...]] = (Limit(30, 1),)

    def build(self, texts: Sequence[Text], account: Account, *, now: datetime, nonce: str = "") -> Request:
        (text,) = texts
        body = with_signature(text.body, text.signature)
        fields = {
            "api_key": account.credentials.get("api_key", ""),
            "api_secret": account.credentials.get("api_secret", ""),
            "from": account.sender.removeprefix("+"),
            "to": text.phone.removeprefix("+"),
            "text": body,
            "type": "text" if count(body).alphabet is Alphabet.GSM7 else "unicode",
            "client-ref": text.reference,
        }
        if 0 < len(text.receipt_url) <= LONGEST_CALLBACK:
            fields["callback"] = text.receipt_url
        endpoint = account.endpoint or self.default_endpoint
        return Request("POST", f"{endpoint}/sms/json", {"Content-Type": FORM}, urlencode(fields).encode())

    def parse(self, texts: Sequence[Text], response: Response) -> list[Result]:
        return [_read_answer(response)] * len(texts)

    def build_balance(self, account: Account, *, now: datetime, nonce: str = "") -> Request:
        key, secret = (account.credentials.get(name, "") for name in ("api_key", "api_secret"))
        proof = b64encode(f"{key}:{secret}".encode()).decode()
        endpoint = account.endpoint or self.default_endpoint
        return Request("GET", f"{endpoint}/account/get-balance", {"Authorization": f"Basic {proof}"})

    def parse_balance(self, response: Response) -> Balance:
        """Read what is left; the vendor always counts in euros."""
        value = read_object(response.body, number=Decimal).get("value")
        if response.status != 200 or not isinstance(value, Decimal):
            raise Unanswered(f"HTTP {response.status}")
        return Balance(value, "EUR")

    def check_push(self, push: Push, account: Account) -> None:
        check(push, account)

    def parse_push(self, push: Push) -> list[ReceiptFacts]:
        return read_push(push)


def _read_answer(response: Response) -> Result:
    elements = read_object(response.body, number=Decimal).get("messages")
    parts = [part for part in elements if isinstance(part, dict)] if isinstance(elements, list) else []
    taken = [part for part in parts if word(part, "status") == "0"]
    failed = [part for part in parts if word(part, "status") not in ("", "0")]
    if taken:
        name = word(taken[0], "message-id")
        if not failed:
            return accepted(name, code="0")
        words = f"{len(failed)} of {len(parts)} parts refused: {word(failed[0], 'error-text')}"
        return accepted(name, code=word(failed[0], "status"), text=words)
    if failed and len(failed) == len(elements or ()):
        status, words = word(failed[0], "status"), word(failed[0], "error-text")
        return refused(error_of_answer(status, words), code=status, text=words)
    # The vendor answers 200 whatever he says: another status is not his word on the text.
    if 300 <= response.status < 500:
        code = str(response.status)
        return refused(HTTP.get(response.status, ErrorClass.CONFIG), code=code, text=_said(response))
    return unknown(_said(response), code=str(response.status))


def _said(response: Response) -> str:
    return response.body.decode("utf-8", "replace").strip()
