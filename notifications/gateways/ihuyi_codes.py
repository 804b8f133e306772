"""ihuyi's words in ours: the codes of answers, and the words of receipts.

From the vendor's page on its SMS interface; the international one answers with the same codes. A code
that is not listed is judged by its family, the first three digits; any other that begins with 4 is a
refusal for a reason we do not know, and counts as `CONFIG`; anything else says nothing certain.
"""

from __future__ import annotations

from notifications.gateways.terms import by_code
from notifications.outcomes import ErrorClass, ReceiptKind

SUBMITTED = "2"


ANSWERS = by_code(
    {
        ErrorClass.RECIPIENT: "403 406",
        ErrorClass.OPTED_OUT: "4030 40864",
        ErrorClass.CONTENT: "404 407 4070 4071 4072 40722 4073 4074",
        ErrorClass.RATE_RECIPIENT: "4010 4080 4081 4082 4083 4084 4085 4086",
        # More than ten a minute to one number: the vendor has frozen the account, and a person must call him.
        ErrorClass.RATE_ACCOUNT: "408",
        ErrorClass.BALANCE: "4051",
        ErrorClass.CREDENTIALS: "400 401 402 405 4050 4052 40505",
        ErrorClass.CONFIG: "4075",
    }
)
FAMILIES = {
    "405": ErrorClass.CREDENTIALS,
    "407": ErrorClass.CONTENT,
    "408": ErrorClass.RATE_RECIPIENT,
}
_MINUTE, _DAY = 60, 24 * 3600
# Seconds until the window of a rate refusal is open again.
WAITS = {
    "4010": _MINUTE,
    "4080": 1,
    "4081": _MINUTE,
    "4082": _DAY,
    "4083": _MINUTE,
    "4084": _DAY,
    "4085": _DAY,
}
# The states that carriers' reports know, and the words that vendors have for them; upper case.
REPORTS = {
    word: kind
    for kind, words in {
        ReceiptKind.DELIVERED: "DELIVRD DELIVERED SUCCESS 成功 发送成功",
        ReceiptKind.UNDELIVERED: "UNDELIV UNDELIVERED EXPIRED DELETED REJECTD FAIL FAILED 失败 发送失败",
        ReceiptKind.PROGRESS: "ACCEPTD ENROUTE UNKNOWN",
    }.items()
    for word in words.split()
}
REPORT_ERRORS = {"EXPIRED": ErrorClass.TRANSIENT, "REJECTD": ErrorClass.CONTENT}


def error_of_answer(code: str) -> ErrorClass | None:
    """Return the class of an answer's code; None when it is not certain that the text was refused."""
    if not code.startswith("4"):
        return None
    return ANSWERS.get(code) or FAMILIES.get(code[:3]) or ErrorClass.CONFIG
