"""Kannel's words, and those of the SMSCs behind it, in ours."""

from __future__ import annotations

from notifications.outcomes import ErrorClass, ReceiptKind

# Status and the beginning of the body; the first row that fits counts.
ANSWERS: tuple[tuple[int, str, ErrorClass], ...] = (
    (400, "missing receiver number", ErrorClass.RECIPIENT),
    (400, "number(s) has/have been denied", ErrorClass.RECIPIENT),
    (400, "", ErrorClass.CONFIG),
    (403, "not routable", ErrorClass.NO_ROUTE),
    (403, "", ErrorClass.CREDENTIALS),
    (404, "", ErrorClass.CONFIG),
    (503, "temporal failure", ErrorClass.TRANSIENT),
)
# Bits of `dlr-mask`, one of them in `%d`.
KINDS = {
    "1": ReceiptKind.DELIVERED,
    "2": ReceiptKind.UNDELIVERED,
    "4": ReceiptKind.PROGRESS,  # queued at the SMSC
    "8": ReceiptKind.PROGRESS,  # accepted by the SMSC; may come after 1
    "16": ReceiptKind.UNDELIVERED,  # rejected by the SMSC
}
ALL_KINDS = str(sum(map(int, KINDS)))
# The reason: `stat:` of the delivery receipt, or the command status of a NACK (SMPP 3.4, 5.1.3).
STATS = {"REJECTD": ErrorClass.CONTENT, "EXPIRED": ErrorClass.TRANSIENT}
NACKS = {
    0x01: ErrorClass.CONTENT,  # message length
    0x08: ErrorClass.TRANSIENT,  # system error
    0x0A: ErrorClass.CONFIG,  # source address
    0x0B: ErrorClass.RECIPIENT,  # destination address
    0x0D: ErrorClass.CREDENTIALS,  # bind failed
    0x0E: ErrorClass.CREDENTIALS,  # password
    0x0F: ErrorClass.CREDENTIALS,  # system id
    0x14: ErrorClass.RATE_ACCOUNT,  # queue full
    0x58: ErrorClass.RATE_ACCOUNT,  # throttled
}
# What Kannel itself says in place of a status.
WORDS = {
    "Retries Exceeded": ErrorClass.TRANSIENT,  # throttled, queue full or system error, each time
}
