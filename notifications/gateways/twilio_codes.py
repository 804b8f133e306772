"""Twilio's words in ours: the error codes of its API and of messages, and the statuses of messages.

From the vendor's pages on errors and on the health of messaging. A code that is not listed is CONFIG
in an answer (the text was certainly not taken, a person looks, another gateway may take it) and proves
nothing of a message that was taken.
"""

from __future__ import annotations

from notifications.gateways.terms import by_code
from notifications.outcomes import ErrorClass, ReceiptKind

CODES = by_code(
    {
        # Not valid, not a mobile; handset off, unknown, a landline; no such user of the channel.
        ErrorClass.RECIPIENT: "21211 21401 21614 30003 30005 30006 63003 63024",
        # This sender does not reach this number, or its region is not switched on.
        ErrorClass.NO_ROUTE: "21408 21612",
        # Unsubscribed by STOP, blocked.
        ErrorClass.OPTED_OUT: "21610 30004",
        # No body, too long, media, content templates, filtered by the carrier, taken for fraud.
        ErrorClass.CONTENT: """
            21602 21617 21619 21620 21654 21658 30007 30019 30450 30453 63016 63027 63028
        """,
        # Too many requests, queues full, carrier congested, daily limit.
        ErrorClass.RATE_ACCOUNT: "20429 21611 30001 30017 63018 63038",
        # Key or token, account suspended, a trial account that knows only verified numbers.
        ErrorClass.CREDENTIALS: "20003 21608 30002",
        # Sender, address for receipts, messaging service, campaign not registered.
        ErrorClass.CONFIG: "21212 21603 21606 21609 21701 21703 21704 30034",
        # Internal error, unknown, carrier's time-out, expired in the queue.
        ErrorClass.TRANSIENT: "20500 30008 30036 30410",
    }
)
HTTP = {
    401: ErrorClass.CREDENTIALS,
    403: ErrorClass.CREDENTIALS,
    429: ErrorClass.RATE_ACCOUNT,
}
# All other statuses, also those never seen, are on the way.
KINDS = {
    "delivered": ReceiptKind.DELIVERED,
    "read": ReceiptKind.DELIVERED,
    "undelivered": ReceiptKind.UNDELIVERED,
    "failed": ReceiptKind.UNDELIVERED,
    "canceled": ReceiptKind.UNDELIVERED,
}
