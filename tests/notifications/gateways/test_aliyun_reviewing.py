"""Signatures and templates handed in to Aliyun, and the questions about them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from notifications.gateways.aliyun import Aliyun
from notifications.gateways.aliyun_reviewing import AliyunReviewing
from notifications.gateways.registry import REVIEWING
from notifications.gateways.reviewing import SignatureDraft, TemplateDraft
from notifications.outbound import Request
from notifications.placeholders import BY_NAME
from tests.notifications.gateways import given as g

ACCOUNT = g.account("aliyun", access_key_id="ak", access_key_secret="s3cret")
REVIEWS = AliyunReviewing()


def fields_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query))


def hand_in(**fields: Any) -> dict[str, str]:
    usual: dict[str, Any] = {
        "name": "发货",
        "body": "订单${no}已发货。",
        "category": "transactional",
        "signature": "云栖",
        "variables": {"no": "order.number"},
        "fields": {"ApplySceneContent": "网店"},
    }
    return fields_of(REVIEWS.submit_template(TemplateDraft(**(usual | fields)), ACCOUNT, now=g.NOW))


def test_aliyun_reviews_by_its_api() -> None:
    assert isinstance(REVIEWING[Aliyun.kind], AliyunReviewing)


def test_a_signature_is_handed_in_for_general_use_with_what_was_filled_in() -> None:
    filled = {"QualificationId": " 12 ", "SignSource": "0", "ThirdParty": "false", "Remark": "", "Odd": "x"}

    request = REVIEWS.submit_signature(SignatureDraft("云栖", fields=filled), ACCOUNT, now=g.NOW)

    assert request.headers["x-acs-action"] == "CreateSmsSign"
    assert fields_of(request) == {
        "SignName": "云栖",
        "SignType": "1",
        "QualificationId": "12",
        "SignSource": "0",
        "ThirdParty": "false",
    }


def test_a_notice_is_handed_in_under_its_signature() -> None:
    assert hand_in() == {
        "TemplateName": "发货",
        "TemplateContent": "订单${no}已发货。",
        "TemplateType": "1",
        "RelatedSignName": "云栖",
        "TemplateRule": '{"no":"other_number2"}',
        "ApplySceneContent": "网店",
    }


@pytest.mark.parametrize(
    ("category", "is_international", "kind"),
    [
        ("marketing", False, {"TemplateType": "2", "RelatedSignName": "云栖"}),
        ("transactional", True, {"TemplateType": "3", "IntlType": "0"}),
        ("marketing", True, {"TemplateType": "3", "IntlType": "1"}),
    ],
)
def test_promotions_and_templates_for_abroad_have_types_of_their_own(
    category: str, is_international: bool, kind: dict[str, str]
) -> None:
    sent = hand_in(category=category, is_international=is_international)

    assert {
        name: sent[name] for name in sent.keys() & {"TemplateType", "IntlType", "RelatedSignName"}
    } == kind


@pytest.mark.parametrize(
    ("placeholder", "category", "rule"),
    [
        ("order.number", "transactional", "other_number2"),
        ("customer.name", "transactional", "user_nick"),
        ("shipment.courier_phone", "transactional", "phone_number2"),
        ("shipment.location", "transactional", "address"),
        ("shipment.eta", "transactional", "time"),
        ("order.total", "transactional", "others"),
        ("weather.summary", "transactional", "others"),
        ("customer.name", "marketing", "user_nick"),
        ("order.number", "marketing", "others"),
    ],
)
def test_each_variable_has_the_rule_that_its_values_keep(placeholder: str, category: str, rule: str) -> None:
    sent = hand_in(variables={"x": placeholder}, category=category)

    assert json.loads(sent["TemplateRule"]) == {"x": rule}


def test_every_placeholder_can_be_described() -> None:
    rules = json.loads(hand_in(variables={name.replace(".", "_"): name for name in BY_NAME})["TemplateRule"])

    assert len(rules) == len(BY_NAME)


def test_rules_that_a_merchant_wrote_are_taken_as_they_are() -> None:
    sent = hand_in(fields={"TemplateRule": '{"no":"others"}'})

    assert sent["TemplateRule"] == '{"no":"others"}'


def test_a_template_without_variables_has_no_rules() -> None:
    assert "TemplateRule" not in hand_in(variables={})


def test_a_long_title_is_cut_and_proofs_become_a_list() -> None:
    sent = hand_in(name="发" * 31, fields={"MoreData": "12/a.png\n12/b.png\n"})

    assert sent["TemplateName"] == "发" * 30
    assert sent["MoreData"] == '["12/a.png","12/b.png"]'


def test_a_signature_is_looked_up_by_its_text_and_a_template_by_its_code() -> None:
    by_text = REVIEWS.look_at_signature("云栖", "20044156924", ACCOUNT, now=g.NOW)
    by_code = REVIEWS.look_at_template("SMS_1", ACCOUNT, now=g.NOW)

    assert (by_text.headers["x-acs-action"], fields_of(by_text)) == ("GetSmsSign", {"SignName": "云栖"})
    assert (by_code.headers["x-acs-action"], fields_of(by_code)) == (
        "GetSmsTemplate",
        {"TemplateCode": "SMS_1"},
    )
