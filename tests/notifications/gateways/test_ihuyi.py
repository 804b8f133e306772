"""What goes to ihuyi, at home and abroad."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from notifications.gateways.ihuyi import Ihuyi
from notifications.gateways.ihuyi_intl import IhuyiInternational
from notifications.gateways.terms import Limit
from notifications.outbound import Request, Response
from notifications.outcomes import ErrorClass, Outcome
from tests.notifications.gateways import given as g

HOME = g.account("ihuyi", apiid="C1234", apikey="k3y")
ABROAD = g.account("ihuyi_intl", apiid="I1234", apikey="k3y")


def build(**fields: Any) -> Request:
    return Ihuyi().build([g.text(**fields)], HOME, now=g.NOW)


def form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True))


def taken(smsid: str) -> Response:
    return Response(200, json.dumps({"code": 2, "msg": "提交成功", "smsid": smsid}).encode())


def test_a_text_leaves_whole_as_a_form() -> None:
    request = build(body="您的订单已发货", signature="云栖")

    assert (request.method, request.url) == ("POST", "https://106.ihuyi.com/webservice/sms.php?method=Submit")
    assert request.headers == {"Content-Type": "application/x-www-form-urlencoded"}
    assert form(request) == {
        "account": "C1234",
        # printf %s C1234 k3y 13800138000 您的订单已发货 1795343179 | md5sum
        "password": "6c5f793a6aae5f86b5ddc2d954d9cf39",
        "mobile": "13800138000",
        "content": "您的订单已发货",
        "time": "1795343179",
        "format": "json",
    }


def test_the_key_itself_never_travels() -> None:
    request = build()

    assert "k3y" not in request.url + request.body.decode() + str(request.headers)
    assert "k3y" not in repr(HOME) + repr(request)


def test_a_template_leaves_as_its_number_and_its_variables() -> None:
    sent = form(build(template_code="2015", params={"no": "A1", "by": "圆通"}))

    assert (sent["templateid"], sent["content"]) == ("2015", "A1|圆通")


def test_a_bar_in_a_variable_does_not_make_two_of_it() -> None:
    assert form(build(template_code="1", params={"no": "A|1"}))["content"] == "A｜1"


def test_it_has_variables_without_names() -> None:
    assert Ihuyi().spell_variable("order", 1) == "【变量】"


def test_the_address_may_be_entered_as_the_vendor_prints_it() -> None:
    account = g.account("ihuyi", endpoint="http://127.0.0.1:9/sms.php?method=Submit", apiid="a", apikey="b")

    assert Ihuyi().build([g.text()], account, now=g.NOW).url == "http://127.0.0.1:9/sms.php?method=Submit"
    assert Ihuyi().build_balance(account, now=g.NOW).url == "http://127.0.0.1:9/sms.php?method=GetNum"


def test_a_number_from_abroad_is_refused_before_it_is_taken_for_one_in_china() -> None:
    world = g.World()

    (result,) = asyncio.run(Ihuyi().send([g.text(phone="+19785550123")], HOME, world, now=g.NOW))

    assert (result.outcome, result.error) == (Outcome.REFUSED, ErrorClass.RECIPIENT)
    assert world.requests == []


def test_a_number_in_china_is_sent_to() -> None:
    world = g.World(lambda request: taken("16236"))

    (result,) = asyncio.run(Ihuyi().send([g.text()], HOME, world, now=g.NOW))

    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, "16236")


@pytest.mark.parametrize(
    ("phone", "spelt"),
    [
        ("+19785550123", "1 9785550123"),
        ("+390612345678", "39 0612345678"),
        ("+85261234567", "852 61234567"),
        ("+8613800138000", "86 13800138000"),
        ("+99912345678", "99912345678"),
    ],
)
def test_a_number_abroad_is_its_country_a_space_and_the_rest(phone: str, spelt: str) -> None:
    request = IhuyiInternational().build([g.text(phone=phone)], ABROAD, now=g.NOW)

    assert request.url == "https://api.isms.ihuyi.com/webservice/isms.php?method=Submit"
    assert form(request)["mobile"] == spelt


def test_a_text_abroad_carries_its_signature() -> None:
    request = IhuyiInternational().build([g.text(body="Hi", signature="Yunqi")], ABROAD, now=g.NOW)

    assert form(request)["content"] == "【Yunqi】Hi"


def test_a_text_abroad_is_sent_and_read_the_same() -> None:
    world = g.World(lambda request: taken("7"))

    texts = [g.text(phone="+19785550123")]
    (result,) = asyncio.run(IhuyiInternational().send(texts, ABROAD, world, now=g.NOW))

    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, "7")


def test_the_balance_is_asked_for_without_the_key() -> None:
    request = Ihuyi().build_balance(HOME, now=g.NOW)

    assert request.url.endswith("?method=GetNum")
    assert form(request) == {
        "account": "C1234",
        # printf %s C1234 k3y 1795343179 | md5sum
        "password": "dbff95b2c17fd78a0645cf04799f75cf",
        "time": "1795343179",
        "format": "json",
    }


def test_it_keeps_to_the_limits_that_the_vendor_prints() -> None:
    assert Ihuyi().limits == (Limit(1, 60, per=("phone",)), Limit(5, 86400, per=("phone",)))


def test_an_unknown_text_is_given_up_at_the_first_look() -> None:
    for gateway in (Ihuyi(), IhuyiInternational()):
        assert not gateway.can_ask
        assert gateway.settling.deadline == gateway.settling.ask_after
