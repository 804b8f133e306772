from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from merchants.roles import Right, Role
from notifications.models import Message, Template, VendorTemplate
from tests.builders import (
    a_gateway,
    a_merchant,
    a_rule,
    a_signature,
    a_template,
    an_order,
)
from tests.notifications.screens.given import (
    Doors,
    answers_to_a_stranger,
    expected_doors,
    logged_in,
    open_doors,
)

pytestmark = pytest.mark.django_db


def a_mail(**fields: Any) -> Template:
    return a_template(a_merchant(), channel="email", **fields)


def doors(row: Template) -> Doors:
    gateway = a_gateway(row.merchant, kind="aliyun")
    return {
        "template_detail": (Right.SEE, [row.pk]),
        "template_edit": (Right.CONFIGURE, [row.pk]),
        "template_preview": (Right.CONFIGURE, [row.pk]),
        "template_mail": (Right.SEE, [row.pk]),
        "template_toggle": (Right.CONFIGURE, [row.pk]),
        "template_remove": (Right.CONFIGURE, [row.pk]),
        "template_test": (Right.SEND, [row.pk]),
        "template_review": (Right.CONFIGURE, [row.pk, gateway.pk]),
        "template_version": (Right.SEE, [row.pk, 1]),
        "template_restore": (Right.CONFIGURE, [row.pk, 1]),
    }


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_it_has_the_right_to(role):
    row = a_mail()
    general = {"template_create": Right.CONFIGURE, "template_preview_new": Right.CONFIGURE}
    every = (
        dict(doors(row))
        | {name: (right, []) for name, right in general.items()}
        | {"template_list": (Right.SEE, [])}
    )
    assert open_doors(row.merchant, every, role=role) == expected_doors(every, role=role)


def test_another_shops_template_is_not_found():
    row = a_mail(code="secret-code")
    every = dict(doors(row))
    assert answers_to_a_stranger(every) == {name: {404} for name in every}
    row.refresh_from_db()
    assert (row.is_active, row.archived_at) == (True, None)
    assert "secret-code" not in logged_in(a_merchant()).get(reverse("template_list")).content.decode()


def test_a_gateway_of_another_shop_is_not_found():
    row = a_template(a_merchant())
    url = reverse("template_review", args=[row.pk, a_gateway(a_merchant(), kind="aliyun").pk])
    assert logged_in(row.merchant).post(url, {"code": "SMS_1", "state": "usable"}).status_code == 404


def test_an_order_of_another_shop_is_not_previewed_nor_tested():
    row = a_template(a_merchant())
    order = an_order(a_merchant(), number="THEIRS-1")
    client = logged_in(row.merchant)
    given = {"body": row.body, "order": order.number}
    page = client.post(reverse("template_preview", args=[row.pk]), given).content.decode()
    assert "There is no order of this number." in page
    assert "THEIRS-1" not in page
    client.post(reverse("template_test", args=[row.pk]), {"address": "13800138000", "order": order.number})
    assert not Message.objects.exists()


def test_a_template_is_made_with_its_first_version():
    shop = a_merchant()
    client = logged_in(shop)
    page = client.post(
        reverse("template_create"),
        {
            "event": "order.paid",
            "channel": "sms",
            "language": "zh-Hans",
            "code": "paid",
            "category": "transactional",
            "body": "订单{订单号}已付款。\r\n谢谢！",
        },
    )
    made = Template.objects.get()
    assert page["Location"] == reverse("template_detail", args=[made.pk])
    assert (made.merchant, made.body, made.versions.count()) == (shop, "订单{订单号}已付款。\n谢谢！", 1)


def test_an_error_says_its_line_and_the_input_stays():
    row = a_template(a_merchant())
    page = logged_in(row.merchant).post(
        reverse("template_edit", args=[row.pk]),
        {"category": "transactional", "body": "One\n{{ order.colour }}"},
    )
    assert page.status_code == 422
    assert "line 2" in page.content.decode()
    assert "{{ order.colour }}" in page.content.decode()


def test_other_words_make_a_version_with_its_author():
    row = a_template(a_merchant())
    client = logged_in(row.merchant)
    client.post(
        reverse("template_edit", args=[row.pk]),
        {"category": "transactional", "body": "New: {{ order.number }}"},
    )
    version = row.versions.get(number=2)
    assert version.created_by is not None
    assert version.created_by.email in client.get(reverse("template_detail", args=[row.pk])).content.decode()


