"""Read what ihuyi answers, in JSON as we ask for it or in the XML that it speaks otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from html import unescape

from notifications.gateways.base import Unanswered
from notifications.gateways.ihuyi_codes import SUBMITTED, WAITS, error_of_answer
from notifications.gateways.terms import Balance
from notifications.outbound import Response
from notifications.outcomes import ErrorClass, Result, accepted, refused, unknown

_XML = re.compile(r"<(?:Submit|GetNum)Result\b")
_ELEMENT = re.compile(r"<(code|msg|smsid|num)>([^<]*)</\1>")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")


def read_answer(response: Response) -> Result:
    """Return what became of a text. Code 2 is success; 0 may mean anything, and so do silence and a 5xx."""
    answer = _fields(response.body)
    code, said = answer.get("code", ""), answer.get("msg", "")
    if code == SUBMITTED:
        smsid = answer.get("smsid", "")
        return accepted("" if smsid == "0" else smsid, code=code, text=said)
    if error := error_of_answer(code):
        return refused(error, code=code, text=said, retry_after=WAITS.get(code))
    status = response.status
    if code or status >= 500 or status < 300:
        return unknown(said or f"HTTP {status}", code=code)
    return refused(ErrorClass.RATE_ACCOUNT if status == 429 else ErrorClass.CONFIG, code=str(status))


def read_balance(response: Response) -> Balance:
    """Return how many texts are left. Raises `Unanswered` when the answer does not say."""
    answer = _fields(response.body)
    code, number = answer.get("code", ""), answer.get("num", "")
    if code != SUBMITTED or not _NUMBER.fullmatch(number):
        raise Unanswered(f"{code or response.status} {answer.get('msg', '')}".strip())
    return Balance(Decimal(number))


def _fields(body: bytes) -> Mapping[str, str]:
    """Return the fields of an answer as words; none when it is not the vendor's."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        words = body.decode("utf-8", "replace")
        found = _ELEMENT.findall(words) if _XML.search(words) else []
        return {name: unescape(value).strip() for name, value in found}
    if not isinstance(answer, dict):
        return {}
    return {name: str(value).strip() for name, value in answer.items() if value is not None}
