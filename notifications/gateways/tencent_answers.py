"""Read what Tencent Cloud answers: to texts, to the question what became of one, and what is left.

Every answer is `{"Response": {…}}`; a fault of the whole request is its `Error`, with status 200.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from notifications.gateways.base import Sent, Text, Unanswered
from notifications.gateways.reading import Fields, read_object, word
from notifications.gateways.tencent_codes import WAITS, error_of_answer, error_of_receipt
from notifications.gateways.terms import Balance
from notifications.outbound import Response
from notifications.outcomes import ErrorClass, Result, accepted, refused, unknown


def content_of(response: Response) -> Fields:
    """Return what is in the answer's `Response`; nothing when it is not the vendor's."""
    content = read_object(response.body).get("Response")
    return content if isinstance(content, dict) else {}


def fault_of(content: Fields) -> tuple[str, str] | None:
    """Return code and words of the whole request's fault, if it has one."""
    fault = content.get("Error")
    return (word(fault, "Code"), word(fault, "Message")) if isinstance(fault, dict) else None


def rows_of(content: Fields, name: str) -> list[Fields]:
    rows = content.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def read_answer(texts: Sequence[Text], response: Response) -> list[Result]:
    """Return what the answer to SendSms says of each text, which its phone names."""
    content = content_of(response)
    if fault := fault_of(content):
        return [_judge(*fault)] * len(texts)
    rows = rows_of(content, "SendStatusSet")
    if not rows:
        return [_read_silence(response.status)] * len(texts)
    if len(texts) == len(rows) == 1:
        return [_read_status(rows[0])]
    by_phone = {word(row, "PhoneNumber"): row for row in rows}
    return [_read_status(by_phone.get(text.phone, {})) for text in texts]


def _read_status(row: Fields) -> Result:
    code, serial = word(row, "Code"), word(row, "SerialNo")
    if code.lower() == "ok":
        return accepted(serial, code=code)
    return _judge(code, word(row, "Message"), serial=serial)


def _judge(code: str, said: str, *, serial: str = "") -> Result:
    error = error_of_answer(code) if code else None
    if error is None:
        return replace(unknown(said or "no word of this text", code=code), provider_id=serial)
    return refused(error, code=code, text=said, retry_after=WAITS.get(code))


def _read_silence(status: int) -> Result:
    """Judge an answer without the vendor's word: something in between may have passed the request on."""
    if status >= 500 or 200 <= status < 300:
        return unknown(f"HTTP {status}")
    return refused(ErrorClass.RATE_ACCOUNT if status == 429 else ErrorClass.CONFIG, code=str(status))


def read_statuses(sent: Sent, response: Response) -> Result:
    """Look for an attempt in PullSmsSendStatusByPhoneNumber. Raises `Unanswered` when it is not there.

    The vendor lists only what carriers have reported, and only the account for which he enabled it gets
    our reference back: that a text is not there proves nothing.
    """
    content = content_of(response)
    if fault := fault_of(content):
        raise Unanswered(" ".join(fault))
    ours = {sent.reference, sent.batch_reference} - {""}
    for row in rows_of(content, "PullSmsSendStatusSet"):
        serial = word(row, "SerialNo")
        if word(row, "SessionContext") in ours or (serial and serial == sent.provider_id):
            said = word(row, "Description")
            if word(row, "ReportStatus").upper() == "FAIL":
                return refused(error_of_receipt(said) or ErrorClass.RECIPIENT, code="FAIL", text=said)
            return accepted(serial, text=said)
    raise Unanswered("not among what the carriers have reported")


def read_packages(response: Response, *, now: datetime) -> Balance:
    """Return how many texts the packages in force have left. Raises `Unanswered` when there are none at all.

    Then the account pays by invoice. In the vendor's samples beginning and end of a package have changed
    places, so the later one counts as the end.
    """
    content = content_of(response)
    packages = rows_of(content, "SmsPackagesStatisticsSet")
    if not packages:
        raise Unanswered(" ".join(fault_of(content) or ["no packages"]))
    left = 0
    for package in packages:
        end = max(_number(package, "PackageExpiredTime"), _number(package, "PackageEffectiveTime"))
        if end > now.timestamp():
            left += max(0, _number(package, "PackageAmount") - _number(package, "CurrentUsage"))
    return Balance(Decimal(left))


def _number(row: Fields, name: str) -> int:
    value = row.get(name)
    return value if isinstance(value, int) else 0