def test_a_former_version_is_restored_as_the_newest():
    row = a_template(a_merchant(), body="First {{ order.number }}")
    client = logged_in(row.merchant)
    client.post(reverse("template_edit", args=[row.pk]), {"category": "transactional", "body": "Second"})
    assert "First" in client.get(reverse("template_version", args=[row.pk, 1])).content.decode()
    client.get(reverse("template_restore", args=[row.pk, 1]))
    row.refresh_from_db()
    assert row.body == "Second"
    client.post(reverse("template_restore", args=[row.pk, 1]))
    row.refresh_from_db()
    assert (row.body, row.version) == ("First {{ order.number }}", 3)


def test_a_version_that_there_is_not_is_not_found():
    row = a_template(a_merchant())
    for number in (2, 10**18):
        url = reverse("template_version", args=[row.pk, number])
        assert logged_in(row.merchant).get(url).status_code == 404


def test_the_preview_of_a_text_counts_it_with_its_signature():
    row = a_template(a_merchant())
    a_signature(row.merchant, text="叮单茶铺")
    order = an_order(row.merchant, number="N-1")
    given = {"body": "Order {{ order.number }}", "order": order.number}
    page = logged_in(row.merchant).post(reverse("template_preview", args=[row.pk]), given).content.decode()
    assert "【叮单茶铺】Order N-1" in page
    assert "15 characters" in page
    assert "1 part of up to 70" in page
    row.refresh_from_db()
    assert row.version == 1


def test_the_preview_says_what_is_wrong_and_what_could_be_better():
    row = a_template(a_merchant())
    client = logged_in(row.merchant)
    url = reverse("template_preview", args=[row.pk])
    assert "order.colour" in client.post(url, {"body": "{{ order.colour }}"}).content.decode()
    assert "which order" in client.post(url, {"body": "Hello"}).content.decode()


def test_the_preview_marks_what_a_vendor_refuses_and_says_what_to_do():
    row = a_template(a_merchant(), language="zh-hans")
    a_gateway(row.merchant, kind="aliyun")
    a_signature(row.merchant)
    given = {"body": "订单{订单号}★<b>大促</b>"}
    page = logged_in(row.merchant).post(reverse("template_preview", args=[row.pk]), given).content.decode()
    assert '<mark class="is-refused">★</mark><a href="#finding-2"' in page
    assert '</a>&lt;b&gt;<mark class="is-refused">大促</mark><a href="#finding-1"' in page
    assert 'id="finding-2"' in page
    assert "Write it in words, or use ordinary punctuation." in page
    assert "(Aliyun SMS 阿里云)" in page
    assert "China" in page


def test_the_preview_of_words_that_nobody_minds_marks_none():
    row = a_template(a_merchant(country="GB"))
    page = logged_in(row.merchant).post(reverse("template_preview", args=[row.pk]), {"body": row.body})
    assert "finding" not in page.content.decode()


def test_the_preview_of_a_new_template_follows_its_event():
    client = logged_in(a_merchant())
    given = {"event": "order.paid", "channel": "sms", "language": "en", "body": "{{ shipment.carrier }}"}
    assert "knows nothing" in client.post(reverse("template_preview_new"), given).content.decode()
    wrong = client.post(reverse("template_preview_new"), given | {"event": "order.lost"})
    assert wrong.status_code == 404


def test_a_name_with_markup_stays_text_in_the_preview():
    row = a_template(a_merchant(), body="{{ customer.name }} {{ order.number }}")
    order = an_order(row.merchant, number="<script>alert(1)</script>")
    given = {"body": row.body, "order": order.number}
    page = logged_in(row.merchant).post(reverse("template_preview", args=[row.pk]), given).content.decode()
    assert "<script>" not in page


def test_a_mail_is_shown_in_a_frame_with_a_policy_of_its_own():
    row = a_mail()
    client = logged_in(row.merchant)
    page = client.get(reverse("template_detail", args=[row.pk]))
    assert (
        f'<iframe class="mail-frame" sandbox src="{reverse("template_mail", args=[row.pk])}"'
        in page.content.decode()
    )
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    for answer in (
        client.get(reverse("template_mail", args=[row.pk])),
        client.post(reverse("template_mail", args=[row.pk]), {"subject": "Hi", "body": row.body}),
    ):
        policy = answer["Content-Security-Policy"]
        assert "style-src 'unsafe-inline'" in policy
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
        assert "<table" in answer.content.decode()


