"""How Tencent Cloud reviews signatures and templates: AddSmsSign, AddSmsTemplate, and the two lists.

Company accounts only. A state of 0 is in force, 1 is being reviewed, 2 is approved but not in force yet, -1
is rejected (of a signature also: a carrier has not filed it). Only with 0 may be sent; a 2 is kept as
submitted, so that nothing leaves that the vendor would refuse.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from notifications.gateways.base import MAX_NAME, MAX_WORDS, Account, tidy
from notifications.gateways.reading import Fields, word
from notifications.gateways.reviewing import (
    Field,
    NotReviewed,
    Reviewing,
    SignatureDraft,
    Stage,
    Standing,
    TemplateDraft,
)
from notifications.gateways.tencent_answers import content_of, fault_of, rows_of
from notifications.gateways.tencent_signing import call
from notifications.outbound import Request, Response

STAGES = {"0": Stage.USABLE, "1": Stage.SUBMITTED, "2": Stage.SUBMITTED, "-1": Stage.REJECTED}
# `SmsType` of our categories; codes for signing in are 3.
SMS_TYPES = {"marketing": "1", "transactional": "2"}
_DATA_URL = re.compile(r"^data:[^,]*,|\s")


class TencentReviewing(Reviewing):
    signature_fields: ClassVar[tuple[Field, ...]] = (
        Field(
            "SignType",
            _("Whose name it is"),
            choices=(
                ("0", _("A company's")),
                ("1", _("An app's (abroad only)")),
                ("4", _("A trademark")),
                ("5", _("An authority's or another organisation's")),
            ),
            default="0",
        ),
        Field(
            "DocumentType",
            _("Document that proves it"),
            help=_("For a company or an app one of the first two, for a trademark its registration."),
            choices=(
                ("0", _("Certificate that unites three in one")),
                ("1", _("Business licence")),
                ("2", _("Organisation code certificate")),
                ("3", _("Social credit code certificate")),
                ("4", _("Screenshot of the app's console (abroad only)")),
                ("7", _("Trademark registration")),
            ),
            default="1",
        ),
        Field("ProofImage", _("Picture of the document"), help=_("An image as base64.")),
        Field(
            "QualificationId",
            _("ID of the approved qualification"),
            help=_("From the SMS console, real-name qualifications. Needed for the mainland of China."),
            is_required=False,
        ),
        Field(
            "SignPurpose",
            _("Whose texts it signs"),
            choices=(("0", _("Our own")), ("1", _("Somebody else's"))),
            default="0",
        ),
        Field(
            "CommissionImage",
            _("Picture of the letter of authorisation"),
            help=_("An image as base64. Needed for somebody else's texts."),
            is_required=False,
        ),
        Field("Remark", _("Remark for the reviewer"), is_required=False),
    )
    template_fields: ClassVar[tuple[Field, ...]] = (
        Field(
            "SmsType",
            _("Kind of text"),
            help=_("Empty: marketing or notice, as the template's category says."),
            is_required=False,
            choices=(("1", _("Marketing")), ("2", _("Notice")), ("3", _("Verification code"))),
            is_per_template=True,
        ),
        Field(
            "Remark",
            _("Remark for the reviewer"),
            help=_("When and why it is sent, and what the variables stand for."),
            is_required=False,
        ),
    )

    def submit_signature(
        self, draft: SignatureDraft, account: Account, *, now: datetime, nonce: str = ""
    ) -> Request:
        given = {field.name: draft.fields.get(field.name) or field.default for field in self.signature_fields}
        for image in ("ProofImage", "CommissionImage"):
            given[image] = _DATA_URL.sub("", given[image])
        fields = {"SignName": draft.text, "International": int(draft.is_international), **_told(given)}
        return call("AddSmsSign", fields, account, now=now)

    def submit_template(
        self, draft: TemplateDraft, account: Account, *, now: datetime, nonce: str = ""
    ) -> Request:
        kind = draft.fields.get("SmsType") or SMS_TYPES.get(draft.category, "2")
        fields = {
            "TemplateName": draft.name,
            "TemplateContent": draft.body,
            "International": int(draft.is_international),
            # The vendor's reviewers want one in any case.
            "Remark": draft.fields.get("Remark") or draft.name,
            **_told({"SmsType": kind}),
        }
        return call("AddSmsTemplate", fields, account, now=now)

    def parse_submitted(self, response: Response) -> Standing:
        content = _content(response)
        for name, id in (("AddTemplateStatus", "TemplateId"), ("AddSignStatus", "SignId")):
            added = content.get(name)
            if isinstance(added, dict) and word(added, id):
                return Standing(Stage.SUBMITTED, code=tidy(word(added, id), MAX_NAME))
        raise NotReviewed("", f"HTTP {response.status}")

    def look_at_signature(
        self, text: str, code: str, account: Account, *, now: datetime, nonce: str = ""
    ) -> Request:
        # Which of the two worlds it is for is not told here. Abroad the vendor wants no signature at all.
        fields = {"International": 0, "SignIdSet": [_number(code)]}
        return call("DescribeSmsSignList", fields, account, now=now)

    def parse_signature(self, response: Response) -> Standing:
        return _standing(_content(response), "DescribeSignListStatusSet", code="SignId")

    def look_at_template(
        self, code: str, account: Account, *, now: datetime, is_international: bool = False, nonce: str = ""
    ) -> Request:
        fields = {"International": int(is_international), "TemplateIdSet": [_number(code)]}
        return call("DescribeSmsTemplateList", fields, account, now=now)

    def parse_template(self, response: Response) -> Standing:
        return _standing(_content(response), "DescribeTemplateStatusSet", code="TemplateId")


def _number(told: str) -> int | str:
    """Return a number where the vendor wants one; he himself refuses what is none."""
    return int(told) if told.isdecimal() else told


def _told(given: Mapping[str, str]) -> dict[str, int | str]:
    """Return what was filled in, choices and ids as numbers."""
    return {
        name: value if name.endswith(("Image", "Remark")) else _number(value)
        for name, value in given.items()
        if value
    }


def _content(response: Response) -> Fields:
    """Return the answer's content. Raises `NotReviewed` with the vendor's fault, or without his word."""
    content = content_of(response)
    if fault := fault_of(content):
        raise NotReviewed(tidy(fault[0], MAX_NAME), tidy(fault[1], MAX_WORDS))
    return content


def _standing(content: Fields, name: str, *, code: str) -> Standing:
    row = next(iter(rows_of(content, name)), {})
    state = word(row, "StatusCode")
    if state not in STAGES:
        raise NotReviewed(tidy(state, MAX_NAME), "the vendor tells no state")
    return Standing(
        STAGES[state],
        reason=tidy(word(row, "ReviewReply"), MAX_WORDS),
        code=tidy(word(row, code), MAX_NAME),
        body=tidy(word(row, "TemplateContent"), MAX_WORDS),
    )
