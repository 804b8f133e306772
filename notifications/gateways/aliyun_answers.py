"""Read what Aliyun answers: to a text or a batch, to what became of one, and to what money is left."""

from __future__ import annotations

from decimal import Decimal

from notifications.gateways.aliyun_codes import WINDOWS, error_of_answer, error_of_receipt
from notifications.gateways.base import MAX_NAME, Sent, Unanswered, tidy
from notifications.gateways.reading import Fields, read_object
from notifications.gateways.terms import Balance
from notifications.outbound import Response
from notifications.outcomes import ErrorClass, Result, accepted, refused, unknown


def read_answer(response: Response) -> Result:
    """Return what the answer to SendSms or SendBatchSms says of every text in the request."""
    answer, status = read_object(response.body), response.status
    code, said = str(answer.get("Code") or ""), str(answer.get("Message") or "")
    if code.upper() == "OK":
        return accepted(str(answer.get("BizId") or ""), code=code)
    error = error_of_answer(code) if code else None
    if error is None and (status >= 500 or (status < 300 and not code)):
        # Nobody we know has spoken: the request may have got through, and it can be asked about.
        return unknown(said or f"HTTP {status}", code=code)
    if error is None:
        error = ErrorClass.RATE_ACCOUNT if status == 429 else ErrorClass.CONFIG
    waits = [seconds for word, seconds in WINDOWS.items() if word in f"{code} {said}"]
    return refused(error, code=code or str(status), text=said, retry_after=max(waits, default=None))


def read_details(sent: Sent, response: Response) -> Result | None:
    """Look for an attempt in QuerySendDetails: a result, None when it is not there, or `Unanswered`."""
    answer = read_object(response.body)
    if str(answer.get("Code", "")).upper() != "OK":
        raise Unanswered(str(answer.get("Code", response.status)))
    found = answer.get("SmsSendDetailDTOs")
    details = found.get("SmsSendDetailDTO") if isinstance(found, dict) else None
    rows = [row for row in details if isinstance(row, dict)] if isinstance(details, list) else []
    for row in rows:
        if row.get("OutId") in (sent.reference, sent.batch_reference or sent.reference):
            return _read_detail(row)
    # Not found is certain only when the whole day was read. The vendor has been seen to count rows that he
    # did not list.
    if str(answer.get("TotalCount", "")) != str(len(rows)):
        raise Unanswered("not found in what was read")
    return None


def _read_detail(row: Fields) -> Result:
    if str(row.get("SendStatus")) != "2":
        return accepted()
    code = str(row.get("ErrCode") or "")
    return refused(error_of_receipt(code) or ErrorClass.RECIPIENT, code=code)


def read_balance(response: Response) -> Balance:
    """Return the money that may be spent, credit included. Raises `Unanswered`.

    Prepaid packages of texts are not in it; they do not help an account in arrears either.
    """
    answer = read_object(response.body)
    data = answer.get("Data")
    if str(answer.get("Success")).lower() == "true" and isinstance(data, dict):
        try:
            amount = Decimal(str(data.get("AvailableAmount")).replace(",", ""))
        except ArithmeticError:
            amount = Decimal("NaN")
        if amount.is_finite():
            return Balance(amount, tidy(str(data.get("Currency") or "CNY"), 3))
    raise Unanswered(tidy(str(answer.get("Code") or response.status), MAX_NAME))