def test_another_channel_asks_for_a_subject_and_another_event_offers_other_placeholders():
    client = logged_in(a_merchant())
    given = {"event": "shipment.dispatched", "channel": "email", "language": "en", "code": "x", "do": "look"}
    page = client.post(reverse("template_create"), given)
    assert page.status_code == 200
    assert "subject" in page.context["form"].fields
    assert "shipment.carrier" in {one["name"] for one in page.context["placeholders"]}
    assert not page.context["form"].errors


def test_placeholders_are_named_in_both_languages():
    shop = a_merchant()
    page = logged_in(shop, language="zh-hans").get(reverse("template_create"))
    assert ("订单号", "Order number", "{订单号}") in {
        (one["label"], one["other"], one["snippet"]) for one in page.context["placeholders"]
    }


def test_a_counterpart_at_a_gateway_is_kept_by_hand():
    row = a_template(a_merchant())
    gateway = a_gateway(row.merchant, kind="aliyun")
    client = logged_in(row.merchant)
    url = reverse("template_review", args=[row.pk, gateway.pk])
    page = client.post(url, {"code": "SMS_1", "params": "no = shipment.carrier", "state": "usable"})
    assert set(page.context["form"].errors) == {"params"}
    client.post(url, {"code": "SMS_1", "params": "no = order.number\nname={客户姓名}", "state": "usable"})
    found = VendorTemplate.objects.get()
    assert (found.merchant, found.code, found.state) == (row.merchant, "SMS_1", "usable")
    assert found.params == {"no": "order.number", "name": "customer.name"}
    assert "SMS_1" in client.get(reverse("template_detail", args=[row.pk])).content.decode()


def test_a_test_goes_to_oneself_and_leads_to_its_story():
    row = a_mail()
    order = an_order(row.merchant)
    client = logged_in(row.merchant, role=Role.SUPPORT)
    proposed = client.get(reverse("template_test", args=[row.pk])).context["form"]["address"].value()
    page = client.post(reverse("template_test", args=[row.pk]), {"address": proposed, "order": order.number})
    message = Message.objects.get()
    assert page["Location"] == reverse("message_detail", args=[message.pk])
    assert (message.event, message.order, message.address, message.step) == (None, order, proposed, 0)
    assert (message.state, message.lane, message.template) == ("due", "urgent", row.code)


def test_a_template_that_is_off_is_not_sent():
    row = a_template(a_merchant(), is_active=False)
    page = logged_in(row.merchant).post(reverse("template_test", args=[row.pk]), {"address": "13800138000"})
    assert "switched off" in page.content.decode()
    assert not Message.objects.exists()


def test_a_template_is_switched_off_and_removed():
    row = a_template(a_merchant())
    client = logged_in(row.merchant)
    client.post(reverse("template_toggle", args=[row.pk]))
    row.refresh_from_db()
    assert not row.is_active
    client.post(reverse("template_remove", args=[row.pk]))
    row.refresh_from_db()
    assert row.archived_at is not None


def test_the_list_groups_channels_and_languages_of_a_code(django_assert_max_num_queries):
    shop = a_merchant()
    for channel in ("sms", "email"):
        for language in ("en", "zh-hans", "fr", "de", "ja"):
            a_template(shop, code="paid", event="order.paid", channel=channel, language=language)
    client = logged_in(shop)
    with django_assert_max_num_queries(7):
        page = client.get(reverse("template_list"))
    [(event, codes)] = page.context["by_event"]
    assert page.content.decode().count(reverse("template_list")) > 10
    assert (str(event), {code: len(rows) for code, rows in codes.items()}) == ("Order paid", {"paid": 10})


def test_a_template_says_which_rules_use_it():
    row = a_template(a_merchant())
    a_rule(row.merchant, template=row, name="Tell them")
    page = logged_in(row.merchant).get(reverse("template_detail", args=[row.pk]))
    assert "Tell them" in page.content.decode()
