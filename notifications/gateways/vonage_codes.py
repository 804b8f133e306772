"""Vonage's words in ours: the statuses of answers, and the error codes of delivery receipts.

From the vendor's pages "API Errors: SMS API" and "SMS Delivery Error Codes". A status that is not
listed is CONFIG: the text was certainly not taken, a person looks, and another gateway may take it.
"""

from __future__ import annotations

import re

from notifications.outcomes import ErrorClass, ReceiptKind

ANSWERS = {
    "1": ErrorClass.RATE_ACCOUNT,  # throttled
    "4": ErrorClass.CREDENTIALS,
    "5": ErrorClass.TRANSIENT,  # internal error
    "6": ErrorClass.NO_ROUTE,  # not routable: a prefix that is unknown or not served
    "7": ErrorClass.OPTED_OUT,  # on the vendor's list of barred numbers
    "8": ErrorClass.CREDENTIALS,  # account suspended
    "9": ErrorClass.BALANCE,
    "10": ErrorClass.RATE_ACCOUNT,  # too many connections
    "11": ErrorClass.CONFIG,  # account may not use this API
    "12": ErrorClass.CONTENT,  # too long
    "14": ErrorClass.CREDENTIALS,  # signature
    "15": ErrorClass.CONFIG,  # sender
    "22": ErrorClass.CONFIG,  # network code
    "23": ErrorClass.CONFIG,  # callback address
    "29": ErrorClass.CONFIG,  # demo account: this destination is not on its list
    "32": ErrorClass.CONFIG,
    "33": ErrorClass.RECIPIENT,  # number deactivated
}
# A parameter is missing or bad: whose fault that is shows in its name ("Missing to param").
BAD_PARAMETER = frozenset({"2", "3"})
_FAULTS = {"to": ErrorClass.RECIPIENT, "text": ErrorClass.CONTENT}
_NAMED = re.compile(r"\b(to|text) param")

HTTP = {
    401: ErrorClass.CREDENTIALS,
    402: ErrorClass.BALANCE,
    403: ErrorClass.CREDENTIALS,
    429: ErrorClass.RATE_ACCOUNT,
}

KINDS = {
    "delivered": ReceiptKind.DELIVERED,
    "expired": ReceiptKind.UNDELIVERED,
    "failed": ReceiptKind.UNDELIVERED,
    "rejected": ReceiptKind.UNDELIVERED,
    "accepted": ReceiptKind.PROGRESS,
    "buffered": ReceiptKind.PROGRESS,
    "unknown": ReceiptKind.PROGRESS,  # the carrier will never say more
}
# Those that are not here (unknown, porting, the recipient's credit…) prove nothing.
RECEIPTS = {
    "2": ErrorClass.TRANSIENT,  # absent for a time
    "3": ErrorClass.RECIPIENT,  # absent for good
    "4": ErrorClass.RECIPIENT,  # barred by the user
    "6": ErrorClass.CONTENT,  # taken for spam
    "7": ErrorClass.TRANSIENT,  # handset busy
    "8": ErrorClass.TRANSIENT,  # network error
    "9": ErrorClass.OPTED_OUT,
    "10": ErrorClass.CONTENT,
    "11": ErrorClass.CONFIG,  # no route
    "12": ErrorClass.RECIPIENT,  # unreachable: check the number
    "13": ErrorClass.RECIPIENT,  # too young
    "14": ErrorClass.RECIPIENT,  # barred by the carrier
}


def error_of_answer(status: str, said: str) -> ErrorClass:
    """Return the class of one status that is not 0; `said` are the words beside it."""
    if status in BAD_PARAMETER and (named := _NAMED.search(said.lower())):
        return _FAULTS[named[1]]
    return ANSWERS.get(status, ErrorClass.CONFIG)
