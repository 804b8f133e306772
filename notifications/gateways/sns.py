"""Amazon SNS, text messages by Publish (version 2010-03-31, query protocol).

One number per request. SNS takes no reference of ours, pushes no receipts (what became of a text stands in
CloudWatch only) and cannot be asked: an accepted text stays accepted, and nothing can settle an unknown
one. It is therefore given up at the first look, and never sent again by itself. A text of 1,600 bytes or
more is refused by SNS itself. When the month's spending limit is reached SNS goes on accepting, and
delivers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from html import unescape
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from notifications.gateways.base import Account, Gateway, Text
from notifications.gateways.sns_codes import error_of_answer
from notifications.gateways.sns_signing import sign
from notifications.gateways.terms import Credential, Limit, Settling
from notifications.outbound import Request, Response
from notifications.outcomes import Result, accepted, refused, unknown
from notifications.segments import with_signature

_ELEMENT = re.compile(r"<(MessageId|Code|Message)>([^<]*)</\1>")
_NUMBER = re.compile(r"\+?[0-9]{3,15}")


class Sns(Gateway):
    kind: ClassVar[str] = "sns"
    label: ClassVar[str] = "Amazon SNS"
    credentials: ClassVar[tuple[Credential, ...]] = (
        Credential("aws_access_key_id", _("Access key ID"), is_secret=False),
        Credential("aws_secret_access_key", _("Secret access key")),
        Credential("region", _("Region (empty: us-east-1)"), is_secret=False, is_required=False),
        Credential(
            "sms_type",
            _("Kind of message, Transactional or Promotional (empty: Transactional)"),
            is_secret=False,
            is_required=False,
        ),
    )
    reports: ClassVar[bool] = False
    settling: ClassVar[Settling] = Settling(ask_after=120, deadline=120)
    # The quota that an account begins with, for either kind of message.
    limits: ClassVar[tuple[Limit, ...]] = (Limit(20, 1),)

    def build(self, texts: Sequence[Text], account: Account, *, now: datetime, nonce: str = "") -> Request:
        (text,) = texts
        credentials = account.credentials
        region = credentials.get("region") or "us-east-1"
        return sign(
            {
                "Action": "Publish",
                "Version": "2010-03-31",
                "PhoneNumber": text.phone,
                "Message": with_signature(text.body, text.signature),
                **_attributes(account),
            },
            endpoint=account.endpoint or f"https://sns.{region}.amazonaws.com",
            region=region,
            key=(credentials.get("aws_access_key_id", ""), credentials.get("aws_secret_access_key", "")),
            now=now,
        )

    def parse(self, texts: Sequence[Text], response: Response) -> list[Result]:
        return [_read_answer(response)] * len(texts)


def _attributes(account: Account) -> dict[str, str]:
    """Return the message's attributes as the query protocol numbers them."""
    attributes = {"AWS.SNS.SMS.SMSType": account.credentials.get("sms_type") or "Transactional"}
    if account.sender:
        is_number = _NUMBER.fullmatch(account.sender)
        attributes["AWS.MM.SMS.OriginationNumber" if is_number else "AWS.SNS.SMS.SenderID"] = account.sender
    fields: dict[str, str] = {}
    for number, (name, value) in enumerate(attributes.items(), start=1):
        entry = f"MessageAttributes.entry.{number}"
        fields |= {
            f"{entry}.Name": name,
            f"{entry}.Value.DataType": "String",
            f"{entry}.Value.StringValue": value,
        }
    return fields


def _read_answer(response: Response) -> Result:
    words = response.body.decode("utf-8", "replace")
    found = {name: unescape(value).strip() for name, value in _ELEMENT.findall(words)}
    code, said, status = found.get("Code", ""), found.get("Message", ""), response.status
    if 200 <= status < 300 and found.get("MessageId"):
        return accepted(found["MessageId"], code=str(status))
    error = error_of_answer(code, said, status)
    if error is None:
        return unknown(said or f"HTTP {status}", code=code)
    return refused(error, code=code or str(status), text=said)
