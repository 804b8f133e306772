"""Aliyun's reviews by his API: CreateSmsSign, GetSmsSign, CreateSmsTemplate, GetSmsTemplate.

He takes at most 100 templates a day by this way and advises 30 seconds between them; reviewers work from 9
to 21 o'clock in Shanghai, carriers take some ten working days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar

from notifications.gateways.aliyun_calls import VERSION, as_json, signed
from notifications.gateways.aliyun_pushes import read_items
from notifications.gateways.aliyun_review_answers import (
    news_of,
    read_signature,
    read_submitted,
    read_template,
)
from notifications.gateways.aliyun_review_fields import SIGNATURE_FIELDS, TEMPLATE_FIELDS, rules_of
from notifications.gateways.aliyun_signing import Call
from notifications.gateways.base import Account, BadPush, Push
from notifications.gateways.reviewing import (
    Field,
    News,
    Reviewing,
    SignatureDraft,
    Standing,
    TemplateDraft,
)
from notifications.outbound import Request, Response

MAX_TITLE = 30
NOTICE, PROMOTION, INTERNATIONAL = "1", "2", "3"
INTERNATIONAL_NOTICE, INTERNATIONAL_PROMOTION = "0", "1"


class AliyunReviewing(Reviewing):
    signature_fields: ClassVar[tuple[Field, ...]] = SIGNATURE_FIELDS
    template_fields: ClassVar[tuple[Field, ...]] = TEMPLATE_FIELDS
    knows_by_name: ClassVar[bool] = True
    templates_a_day: ClassVar[int] = 100
    seconds_between: ClassVar[int] = 30

    def submit_signature(
        self, draft: SignatureDraft, account: Account, *, now: datetime, nonce: str = ""
    ) -> Request:
        # For general use: the other type may send nothing but codes.
        query = {"SignName": draft.text, "SignType": "1"} | _given(SIGNATURE_FIELDS, draft.fields)
        return signed(Call("CreateSmsSign", VERSION, query), account, now=now, nonce=nonce)

    def submit_template(
        self, draft: TemplateDraft, account: Account, *, now: datetime, nonce: str = ""
    ) -> Request:
        is_promotion = draft.category == "marketing"
        query = {"TemplateName": draft.name[:MAX_TITLE], "TemplateContent": draft.body}
        if draft.is_international:
            kind = INTERNATIONAL_PROMOTION if is_promotion else INTERNATIONAL_NOTICE
            query |= {"TemplateType": INTERNATIONAL, "IntlType": kind}
        else:
            kind = PROMOTION if is_promotion else NOTICE
            query |= {"TemplateType": kind, "RelatedSignName": draft.signature}
        if draft.variables:
            query["TemplateRule"] = as_json(rules_of(draft.variables, is_promotion=is_promotion))
        query |= _given(TEMPLATE_FIELDS, draft.fields)
        if "MoreData" in query:
            query["MoreData"] = as_json(query["MoreData"].split())
        return signed(Call("CreateSmsTemplate", VERSION, query), account, now=now, nonce=nonce)

    def parse_submitted(self, response: Response) -> Standing:
        return read_submitted(response)

    def look_at_signature(
        self, text: str, code: str, account: Account, *, now: datetime, nonce: str = ""
    ) -> Request:
        return signed(Call("GetSmsSign", VERSION, {"SignName": text}), account, now=now, nonce=nonce)

    def parse_signature(self, response: Response) -> Standing:
        return read_signature(response)

    def look_at_template(
        self, code: str, account: Account, *, now: datetime, is_international: bool = False, nonce: str = ""
    ) -> Request:
        return signed(Call("GetSmsTemplate", VERSION, {"TemplateCode": code}), account, now=now, nonce=nonce)

    def parse_template(self, response: Response) -> Standing:
        return read_template(response)

    def parse_news(self, push: Push) -> list[News]:
        """Read TemplateSmsReport and SignSmsReport; what the carriers say of a signature must be asked."""
        try:
            items = read_items(push.body)
        except BadPush:
            return []
        return [news for item in items if (news := news_of(item)) is not None]


def _given(fields: Iterable[Field], values: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that were filled in, by the vendor's names."""
    return {one.name: values[one.name].strip() for one in fields if values.get(one.name, "").strip()}
