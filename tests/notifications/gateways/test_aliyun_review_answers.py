"""What Aliyun answers about signatures and templates, and what he pushes about them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alibabacloud_dysmsapi20170525 import models as sdk
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.aliyun_reviewing import AliyunReviewing
from notifications.gateways.base import Push
from notifications.gateways.reviewing import News, NotReviewed, Stage, Standing
from notifications.outbound import Response

REVIEWS = AliyunReviewing()
APPROVED = {
    "Code": "OK",
    "Message": "OK",
    "RequestId": "F655A8D5",
    "SignName": "云栖",
    "SignStatus": 1,
    "OrderId": "20044156924",
    "QualificationId": 2004393,
    "CreateDate": "2026-06-03 10:02:34",
    "AuditInfo": {"AuditDate": "2026-06-03 12:02:34"},
}
TEMPLATE = {
    "Code": "OK",
    "Message": "OK",
    "RequestId": "F655A8D5",
    "TemplateCode": "SMS_20375",
    "TemplateName": "发货",
    "TemplateContent": "订单${no}已发货。",
    "TemplateStatus": "1",
    "TemplateType": "1",
    "VariableAttribute": '{"no":"other_number2"}',
}


def answered(body: Any, *, status: int = 200) -> Response:
    return Response(status, body if isinstance(body, bytes) else json.dumps(body).encode())


def carrier(name: str, status: int, *codes: str, said: str = "") -> dict[str, Any]:
    return {
        "OperatorCode": name,
        "OperatorCompleteTime": "2026-06-10 10:00:00",
        "RegisterStatus": status,
        "RegisterStatusReasons": [
            {"ReasonCode": code, "ReasonDescList": [said] if said else []} for code in codes
        ],
    }


def signature(*carriers: dict[str, Any], **fields: Any) -> Standing:
    return REVIEWS.parse_signature(
        answered(APPROVED | {"SignIspRegisterDetailList": list(carriers)} | fields)
    )


def template(**fields: Any) -> Standing:
    return REVIEWS.parse_template(answered(TEMPLATE | fields))


def news(*items: Any) -> list[News]:
    return REVIEWS.parse_news(Push("POST", {}, {}, json.dumps(items).encode(), "application/json"))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"Code": "OK", "TemplateCode": "SMS_1", "OrderId": "205101"}, "SMS_1"),
        ({"Code": "OK", "SignName": "云栖", "OrderId": "205101"}, "205101"),
    ],
)
def test_what_was_taken_is_submitted_under_the_vendors_code(body: Any, code: str) -> None:
    assert REVIEWS.parse_submitted(answered(body)) == Standing(Stage.SUBMITTED, code=code)


def test_a_refusal_carries_the_vendors_code_and_words() -> None:
    with pytest.raises(NotReviewed) as refusal:
        REVIEWS.parse_submitted(answered({"Code": "isv.SIGN_OVER_LIMIT", "Message": "超过限制"}))

    assert (refusal.value.code, refusal.value.text) == ("isv.SIGN_OVER_LIMIT", "超过限制")


def test_an_answer_that_says_nothing_is_a_refusal_too() -> None:
    with pytest.raises(NotReviewed, match="HTTP 502"):
        REVIEWS.parse_template(answered(b"<html>", status=502))


@pytest.mark.parametrize(
    ("status", "stage", "reason"),
    [
        (0, Stage.SUBMITTED, ""),
        (2, Stage.REJECTED, "文件不清晰"),
        ("10", Stage.REJECTED, "取消审核"),
        ("AUDIT_SATE_CANCEL", Stage.REJECTED, "取消审核"),
        ("AUDIT_STATE_NOT_PASS", Stage.REJECTED, "文件不清晰"),
    ],
)
def test_a_signature_that_is_not_approved_stands_as_the_vendor_says(
    status: Any, stage: Stage, reason: str
) -> None:
    audit = {"RejectInfo": "文件不清晰"} if reason == "文件不清晰" else None

    standing = signature(carrier("mobile", 3), SignStatus=status, AuditInfo=audit)

    assert standing == Standing(stage, reason=reason, code="20044156924")


@pytest.mark.parametrize(
    ("statuses", "stage"),
    [
        ((3, 3, 3), Stage.USABLE),
        ((3, 1, 1), Stage.USABLE),
        ((3, -1, 0), Stage.FILED),
        ((-1, -1, 1), Stage.FILED),
        ((-1, -1, -1), Stage.APPROVED),
        ((0, 2, -2), Stage.APPROVED),
        ((), Stage.APPROVED),
    ],
)
def test_an_approved_signature_is_usable_once_every_carrier_filed_it(
    statuses: tuple[int, ...], stage: Stage
) -> None:
    names = ("mobile", "unicom", "telecom")

    assert signature(*(carrier(*one) for one in zip(names, statuses, strict=False))).stage is stage


def test_each_carrier_has_its_stage_or_the_codes_of_what_is_wrong() -> None:
    standing = signature(
        carrier("mobile", 3, "DETECT_SUCCESS"),
        carrier("unicom", 0, "QUALIFICATION_ERROR", "SIGNATURE_ERROR", said="资质与工信信息不一致"),
        carrier("telecom", 2),
    )

    assert standing.carriers == {
        "mobile": "usable",
        "unicom": "QUALIFICATION_ERROR, SIGNATURE_ERROR",
        "telecom": "报备失效",
    }
    assert standing.reason == "资质与工信信息不一致"


def test_a_carrier_that_is_at_it_or_tries_it_out_says_so() -> None:
    standing = signature(carrier("mobile", 1, "DETECTING"), carrier("unicom", -1, "REGISTERING"))

    assert standing.carriers == {"mobile": "filed", "unicom": "submitted"}


def test_the_older_word_for_all_carriers_is_understood() -> None:
    assert signature(RegisterResult=1).stage is Stage.USABLE
    assert signature(RegisterResult=0).stage is Stage.APPROVED


@pytest.mark.parametrize(
    ("status", "stage"),
    [("0", Stage.SUBMITTED), ("1", Stage.USABLE), (1, Stage.USABLE), ("10", Stage.REJECTED)],
)
def test_an_approved_template_is_usable_at_once(status: Any, stage: Stage) -> None:
    standing = template(TemplateStatus=status)

    assert (standing.stage, standing.code, standing.body) == (stage, "SMS_20375", "订单${no}已发货。")


def test_a_rejected_template_says_why() -> None:
    standing = template(TemplateStatus="2", AuditInfo={"RejectInfo": "变量属性不符"})

    assert (standing.stage, standing.reason) == (Stage.REJECTED, "变量属性不符")


def test_a_status_that_nobody_knows_settles_nothing() -> None:
    with pytest.raises(NotReviewed, match="77"):
        template(TemplateStatus="77")


def test_the_answers_here_are_of_the_vendors_shape() -> None:
    sign = APPROVED | {"SignIspRegisterDetailList": [carrier("mobile", 0, "SIGNATURE_ERROR", said="x")]}

    assert sdk.GetSmsSignResponseBody().from_map(sign).to_map() == sign
    assert sdk.GetSmsTemplateResponseBody().from_map(TEMPLATE).to_map() == TEMPLATE


TEMPLATE_NEWS = {
    "template_type": "验证码",
    "reason": "test",
    "template_name": "短信测试模版1957",
    "orderId": "205101",
    "template_content": "签名测试签名模版1957",
    "template_status": "approved",
    "remark": "test",
    "template_code": "SMS_123123242",
    "create_date": "2019-05-30 19:58:25",
}
SIGNATURE_NEWS = {
    "sign_source": "公众号",
    "reason": "test",
    "sign_name": "云栖",
    "orderId": "2005184",
    "sign_status": "approved",
    "remark": "test",
    "sign_scene": "SMS_123123242",
    "create_date": "2019-05-30 19:58:25",
}


def test_news_of_a_template_is_read() -> None:
    approved = Standing(Stage.USABLE, code="SMS_123123242", body="签名测试签名模版1957")

    assert news(TEMPLATE_NEWS) == [News("template", "SMS_123123242", approved)]


@pytest.mark.parametrize("name", ["orderId", "order_id"])
def test_news_of_a_signature_is_read_by_either_name_of_its_ticket(name: str) -> None:
    item = {key: value for key, value in SIGNATURE_NEWS.items() if key != "orderId"} | {name: "2005184"}

    assert news(item) == [News("signature", "云栖", Standing(Stage.APPROVED, code="2005184"))]


@pytest.mark.parametrize(
    ("status", "stage", "reason"),
    [("approving", Stage.SUBMITTED, ""), ("rejected", Stage.REJECTED, "test")],
)
def test_only_a_rejection_has_a_reason(status: str, stage: Stage, reason: str) -> None:
    told = news(TEMPLATE_NEWS | {"template_status": status}, SIGNATURE_NEWS | {"sign_status": status})

    assert [(one.standing.stage, one.standing.reason) for one in told] == [(stage, reason)] * 2


def test_a_push_of_anything_else_holds_no_news() -> None:
    assert news() == []
    assert (
        news({"phone_number": "13811110000", "content": "R"}, {"sign_status": "new", "sign_name": "x"}) == []
    )
    assert REVIEWS.parse_news(Push("POST", {}, {}, b"{")) == []


odd = st.none() | st.booleans() | st.integers() | st.text(max_size=2000) | st.lists(st.text(), max_size=2)
anything = st.recursive(
    odd,
    lambda some: (
        st.lists(some, max_size=3) | st.dictionaries(st.sampled_from([*APPROVED, *carrier("", 0)]), some)
    ),
)


@given(st.dictionaries(st.sampled_from([*TEMPLATE_NEWS, *SIGNATURE_NEWS]), odd))
def test_no_push_makes_it_stumble(changes: dict[str, Any]) -> None:
    for one in news(TEMPLATE_NEWS | changes, SIGNATURE_NEWS | changes, changes):
        assert_can_be_saved(one.standing)


@given(
    st.dictionaries(
        st.sampled_from([*APPROVED, *TEMPLATE, "SignIspRegisterDetailList", "RegisterResult"]), anything
    )
)
def test_no_answer_makes_it_stumble(changes: dict[str, Any]) -> None:
    for body in (APPROVED | changes, TEMPLATE | changes, changes):
        for parse in (REVIEWS.parse_signature, REVIEWS.parse_template, REVIEWS.parse_submitted):
            try:
                standing = parse(answered(body))
            except NotReviewed as refusal:
                standing = Standing(Stage.REJECTED, reason=refusal.text, code=refusal.code)
            assert_can_be_saved(standing)


def assert_can_be_saved(standing: Standing) -> None:
    assert len(standing.code) <= 60
    assert len(standing.reason) <= 300
    whole = json.dumps([standing.reason, standing.code, standing.body, dict(standing.carriers)])
    assert "\\u0000" not in whole
