"""What Tencent Cloud is told of signatures and templates, and where it says they stand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.reviewing import NotReviewed, SignatureDraft, Stage, Standing, TemplateDraft
from notifications.gateways.tencent_reviewing import TencentReviewing
from notifications.outbound import Request, Response
from tests.notifications.gateways import given as g

ACCOUNT = g.account("tencent", secret_id="AKID", secret_key="s3cret")
REVIEWING = TencentReviewing()
# As the vendor prints it.
SIGN = {
    "SignName": "腾讯云",
    "International": 0,
    "SignId": 1110,
    "ReviewReply": "",
    "CreateTime": 1617508800,
    "StatusCode": 0,
}
TEMPLATE = {
    "TemplateId": 1110,
    "International": 0,
    "StatusCode": 0,
    "ReviewReply": "",
    "TemplateName": "shipped",
    "CreateTime": 1617379200,
    "TemplateContent": "订单{1}已发货",
}


def said(**fields: Any) -> Response:
    return Response(200, json.dumps({"Response": {"RequestId": "r", **fields}}).encode())


def told(request: Request) -> tuple[str, dict[str, Any]]:
    return request.headers["x-tc-action"], json.loads(request.body)


def submit_signature(**fields: Any) -> dict[str, Any]:
    draft = SignatureDraft("云栖", **fields)
    return told(REVIEWING.submit_signature(draft, ACCOUNT, now=g.NOW))[1]


def submit_template(**fields: Any) -> dict[str, Any]:
    draft = TemplateDraft(**({"name": "n", "body": "b", "category": "transactional"} | fields))
    return told(REVIEWING.submit_template(draft, ACCOUNT, now=g.NOW))[1]


def test_a_signature_is_handed_in_with_its_proof() -> None:
    fields = {"SignType": "4", "DocumentType": "7", "ProofImage": "aGk=", "QualificationId": "42"}

    assert submit_signature(fields=fields) == {
        "SignName": "云栖",
        "International": 0,
        "SignType": 4,
        "DocumentType": 7,
        "ProofImage": "aGk=",
        "QualificationId": 42,
        "SignPurpose": 0,
    }


def test_what_was_left_out_has_the_fields_default() -> None:
    handed_in = submit_signature(is_international=True, fields={"SignType": "", "ProofImage": "aGk="})

    assert handed_in == {
        "SignName": "云栖",
        "International": 1,
        "SignType": 0,
        "DocumentType": 1,
        "ProofImage": "aGk=",
        "SignPurpose": 0,
    }


def test_a_picture_leaves_without_its_prefix_and_its_line_breaks() -> None:
    fields = {"ProofImage": "data:image/jpeg;base64,aGk\r\naGk=\n", "CommissionImage": "1234"}

    handed_in = submit_signature(fields=fields)

    assert (handed_in["ProofImage"], handed_in["CommissionImage"]) == ("aGkaGk=", "1234")


def test_every_field_with_choices_offers_its_default() -> None:
    for field in (*REVIEWING.signature_fields, *REVIEWING.template_fields):
        assert not field.default or field.default in dict(field.choices)


def test_a_template_is_handed_in() -> None:
    draft = TemplateDraft("shipped", "订单{1}已发货", "transactional", fields={"Remark": "{1}: the number"})

    request = REVIEWING.submit_template(draft, ACCOUNT, now=g.NOW)

    assert told(request) == (
        "AddSmsTemplate",
        {
            "TemplateName": "shipped",
            "TemplateContent": "订单{1}已发货",
            "International": 0,
            "Remark": "{1}: the number",
            "SmsType": 2,
        },
    )


def test_the_kind_of_text_follows_from_the_category_unless_it_was_told() -> None:
    assert submit_template()["SmsType"] == 2
    assert submit_template(category="marketing")["SmsType"] == 1
    assert submit_template(fields={"SmsType": "3"})["SmsType"] == 3


def test_a_template_for_abroad_says_so_and_a_remark_is_never_missing() -> None:
    handed_in = submit_template(is_international=True)

    assert (handed_in["International"], handed_in["Remark"]) == (1, "n")


@pytest.mark.parametrize(
    "added", [{"AddTemplateStatus": {"TemplateId": "1110"}}, {"AddSignStatus": {"SignId": 1110}}]
)
def test_what_was_handed_in_has_the_vendors_id(added: dict[str, Any]) -> None:
    assert REVIEWING.parse_submitted(said(**added)) == Standing(Stage.SUBMITTED, code="1110")


def test_a_refusal_carries_the_vendors_code_and_words() -> None:
    response = said(Error={"Code": "FailedOperation.MissingSignature", "Message": "no signature yet"})

    for parse in (REVIEWING.parse_submitted, REVIEWING.parse_signature, REVIEWING.parse_template):
        with pytest.raises(NotReviewed) as refusal:
            parse(response)
        assert (refusal.value.code, refusal.value.text) == (
            "FailedOperation.MissingSignature",
            "no signature yet",
        )


def test_it_asks_by_the_vendors_id() -> None:
    signature = REVIEWING.look_at_signature("云栖", "1110", ACCOUNT, now=g.NOW)
    template = REVIEWING.look_at_template("1111", ACCOUNT, now=g.NOW, is_international=True)

    assert told(signature) == ("DescribeSmsSignList", {"International": 0, "SignIdSet": [1110]})
    assert told(template) == ("DescribeSmsTemplateList", {"International": 1, "TemplateIdSet": [1111]})


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        (0, Stage.USABLE),
        (1, Stage.SUBMITTED),
        (2, Stage.SUBMITTED),
        (-1, Stage.REJECTED),
        ("0", Stage.USABLE),
    ],
)
def test_only_what_is_in_force_is_usable(state: Any, stage: Stage) -> None:
    signature = REVIEWING.parse_signature(said(DescribeSignListStatusSet=[SIGN | {"StatusCode": state}]))
    template = REVIEWING.parse_template(said(DescribeTemplateStatusSet=[TEMPLATE | {"StatusCode": state}]))

    assert (signature.stage, template.stage) == (stage, stage)


def test_a_standing_tells_the_reason_and_the_text_on_file() -> None:
    row = TEMPLATE | {"StatusCode": -1, "ReviewReply": "变量过多"}

    assert REVIEWING.parse_template(said(DescribeTemplateStatusSet=[row])) == Standing(
        Stage.REJECTED, reason="变量过多", code="1110", body="订单{1}已发货"
    )


@pytest.mark.parametrize("rows", [[], [{}], [{"StatusCode": 9}], None, "x"])
def test_a_state_that_the_vendor_does_not_tell_is_none(rows: Any) -> None:
    with pytest.raises(NotReviewed):
        REVIEWING.parse_template(said(DescribeTemplateStatusSet=rows))


names = st.sampled_from(
    [
        "Error",
        "Code",
        "AddSignStatus",
        "SignId",
        "AddTemplateStatus",
        "DescribeSignListStatusSet",
        "StatusCode",
    ]
)
answers = st.binary(max_size=99) | st.recursive(
    st.none() | st.integers() | st.text(),
    lambda some: st.dictionaries(names, some) | st.lists(some, max_size=2),
).map(lambda value: json.dumps({"Response": value}).encode())


@given(st.integers(100, 599), answers)
def test_no_answer_makes_it_stumble(status: int, body: bytes) -> None:
    for parse in (REVIEWING.parse_submitted, REVIEWING.parse_signature, REVIEWING.parse_template):
        try:
            standing = parse(Response(status, body))
        except NotReviewed as refusal:
            refusal.text.encode()
        else:
            (standing.code + standing.reason + standing.body).encode()
