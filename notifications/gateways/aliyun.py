"""Aliyun SMS (dysmsapi, 2017-05-25): SendSms, SendBatchSms, QuerySendDetails, receipts and replies.

Aliyun takes no idempotency key. Our reference travels as `OutId` and comes back in receipts and in
QuerySendDetails, so an attempt with an unknown outcome is asked about before anything is sent again.
SendBatchSms takes one OutId for all its texts: the batch's reference, which with the phone names the
text. It is also refused as a whole when one text is at fault; certainly nothing was taken then, and
the texts are sent one by one to find out which it was.

The vendor advises to send what is urgent singly. Here texts travel together only when they are due at the
same moment: none waits for another, and one request in place of a hundred is sooner done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

from notifications.gateways import aliyun_calls as calls
from notifications.gateways.aliyun_answers import read_answer, read_balance, read_details
from notifications.gateways.aliyun_pushes import read_pushes
from notifications.gateways.base import Account, Exchange, Gateway, Push, Sent, Text
from notifications.gateways.batching import batches_of, one_by_one
from notifications.gateways.terms import Balance, Credential, Limit, Settling
from notifications.outbound import Request, Response
from notifications.outcomes import ErrorClass, ReceiptFacts, Result

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Reasons that may lie in a single text of a batch.
OF_ONE_TEXT = frozenset(
    {ErrorClass.RECIPIENT, ErrorClass.OPTED_OUT, ErrorClass.CONTENT, ErrorClass.RATE_RECIPIENT}
)
# So far a request's date may be from the vendor's clock, for it to be taken.
SIGNED_FOR = timedelta(minutes=15)


class Aliyun(Gateway):
    kind: ClassVar[str] = "aliyun"
    label: ClassVar[StrOrPromise] = _("Aliyun SMS 阿里云")
    credentials: ClassVar[tuple[Credential, ...]] = (
        Credential("access_key_id", _("AccessKey ID"), is_secret=False),
        Credential("access_key_secret", _("AccessKey secret")),
        Credential(
            "sms_up_extend_code",
            _("Extension code for replies (one signature only)"),
            is_secret=False,
            is_required=False,
        ),
    )
    default_endpoint: ClassVar[str] = calls.ENDPOINT
    batch_size: ClassVar[int] = 100
    needs_template: ClassVar[bool] = True
    takes_template: ClassVar[bool] = True
    adds_signature: ClassVar[bool] = True
    can_ask: ClassVar[bool] = True
    tells_balance: ClassVar[bool] = True
    # A receipt is mostly there within a minute and settles it without a question. He does not say how soon a
    # text is in his lists, and "not there" leads to a second text, so he is not asked early. After 72 hours
    # without the carrier's word he says himself that nobody will ever know.
    settling: ClassVar[Settling] = Settling(ask_after=120, ask_every=300, deadline=72 * 3600)
    # Notices and promotions alike (product page 2881383); a day is any 24 hours, and what was taken counts,
    # delivered or not. SendSms and SendBatchSms are throttled per account and second.
    limits: ClassVar[tuple[Limit, ...]] = (
        Limit(50, 24 * 3600, per=("sender", "template", "phone"), countries=frozenset({"CN"})),
        Limit(5000, 1),
    )

    def spell_variable(self, name: str, number: int) -> str:
        return "${" + name + "}"

    def batches(self, texts: Sequence[Text]) -> list[list[Text]]:
        """Batch texts by template and by mainland or abroad; a phone is in a batch once."""

        def alike(text: Text) -> tuple[str, bool]:
            return text.template_code, calls.is_mainland(text.phone)

        return batches_of(texts, size=self.batch_size, alike=alike)

    async def send(
        self, texts: Sequence[Text], account: Account, exchange: Exchange, *, now: datetime
    ) -> list[Result]:
        send = partial(super().send, account=account, exchange=exchange, now=now)
        results = await send(texts)
        if len(texts) == 1 or results[0].error not in OF_ONE_TEXT:
            return results
        return await one_by_one(texts, send=send)

    def build(self, texts: Sequence[Text], account: Account, *, now: datetime, nonce: str = "") -> Request:
        call = calls.send_one(texts[0], account) if len(texts) == 1 else calls.send_many(texts, account)
        return calls.signed(call, account, now=now, nonce=nonce)

    def parse(self, texts: Sequence[Text], response: Response) -> list[Result]:
        return [read_answer(response)] * len(texts)

    async def ask(self, sent: Sent, account: Account, exchange: Exchange, *, now: datetime) -> Result | None:
        """Ask under the day on which the text left by our clock, and by one that differs as far as it may."""
        moments = (sent.started_at, sent.started_at + SIGNED_FOR, sent.started_at - SIGNED_FOR)
        for moment in {calls.day_of(moment): moment for moment in reversed(moments)}.values():
            asked = replace(sent, started_at=moment)
            if found := await super().ask(asked, account, exchange, now=now):
                return found
        return None

    def build_ask(self, sent: Sent, account: Account, *, now: datetime, nonce: str = "") -> Request:
        return calls.signed(calls.look_for(sent), account, now=now, nonce=nonce)

    def parse_ask(self, sent: Sent, response: Response) -> Result | None:
        return read_details(sent, response)

    def build_balance(self, account: Account, *, now: datetime, nonce: str = "") -> Request:
        endpoint = calls.billing_of(account)
        return calls.signed(calls.BALANCE, account, now=now, nonce=nonce, endpoint=endpoint)

    def parse_balance(self, response: Response) -> Balance:
        return read_balance(response)

    def parse_push(self, push: Push) -> list[ReceiptFacts]:
        return read_pushes(push.body)

    def answer_push(self) -> tuple[int, str, bytes]:
        return 200, "application/json", '{"code":0,"msg":"接收成功"}'.encode()
