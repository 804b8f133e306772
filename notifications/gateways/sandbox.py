"""The sandbox: takes every text, sends none, shows it instead.

A phone whose number ends in 99 and four digits of the table below meets that trouble every time, so
that each unhappy path can be tried out: +86 138 0099 0001 is refused, say.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

from notifications.gateways.base import Account, Exchange, Gateway, Text
from notifications.outbound import Request, Response
from notifications.outcomes import ErrorClass, Outcome, Result, Shown, refused, unknown
from notifications.segments import with_signature

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TROUBLES = {
    "990001": refused(ErrorClass.RECIPIENT, code="SANDBOX_0001", text="No such number"),
    "990002": refused(ErrorClass.TRANSIENT, code="SANDBOX_0002", text="Try again later"),
    "990003": unknown("No answer", code="SANDBOX_0003"),
    "990004": refused(ErrorClass.CONTENT, code="SANDBOX_0004", text="Text refused"),
    "990005": refused(ErrorClass.RATE_RECIPIENT, code="SANDBOX_0005", text="Too many", retry_after=60),
    "990006": refused(ErrorClass.BALANCE, code="SANDBOX_0006", text="No money left"),
    "990007": refused(ErrorClass.OPTED_OUT, code="SANDBOX_0007", text="Opted out at the carrier"),
}


class Sandbox(Gateway):
    kind: ClassVar[str] = "sandbox"
    label: ClassVar[StrOrPromise] = _("Sandbox")

    async def send(
        self, texts: Sequence[Text], account: Account, exchange: Exchange, *, now: datetime
    ) -> list[Result]:
        return [TROUBLES.get(text.phone[-6:]) or _take(text, account) for text in texts]

    def build(self, texts: Sequence[Text], account: Account, *, now: datetime, nonce: str = "") -> Request:
        raise NotImplementedError("the sandbox sends nothing")

    def parse(self, texts: Sequence[Text], response: Response) -> list[Result]:
        raise NotImplementedError("the sandbox is sent nothing")


def _take(text: Text, account: Account) -> Result:
    return Result(
        Outcome.ACCEPTED,
        provider_id=f"sandbox-{text.reference}",
        shown=Shown(
            channel="sms",
            address=text.phone,
            sender=account.sender,
            subject="",
            text=with_signature(text.body, text.signature),
        ),
    )
