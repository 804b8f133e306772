"""What a mail server's answers mean, in our words (RFC 5321, 4.2; RFC 3463)."""

from __future__ import annotations

import re
from enum import StrEnum

from notifications.channels.mime import without_addresses
from notifications.channels.smtp_wire import Reply
from notifications.outcomes import ErrorClass, Result, accepted, refused, unknown


class Stage(StrEnum):
    """What the server's answer was to; `DATA` stands for the words themselves, too."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"


# What a final refusal means where nothing more exact is said.
ERRORS = {
    Stage.MAIL: ErrorClass.CONFIG,
    Stage.RCPT: ErrorClass.RECIPIENT,
    Stage.DATA: ErrorClass.CONTENT,
}
CODES = {530: ErrorClass.CREDENTIALS, 535: ErrorClass.CREDENTIALS, 552: ErrorClass.CONTENT}
# Enhanced codes (RFC 3463) that say something else than the stage would; the first digit is always 5.
ENHANCED = {
    (Stage.RCPT, "1.7"): ErrorClass.CONFIG,  # the sender's address
    (Stage.RCPT, "1.8"): ErrorClass.CONFIG,
    (Stage.RCPT, "2.2"): ErrorClass.TRANSIENT,  # a full mailbox
    (Stage.RCPT, "3.4"): ErrorClass.CONTENT,  # too big
    (Stage.RCPT, "7.0"): ErrorClass.CONFIG,  # the server's policy against us: relaying, a block list
    (Stage.RCPT, "7.1"): ErrorClass.CONFIG,
    (Stage.DATA, "1.1"): ErrorClass.RECIPIENT,  # some look for the mailbox only at the end
    (Stage.DATA, "2.1"): ErrorClass.RECIPIENT,
    (Stage.DATA, "2.2"): ErrorClass.TRANSIENT,
}
_ENHANCED = re.compile(r"5\.(\d{1,3}\.\d{1,3})\b")
CLOSING = 421


def is_go(stage: Stage, reply: Reply) -> bool:
    """Say whether the server wants the next step."""
    return reply.code == 354 if stage is Stage.DATA else 200 <= reply.code < 300


def is_closing(reply: Reply) -> bool:
    """Say whether the server takes leave, which it may do in place of any answer."""
    return reply.code == CLOSING


def judge(answer: Reply, *, reference: str) -> Result:
    """Return what the answer to a mail's words says of it."""
    if 200 <= answer.code < 300:
        return accepted(reference, code=str(answer.code), text=answer.text[:500])
    if answer.code < 400:
        return unknown(answer.text, code=str(answer.code))
    return refusal(Stage.DATA, answer)


def refusal(stage: Stage, reply: Reply) -> Result:
    """Return what a negative answer at some stage says of the mail."""
    error = ErrorClass.TRANSIENT
    if reply.code >= 500:
        found = _ENHANCED.match(reply.text)
        exact = ENHANCED.get((stage, found[1])) if found else None
        error = exact or CODES.get(reply.code) or ERRORS[stage]
    return refused(error, code=str(reply.code), text=without_addresses(reply.text))
