"""Read what Twilio answers: to a text, to the question what became of one, and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any

from notifications.gateways.base import Sent, Unanswered
from notifications.gateways.reading import read_object, word
from notifications.gateways.terms import Balance
from notifications.gateways.twilio_codes import CODES, HTTP, KINDS
from notifications.outbound import Response
from notifications.outcomes import ErrorClass, ReceiptKind, Result, accepted, refused, unknown

# How far the vendor's clock may be behind ours: he takes requests whatever ours says, and to overlook a text
# that he has means to send it twice.
CLOCKS = timedelta(minutes=15)


def read_answer(response: Response) -> Result:
    """Return what the answer to a text says of it."""
    answer, status = read_object(response.body), response.status
    if status < 300 and answer.get("sid"):
        return _read_message(answer)
    code, said = word(answer, "code"), word(answer, "message")
    error = CODES.get(code)
    if error is None and (status >= 500 or status < 300):
        # Nobody we know has spoken: the request may have got through, and it can be asked about.
        return unknown(said or f"HTTP {status}", code=code)
    return refused(error or HTTP.get(status, ErrorClass.CONFIG), code=code or str(status), text=said)


def find(sent: Sent, response: Response) -> Result | None:
    """Look for a text among all that went to its phone: a result, None, or `Unanswered`.

    A text of that time which is nobody's and reads differently may still be ours: a trial account puts
    words in front, and bodies can be blotted out. None therefore takes a whole list without such a text.
    """
    answer = read_object(response.body)
    messages = answer.get("messages")
    if response.status != 200 or not isinstance(messages, list):
        raise Unanswered(word(answer, "code") or f"HTTP {response.status}")
    rows = [row for row in messages if isinstance(row, dict)]
    near = [row for row in rows if _is_of_its_time(row, sent) and word(row, "sid") not in sent.taken]
    for row in near:
        if row.get("body") == sent.body:
            return _read_message(row)
    if near or len(rows) < len(messages) or answer.get("next_page_uri", "") is not None:
        raise Unanswered("not found for certain in what was read")
    return None


def read_balance(response: Response) -> Balance:
    """Return what is left. Raises `Unanswered`."""
    answer = read_object(response.body)
    try:
        amount = Decimal(word(answer, "balance"))
    except InvalidOperation:
        amount = Decimal("NaN")
    if response.status != 200 or not amount.is_finite():
        raise Unanswered(word(answer, "code") or f"HTTP {response.status}")
    return Balance(amount, word(answer, "currency").upper()[:3])


def _read_message(message: Mapping[str, Any]) -> Result:
    """Return what the vendor's record of a text says; of one that failed, certainly nothing arrived."""
    status, code = word(message, "status"), word(message, "error_code")
    if KINDS.get(status) is not ReceiptKind.UNDELIVERED:
        return accepted(word(message, "sid"), code=status)
    error, words = CODES.get(code, ErrorClass.TRANSIENT), word(message, "error_message")
    return refused(error, code=code or status, text=words)


def _is_of_its_time(message: Mapping[str, Any], sent: Sent) -> bool:
    """Say whether a text was made after the attempt began; when it does not say when, it may have been."""
    try:
        created = parsedate_to_datetime(word(message, "date_created"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return True
    if created.tzinfo is None:
        created = created.replace(tzinfo=UTC)
    earliest: datetime = sent.started_at - CLOCKS
    return created >= earliest
