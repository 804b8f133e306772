"""What Twilio pushes to us, as a form: how texts fare (StatusCallback), and replies.

Statuses come in any order and more than once. Where the account has Advanced Opt-Out, the vendor says
of a reply what it asks for, in words of the merchant's own too: that is the reply's code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from notifications.gateways.base import MAX_ID, MAX_NAME, MAX_WORDS, BadPush, Push, name_of, tidy
from notifications.gateways.twilio_codes import CODES, KINDS
from notifications.outcomes import ReceiptFacts, ReceiptKind

Fields = Mapping[str, str]

_PHONE = re.compile(r"\+?[0-9]{3,20}")


def read_push(push: Push) -> list[ReceiptFacts]:
    """Return the fact of one push. Raises `BadPush`."""
    fields = {**push.query, **push.form}
    sid = fields.get("MessageSid") or fields.get("SmsSid", "")
    if not sid:
        raise BadPush("a push of Twilio without a MessageSid")
    if "MessageStatus" in fields:
        return [_report(fields, sid, reference=push.query.get("ref", ""))]
    if "Body" in fields and _PHONE.fullmatch(fields.get("From", "")):
        return [_reply(fields, sid)]
    raise BadPush("neither a status nor a reply of Twilio")


def _report(fields: Fields, sid: str, *, reference: str) -> ReceiptFacts:
    status, code = fields["MessageStatus"].lower(), fields.get("ErrorCode", "")
    kind = KINDS.get(status, ReceiptKind.PROGRESS)
    return ReceiptFacts(
        kind,
        dedupe=f"twilio:report:{name_of(f'{sid}:{status}:{code}')}",
        reference=tidy(reference, MAX_NAME),
        provider_id=tidy(sid, MAX_ID),
        address=_phone(fields.get("To", "")),
        code=tidy(code, MAX_NAME),
        text=tidy(fields.get("ErrorMessage") or status, MAX_WORDS),
        error=CODES.get(code) if kind is ReceiptKind.UNDELIVERED else None,
    )


def _reply(fields: Fields, sid: str) -> ReceiptFacts:
    return ReceiptFacts(
        ReceiptKind.REPLY,
        dedupe=f"twilio:reply:{name_of(sid)}",
        address=_phone(fields["From"]),
        code=tidy(fields.get("OptOutType", ""), MAX_NAME),
        text=tidy(fields["Body"], MAX_WORDS),
    )


def _phone(number: str) -> str:
    return "+" + number.removeprefix("+") if _PHONE.fullmatch(number) else ""
