"""All that a vendor lacks, handed in at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from merchants.models import Merchant
from notifications.configuring import InvalidSettings
from notifications.models import GatewayAccount, Template, VendorTemplate
from notifications.reviewing import languages_at, missing_at, submit_missing, withdraw, work_off
from notifications.reviewing.deciding import give_up
from tests.builders import a_gateway, a_merchant, a_template
from tests.notifications.reviewing.given import TEMPLATE_FIELDS, a_vendor, an_account

pytestmark = pytest.mark.django_db
DATA = {"fields": TEMPLATE_FIELDS}


@pytest.fixture
def shop() -> Merchant:
    return a_merchant(language="en")


@pytest.fixture
def aliyun(shop: Merchant) -> GatewayAccount:
    return a_gateway(shop, kind="aliyun", countries=["US"])


def at(account: GatewayAccount, template: Template, **fields: Any) -> VendorTemplate:
    made: VendorTemplate = VendorTemplate.objects.create(
        merchant=account.merchant, template=template, gateway=account, **fields
    )
    return made


def codes(skipped: Iterable[Any]) -> dict[str, str]:
    return {one.template.code: one.code for one in skipped}


def errors(fault: pytest.ExceptionInfo[InvalidSettings]) -> dict[str, str]:
    return {error.field: error.code for error in fault.value.errors}


def test_each_is_handed_in_as_the_vendor_spells_it(aliyun: GatewayAccount) -> None:
    for code in ("b", "a"):
        a_template(aliyun.merchant, code=code)
    handed_in = submit_missing(aliyun, data=DATA)
    assert [one.template.code for one in handed_in.submitted] == ["a", "b"]
    for review in VendorTemplate.objects.all():
        assert (review.state, review.body, review.fields, review.submitted_at) == (
            "submitted",
            "We have your order ${order_number}.",
            TEMPLATE_FIELDS,
            None,
        )


def test_only_active_texts_of_this_shop_are(aliyun: GatewayAccount) -> None:
    a_template(aliyun.merchant, is_active=False)
    a_template(aliyun.merchant, channel="email")
    a_template(aliyun.merchant).archive()
    a_template(a_merchant(language="en"))
    assert submit_missing(aliyun, data=DATA).submitted == []
    assert not VendorTemplate.objects.exists()


def test_it_hands_nothing_in_twice(aliyun: GatewayAccount) -> None:
    a_template(aliyun.merchant, code="a")
    submit_missing(aliyun, data=DATA)
    again = submit_missing(aliyun, data=DATA)
    assert (again.submitted, codes(again.skipped)) == ([], {"a": "submitted"})
    VendorTemplate.objects.update(state="usable", code="SMS_1")
    again = submit_missing(aliyun, data=DATA)
    assert (again.submitted, codes(again.skipped)) == ([], {"a": "approved"})


def test_what_no_vendor_can_say_does_not_keep_the_others(aliyun: GatewayAccount) -> None:
    a_template(aliyun.merchant, code="filtered", body="{{ order.number | upcase }}")
    a_template(aliyun.merchant, code="broken", body="{{ order.mood }}")
    a_template(aliyun.merchant, code="long", body="{order.number} " * 62)
    a_template(aliyun.merchant, code="good")
    handed_in = submit_missing(aliyun, data=DATA)
    assert [one.template.code for one in handed_in.submitted] == ["good"]
    assert codes(handed_in.skipped) == {
        "filtered": "cannot_spell",
        "broken": "cannot_be_read",
        "long": "too_long",
    }
    assert all(str(one.detail) for one in handed_in.skipped)
    assert VendorTemplate.objects.count() == 1


def test_what_was_rejected_goes_again_once_its_words_are_others(aliyun: GatewayAccount) -> None:
    template = a_template(aliyun.merchant, code="a")
    at(aliyun, template, state="rejected", reason="no such word", version=1)
    (one,) = missing_at(aliyun, languages=["en"]).skipped
    assert one.code == "rejected"
    assert "no such word" in str(one.detail)
    template.version = 2
    template.save()
    assert len(submit_missing(aliyun, data=DATA).submitted) == 1


def test_what_the_vendor_may_have_is_not_handed_in_unseen(aliyun: GatewayAccount) -> None:
    review = at(aliyun, a_template(aliyun.merchant, code="a"), state="submitted")
    give_up(review)
    handed_in = submit_missing(aliyun, data=DATA)
    assert (handed_in.submitted, codes(handed_in.skipped)) == ([], {"a": "unclear"})
    withdraw(review)
    assert len(submit_missing(aliyun, data=DATA).submitted) == 1


@pytest.mark.parametrize(
    ("own", "countries", "there", "usual"),
    [
        ("zh-hans", ["CN"], ["en", "zh-hans", "zh-hant"], ["zh-hans"]),
        ("zh-hans", [], ["en", "zh-hans"], ["zh-hans"]),
        ("en", [], ["en", "zh-hans"], ["zh-hans"]),
        ("zh-hans", ["US"], ["de", "en", "zh-hans"], ["de", "en"]),
        ("en", ["US"], ["de", "en", "zh-hans"], ["en"]),
        ("en", ["CN"], ["de", "en"], ["en"]),
        ("en", ["US"], [], []),
    ],
)
def test_the_vendors_market_and_the_shop_say_which_languages_are_meant(
    own: str, countries: list[str], there: list[str], usual: list[str]
) -> None:
    shop = a_merchant(language=own)
    account = a_gateway(shop, kind="tencent", countries=countries)
    for language in there:
        a_template(shop, language=language)
    assert languages_at(account) == {one: one in usual for one in there}
    submit_missing(account, data={})
    handed_in = VendorTemplate.objects.values_list("template__language", flat=True)
    assert sorted(handed_in) == usual


def test_other_languages_can_be_named_by_any_of_their_tags(shop: Merchant) -> None:
    account = a_gateway(shop, kind="tencent")
    for language in ("en", "zh-hans"):
        a_template(shop, language=language)
    handed_in = submit_missing(account, data={"languages": ["zh_CN"]})
    assert [one.template.language for one in handed_in.submitted] == ["zh-hans"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, {"fields.ApplySceneContent": "required"}),
        ({"fields": {"Mood": "good"} | TEMPLATE_FIELDS}, {"fields.Mood": "unknown_field"}),
        ({"fields": {"TemplateRule": "{}"} | TEMPLATE_FIELDS}, {"fields.TemplateRule": "per_template"}),
        (DATA | {"languages": "en"}, {"languages": "not_a_list"}),
        (DATA | {"languages": ["en", ""]}, {"languages[1]": "unknown_language"}),
        (DATA | {"languages": [1]}, {"languages[0]": "unknown_language"}),
        (DATA | {"colour": "red"}, {"colour": "unknown_field"}),
    ],
)
def test_what_is_wrong_for_all_hands_in_none(
    aliyun: GatewayAccount, data: dict[str, Any], expected: dict[str, str]
) -> None:
    a_template(aliyun.merchant)
    with pytest.raises(InvalidSettings) as fault:
        submit_missing(aliyun, data=data)
    assert errors(fault) == expected
    assert not VendorTemplate.objects.exists()


def test_a_vendor_without_an_interface_gets_none(shop: Merchant) -> None:
    a_template(shop)
    with pytest.raises(InvalidSettings) as fault:
        submit_missing(a_gateway(shop, kind="ihuyi"), data={})
    assert errors(fault) == {"gateway": "no_interface"}


def test_looking_takes_as_many_queries_for_ten_as_for_one(
    aliyun: GatewayAccount, django_assert_num_queries: Any
) -> None:
    for _ in range(10):
        a_template(aliyun.merchant)
    with django_assert_num_queries(2):
        assert len(missing_at(aliyun, languages=["en"]).ready) == 10


@pytest.mark.django_db(transaction=True)
def test_they_leave_at_the_vendors_pace() -> None:
    with a_vendor() as vendor:
        account = an_account(vendor, countries=["US"])
        for _ in range(3):
            a_template(account.merchant)
        submit_missing(account, data=DATA)
        work_off()
        assert vendor.actions == ["CreateSmsTemplate"]
        assert VendorTemplate.objects.filter(state="submitted", submitted_at=None).count() == 2
