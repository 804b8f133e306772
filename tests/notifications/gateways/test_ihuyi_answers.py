"""What ihuyi's answers mean, in JSON and in XML."""

from __future__ import annotations

import json
import string
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.base import Unanswered
from notifications.gateways.ihuyi import Ihuyi
from notifications.gateways.terms import Balance
from notifications.outbound import Response
from notifications.outcomes import ErrorClass, Outcome, Result
from tests.notifications.gateways import given as g

XML = (
    '<?xml version="1.0" encoding="utf-8"?>\n<SubmitResult xmlns="http://106.ihuyi.com/">\n'
    "<code>{}</code>\n<msg>{}</msg>\n<smsid>{}</smsid>\n</SubmitResult>"
)


def answered(body: Any, *, status: int = 200) -> Response:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return Response(status, text.encode())


def read(body: Any, *, status: int = 200) -> Result:
    (result,) = Ihuyi().parse([g.text()], answered(body, status=status))
    return result


def refusal(code: Any) -> Result:
    return read({"code": code, "msg": "…", "smsid": "0"})


@pytest.mark.parametrize(
    "body",
    [
        {"code": 2, "msg": "提交成功", "smsid": "60495654"},
        {"code": "2", "msg": "提交成功", "smsid": 60495654},
        XML.format(2, "提交成功", 60495654),
        "\ufeff" + XML.format(2, "提交成功", 60495654),
    ],
)
def test_code_2_is_success(body: Any) -> None:
    result = read(body)

    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, "60495654")
    assert (result.code, result.text) == ("2", "提交成功")


def test_smsid_0_is_nobodys_name() -> None:
    assert read({"code": 2, "msg": "ok", "smsid": "0"}).provider_id == ""


@pytest.mark.parametrize(
    ("codes", "error"),
    [
        ("403 406", ErrorClass.RECIPIENT),
        ("4030 40864", ErrorClass.OPTED_OUT),
        ("404 407 4070 4071 4072 40722 4073 4074", ErrorClass.CONTENT),
        ("4010 4080 4081 4082 4083 4084 4085 4086", ErrorClass.RATE_RECIPIENT),
        ("408", ErrorClass.RATE_ACCOUNT),
        ("4051", ErrorClass.BALANCE),
        ("400 401 402 405 4050 4052 40505", ErrorClass.CREDENTIALS),
        ("4075", ErrorClass.CONFIG),
        # Not listed, but of a family that is; and of none.
        ("4053 40599", ErrorClass.CREDENTIALS),
        ("4079", ErrorClass.CONTENT),
        ("4089", ErrorClass.RATE_RECIPIENT),
        ("409 4999", ErrorClass.CONFIG),
    ],
)
def test_a_refusal_is_read_by_its_code(codes: str, error: ErrorClass) -> None:
    for code in codes.split():
        result = refusal(int(code))

        assert (result.outcome, result.error, result.code, result.text) == (
            Outcome.REFUSED,
            error,
            code,
            "…",
        )


@pytest.mark.parametrize(
    ("code", "seconds"), [(4010, 60), (4081, 60), (4082, 86400), (4086, None), (408, None)]
)
def test_a_rate_says_how_long_to_wait(code: int, seconds: int | None) -> None:
    assert refusal(code).retry_after == seconds


def test_a_frozen_account_is_told_in_the_vendors_words() -> None:
    said = "同一手机号码一分钟之内发送频率超过10条，系统将冻结你的帐号"

    assert read(XML.format(408, said, 0)).text == said


def test_words_in_xml_are_read_as_they_were_meant() -> None:
    assert read(XML.format(4072, "a &lt;b&gt; &amp; c", 0)).text == "a <b> & c"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"code": 0, "msg": "提交失败", "smsid": "0"}, 200),
        (XML.format(0, "提交失败", 0), 200),
        ({"code": 1, "msg": "?"}, 200),
        ({"msg": "?"}, 200),
        ("", 200),
        ("[]", 200),
        ('{"code":2,"msg":"提交', 200),
        ("<html><code>403</code></html>", 200),
        ("Bad Gateway", 502),
        ("", 504),
    ],
)
def test_what_says_nothing_certain_is_unknown(body: Any, status: int) -> None:
    assert read(body, status=status).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("status", "error"),
    [(302, ErrorClass.CONFIG), (404, ErrorClass.CONFIG), (429, ErrorClass.RATE_ACCOUNT)],
)
def test_a_door_that_is_shut_took_nothing(status: int, error: ErrorClass) -> None:
    assert (read("", status=status).outcome, read("", status=status).error) == (Outcome.REFUSED, error)


@given(
    st.integers(100, 599),
    st.binary(max_size=200)
    | st.dictionaries(st.sampled_from(["code", "msg", "smsid"]), st.integers() | st.text() | st.none()).map(
        lambda answer: json.dumps(answer).encode()
    ),
)
def test_no_answer_makes_it_stumble(status: int, body: bytes) -> None:
    (result,) = Ihuyi().parse([g.text()], Response(status, body))

    assert len(Ihuyi().fit_to_keep(result, g.account("ihuyi", apikey="k3y")).provider_id) <= 100


@given(st.text(string.digits, min_size=1, max_size=6).filter(lambda code: not code.startswith(("2", "4"))))
def test_no_code_outside_the_table_lets_a_text_leave_twice(code: str) -> None:
    assert refusal(code).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "body",
    [
        {"code": 2, "msg": "查询成功", "num": 1234},
        {"code": "2", "num": "1234"},
        '<GetNumResult xmlns="http://106.ihuyi.com/"><code>2</code><msg>ok</msg><num>1234</num></GetNumResult>',
    ],
)
def test_the_balance_is_a_number_of_texts(body: Any) -> None:
    assert Ihuyi().parse_balance(answered(body)) == Balance(Decimal(1234))


@pytest.mark.parametrize("body", ["", {"code": 405, "msg": "no"}, {"code": 2}, {"code": 2, "num": "many"}])
def test_a_balance_that_is_not_told_is_not_guessed(body: Any) -> None:
    with pytest.raises(Unanswered):
        Ihuyi().parse_balance(answered(body))
