"""Templates as merchants keep them."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from merchants.models import Brand
from notifications import templates
from notifications.linting import RULES, Finding, Severity
from notifications.models import Template, TemplateVersion
from notifications.rendering import Code, MissingValue, Problem, Source, TemplateErrors
from notifications.template_words import _FINDINGS, _PROBLEMS
from tests.builders import a_gateway, a_merchant, a_signature, a_user

pytestmark = pytest.mark.django_db


def make(merchant: object, **fields: object) -> Template:
    about = {
        "code": "paid",
        "event": "order.paid",
        "channel": "sms",
        "language": "zh-hans",
        "category": "transactional",
        "body": "订单{订单号}已付款",
    }
    return templates.create(merchant, **about | fields)  # type: ignore[arg-type]


def test_a_new_template_has_a_first_version() -> None:
    user = a_user()
    template = make(a_merchant(), by=user)
    version = TemplateVersion.objects.get(template=template)
    assert (version.number, version.body, version.created_by) == (1, template.body, user)


def test_a_bad_text_makes_no_template() -> None:
    with pytest.raises(TemplateErrors):
        make(a_merchant(), body="{nothing}")
    assert not Template.objects.exists()


def test_a_change_is_a_new_version_and_the_old_one_stays() -> None:
    template = make(a_merchant())
    version = templates.publish(template, subject="", body="订单{订单号}付款成功")
    assert version.number == 2
    assert [v.body for v in template.versions.all()] == ["订单{订单号}付款成功", "订单{订单号}已付款"]
    stored = Template.objects.get(pk=template.pk)
    assert (stored.version, stored.body) == (template.version, template.body) == (2, "订单{订单号}付款成功")


def test_the_same_text_again_is_no_new_version() -> None:
    template = make(a_merchant())
    assert templates.publish(template, subject="", body=template.body).number == 1
    assert TemplateVersion.objects.count() == 1


def test_a_bad_change_changes_nothing() -> None:
    template = make(a_merchant())
    with pytest.raises(TemplateErrors):
        templates.publish(template, subject="", body="{% for x in y %}{% endfor %}")
    assert Template.objects.get().body == template.body == "订单{订单号}已付款"
    assert TemplateVersion.objects.count() == 1


def test_a_version_published_meanwhile_is_not_overwritten() -> None:
    template = make(a_merchant())
    stale = Template.objects.get(pk=template.pk)
    templates.publish(template, subject="", body="{订单号}一")
    assert templates.publish(stale, subject="", body="{订单号}二").number == 3


def test_a_preview_counts_the_signature() -> None:
    merchant = a_merchant()
    a_signature(merchant, text="山间茶铺")
    preview = templates.preview(make(merchant), merchant=merchant)
    assert preview.text == "订单20261012-0815已付款"
    assert preview.signature == "山间茶铺"
    assert preview.segments
    assert (preview.segments.units, preview.parts) == (len("【山间茶铺】" + preview.text), 1)


def test_a_preview_of_a_mail_carries_the_brand() -> None:
    merchant = a_merchant(name="茶 & 铺")
    Brand.objects.create(merchant=merchant, accent="#123456", postal_address="杭州市")
    template = make(merchant, channel="email", subject="订单 {订单号}", body="<p>您好</p>")
    preview = templates.preview(template, merchant=merchant)
    assert preview.subject == "订单 20261012-0815"
    assert "茶 &amp; 铺" in preview.html
    assert "#123456" in preview.html
    assert "杭州市" in preview.text
    assert preview.segments is None


def test_a_preview_fills_what_the_order_does_not_say_and_says_so() -> None:
    merchant = a_merchant()
    source = Source("sms", "shipment.delayed", "zh-hans", "", "订单{订单号}因{延误原因}延误")
    facts = {"order": {"number": "X1"}, "shipment": {"reason": ""}, "customer": {}, "items": []}
    preview = templates.preview(source, merchant=merchant, facts=facts)
    assert preview.text == "订单X1因恶劣天气延误"
    assert preview.missing == ["shipment.reason"]


def test_a_preview_lints_for_the_countrys_carriers() -> None:
    merchant = a_merchant(country="CN")
    template = make(merchant, body="订单{订单号}已付款，大促中")
    assert "marketing_words" in [
        finding.code for finding in templates.preview(template, merchant=merchant).findings
    ]


def test_a_preview_asks_the_merchants_own_vendors() -> None:
    merchant = a_merchant(country="GB")
    a_gateway(merchant, kind="aliyun", countries=["CN"])
    a_gateway(merchant, kind="twilio", countries=["US", "DE"], sender="Willow")
    a_gateway(merchant, kind="tencent", countries=["CN"], is_active=False)
    a_gateway(a_merchant(), kind="tencent")
    a_signature(merchant, text="山间茶铺", countries=["CN"])
    template = make(merchant, body="订单{订单号}{订单金额}已付款")
    found = templates.preview(template, merchant=merchant).findings
    assert [(one.code, one.severity, one.gateways, one.countries) for one in found] == [
        ("adjacent_placeholders", Severity.ERROR, ("aliyun",), ()),
        ("letters_in_sender", Severity.WARNING, ("twilio",), ("US",)),
    ]


def test_a_preview_measures_what_the_order_says() -> None:
    merchant = a_merchant(country="CN")
    a_gateway(merchant, kind="aliyun")
    a_signature(merchant)
    template = make(merchant)
    facts = templates.sample_facts("order.paid", "zh-hans")
    assert templates.preview(template, merchant=merchant, facts=facts).findings == []
    facts["order"]["number"] = "N" * 36
    (finding,) = templates.preview(template, merchant=merchant, facts=facts).findings
    assert (finding.code, finding.params["length"]) == ("long_value", 36)


def test_a_version_is_rendered_in_its_brand() -> None:
    template = make(a_merchant(), channel="email", subject="s", body="<p>{订单号}</p>")
    version = TemplateVersion.objects.select_related("template").get()
    brand = Brand(merchant=template.merchant, from_name="山间", support_url="https://x.example/")
    rendered = templates.wording_of(version, brand).render(
        templates.sample_facts("order.paid", "zh-hans"), language="zh-hans", timezone="Asia/Shanghai"
    )
    assert "山间" in rendered.html
    assert "https://x.example/" in rendered.text


def test_a_version_of_an_incomplete_order_is_missing_by_name() -> None:
    make(a_merchant())
    wording = templates.wording_of(TemplateVersion.objects.select_related("template").get())
    with pytest.raises(MissingValue, match=r"order\.number"):
        wording.render({}, language="en", timezone="UTC")


def test_every_problem_and_finding_has_words() -> None:
    assert set(_PROBLEMS) == set(Code)
    assert set(_FINDINGS) == {rule.code for rule in RULES}


def test_a_problem_reads_as_a_sentence() -> None:
    problem = Problem(
        Code.UNKNOWN_PLACEHOLDER, "body", line=2, column=4, name="order.totl", suggestion="order.total"
    )
    with override("en"):
        assert templates.problem_text(problem) == (
            "There is no placeholder “order.totl”. Did you mean “order.total”? (Text, line 2, character 4)"
        )


def test_a_finding_reads_as_a_sentence() -> None:
    finding = Finding(Severity.WARNING, "more_than_one_part", {"parts": 2, "units": 90, "limit": 70})
    with override("en"):
        text, advice = templates.finding_text(finding), templates.finding_advice(finding)
    assert text == "It takes 2 parts (90 characters); one part holds 70."
    assert advice == "Make it shorter if you can: each part is paid for."
