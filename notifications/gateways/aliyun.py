"""Aliyun SMS (dysmsapi, 2017-05-25): SendSms, SendBatchSms, QuerySendDetails, receipts and replies.

Aliyun takes no idempotency key. Our reference travels as `OutId` and comes back in receipts and in
QuerySendDetails, so an attempt with an unknown outcome is asked about before anything is sent again.
SendBatchSms takes one OutId for all its texts: the batch's reference, which with the phone names the
text. It is also refused as a whole when one text is at fault; certainly nothing was taken then, and
the texts are sent one by one to find out which it was.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from notifications.gateways.aliyun_answers import SHANGHAI, read_answer, read_details
from notifications.gateways.aliyun_pushes import read_pushes
from notifications.gateways.aliyun_signing import Call, sign
from notifications.gateways.base import Account, Exchange, Gateway, Push, Sent, Text, result_of
from notifications.gateways.terms import Credential
from notifications.outbound import NoAnswer, NotSent, Request, Response
from notifications.outcomes import ErrorClass, ReceiptFacts, Result

VERSION = "2017-05-25"
# Reasons that may lie in a single text of a batch.
OF_ONE_TEXT = frozenset(
    {ErrorClass.RECIPIENT, ErrorClass.OPTED_OUT, ErrorClass.CONTENT, ErrorClass.RATE_RECIPIENT}
)


class Aliyun(Gateway):
    kind: ClassVar[str] = "aliyun"
    label: ClassVar[str] = "Aliyun SMS 阿里云"
    credentials: ClassVar[tuple[Credential, ...]] = (
        Credential("access_key_id", _("AccessKey ID"), is_secret=False),
        Credential("access_key_secret", _("AccessKey secret")),
    )
    default_endpoint: ClassVar[str] = "https://dysmsapi.aliyuncs.com"
    batch_size: ClassVar[int] = 100
    needs_template: ClassVar[bool] = True
    adds_signature: ClassVar[bool] = True
    can_ask: ClassVar[bool] = True

    def spell_variable(self, name: str, number: int) -> str:
        return "${" + name + "}"

    def batches(self, texts: Sequence[Text]) -> list[list[Text]]:
        """Batch texts by template and by mainland or abroad; a phone is in a batch once."""
        seen: Counter[tuple[str, str]] = Counter()
        groups: dict[tuple[str, bool, int], list[Text]] = {}
        for text in texts:
            seen[text.template_code, text.phone] += 1
            turn = seen[text.template_code, text.phone]
            groups.setdefault((text.template_code, _is_mainland(text.phone), turn), []).append(text)
        return [
            _as_batch(group[start : start + self.batch_size])
            for group in groups.values()
            for start in range(0, len(group), self.batch_size)
        ]

    async def send(
        self, texts: Sequence[Text], account: Account, exchange: Exchange, *, now: datetime
    ) -> list[Result]:
        send = super().send
        results = await send(texts, account, exchange, now=now)
        if len(texts) == 1 or results[0].error not in OF_ONE_TEXT:
            return results
        singly = (send([text], account, exchange, now=now) for text in texts)
        return [_settle(ending) for ending in await asyncio.gather(*singly, return_exceptions=True)]

    def build(self, texts: Sequence[Text], account: Account, *, now: datetime, nonce: str = "") -> Request:
        first = texts[0]
        if len(texts) == 1:
            fields = {
                "PhoneNumbers": phone_out(first.phone),
                "SignName": first.signature,
                "TemplateCode": first.template_code,
                "OutId": first.reference,
            }
            if first.params:
                fields["TemplateParam"] = _json(_params(first))
            return _sign(Call("SendSms", VERSION, fields), account, now=now, nonce=nonce)
        if {text.batch_reference for text in texts} != {first.batch_reference} or not first.batch_reference:
            raise ValueError("texts that travel together must come from batches()")
        form = {
            "PhoneNumberJson": _json([phone_out(text.phone) for text in texts]),
            "SignNameJson": _json([text.signature for text in texts]),
        }
        if any(text.params for text in texts):
            form["TemplateParamJson"] = _json([_params(text) for text in texts])
        query = {"TemplateCode": first.template_code, "OutId": first.batch_reference}
        return _sign(Call("SendBatchSms", VERSION, query, form), account, now=now, nonce=nonce)

    def parse(self, texts: Sequence[Text], response: Response) -> list[Result]:
        return [read_answer(response)] * len(texts)

    def build_ask(self, sent: Sent, account: Account, *, now: datetime, nonce: str = "") -> Request:
        query = {
            "PhoneNumber": phone_out(sent.phone),
            "SendDate": sent.started_at.astimezone(SHANGHAI).strftime("%Y%m%d"),
            "PageSize": "50",
            "CurrentPage": "1",
        }
        return _sign(Call("QuerySendDetails", VERSION, query), account, now=now, nonce=nonce)

    def parse_ask(self, sent: Sent, response: Response) -> Result | None:
        return read_details(sent, response)

    def parse_push(self, push: Push) -> list[ReceiptFacts]:
        return read_pushes(push.body)

    def answer_push(self) -> tuple[int, str, bytes]:
        return 200, "application/json", '{"code":0,"msg":"接收成功"}'.encode()


def _is_mainland(phone: str) -> bool:
    return phone.startswith("+86")


def phone_out(phone: str) -> str:
    """Return a phone as Aliyun writes it: eleven digits at home, country code and number abroad."""
    return phone.removeprefix("+86") if _is_mainland(phone) else phone.removeprefix("+")


def _as_batch(texts: list[Text]) -> list[Text]:
    if len(texts) == 1:
        return texts
    return [replace(text, batch_reference=texts[0].reference) for text in texts]


def _settle(ending: list[Result] | BaseException) -> Result:
    if isinstance(ending, NotSent | NoAnswer):
        return result_of(ending)
    if isinstance(ending, BaseException):
        raise ending
    return ending[0]


def _sign(call: Call, account: Account, *, now: datetime, nonce: str) -> Request:
    credentials = account.credentials
    return sign(
        call,
        endpoint=account.endpoint or Aliyun.default_endpoint,
        key=(credentials.get("access_key_id", ""), credentials.get("access_key_secret", "")),
        now=now,
        nonce=nonce,
    )


def _params(text: Text) -> dict[str, str]:
    # A value that is not a string is refused: isv.INVALID_JSON_PARAM.
    return {name: str(value) for name, value in text.params.items()}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
