"""Handed in once, followed to the end. A real socket throughout."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone as clock
from django.utils import translation

from notifications import queueing, tasks
from notifications.models import GatewayAccount, Review, VendorSignature, VendorTemplate
from notifications.reviewing import ask_now, submit_signature, submit_template, withdraw, work_off
from notifications.reviewing.claiming import claim
from notifications.reviewing.deciding import UNANSWERED
from orders.models import Event
from tests.builders import a_signature, a_template
from tests.notifications.reviewing.given import (
    CARRIER,
    SIGNATURE_FIELDS,
    TEMPLATE_FIELDS,
    Vendor,
    a_tencent_account,
    a_vendor,
    an_account,
    later,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with a_vendor() as server:
        yield server


def in_the_shops_language(review: Any, words: Any) -> str:
    with translation.override(review.merchant.language):
        return str(words)


def a_submitted_signature(vendor: Vendor) -> VendorSignature:
    account = an_account(vendor)
    return submit_signature(a_signature(account.merchant), gateway=account, fields=SIGNATURE_FIELDS)


def a_submitted_template(vendor: Vendor, *, account: GatewayAccount | None = None) -> VendorTemplate:
    account = account or an_account(vendor)
    return submit_template(a_template(account.merchant), gateway=account, fields=TEMPLATE_FIELDS)


def now_is(review: VendorSignature | VendorTemplate) -> tuple[str, str]:
    review.refresh_from_db()
    return review.state, review.code


def decisions() -> list[tuple[str, str]]:
    events = Event.objects.filter(kind="review.decided").order_by("id")
    return [(event.data["state"], event.data["reason"]) for event in events]


def test_what_is_asked_for_is_saved_and_wakes_a_worker(vendor: Vendor) -> None:
    review = a_submitted_template(vendor)
    assert (review.state, review.submitted_at, review.version) == ("submitted", None, 1)
    assert (review.body, review.params) == (
        "We have your order ${order_number}.",
        {"order_number": "order.number"},
    )
    assert queueing.waiting_since("reviews") is not None
    assert vendor.calls == []


def test_a_template_is_handed_in_with_its_variables_and_keeps_the_vendors_code(vendor: Vendor) -> None:
    account = an_account(vendor)
    a_signature(account.merchant)
    review = a_submitted_template(vendor, account=account)
    tasks.work_reviews()
    assert now_is(review) == ("submitted", "SMS_7")
    ((action, query),) = vendor.calls
    assert action == "CreateSmsTemplate"
    assert query["TemplateContent"] == "We have your order ${order_number}."
    assert (query["RelatedSignName"], query["ApplySceneContent"]) == ("叮单茶铺", "https://shop.example")


def test_nobody_is_asked_before_the_time_has_come(vendor: Vendor) -> None:
    a_submitted_signature(vendor)
    work_off()
    later(minutes=9)
    assert work_off() == 0
    later(minutes=1)
    assert work_off() == 1
    assert vendor.actions == ["CreateSmsSign", "GetSmsSign"]


def test_a_signature_is_followed_from_approval_over_its_carriers_to_use(vendor: Vendor) -> None:
    review = a_submitted_signature(vendor)
    work_off()
    steps: tuple[tuple[dict[str, Any], str, dict[str, str]], ...] = (
        ({"SignStatus": 1}, "approved", {}),
        (
            {
                "SignStatus": 1,
                "SignIspRegisterDetailList": [CARRIER, {"OperatorCode": "unicom", "RegisterStatus": -1}],
            },
            "filed",
            {"mobile": "usable", "unicom": "submitted"},
        ),
        ({"SignStatus": 1, "SignIspRegisterDetailList": [CARRIER]}, "usable", {"mobile": "usable"}),
    )
    for answer, state, carriers in steps:
        vendor.answers["GetSmsSign"] = answer
        later(days=1)
        work_off()
        review.refresh_from_db()
        assert (review.state, review.carriers) == (state, carriers)
    assert [state for state, _reason in decisions()] == ["approved", "filed", "usable"]


def test_the_team_hears_of_a_state_once_however_often_it_is_asked(vendor: Vendor) -> None:
    a_submitted_template(vendor)
    vendor.answers["GetSmsTemplate"] = {"TemplateStatus": "1", "TemplateContent": "We have ${order_number}"}
    for _ in range(3):
        work_off()
        later(days=1)
    assert decisions() == [("usable", "")]
    assert VendorTemplate.objects.get().body == "We have ${order_number}"
    data = Event.objects.get(kind="review.decided").data
    assert (data["kind"], data["gateway"]) == ("template", GatewayAccount.objects.get().name)


def test_a_rejection_brings_the_vendors_reason_and_is_asked_no_more(vendor: Vendor) -> None:
    review = a_submitted_template(vendor)
    work_off()
    vendor.answers["GetSmsTemplate"] = {"TemplateStatus": "2", "AuditInfo": {"RejectInfo": "变量太多"}}
    later(days=1)
    work_off()
    review.refresh_from_db()
    assert (review.state, review.reason, review.look_at) == ("rejected", "变量太多", None)
    assert decisions() == [("rejected", "变量太多")]


def test_a_refused_submission_is_a_rejection_in_the_vendors_words(vendor: Vendor) -> None:
    vendor.answers["CreateSmsSign"] = {"Code": "isv.SIGN_NAME_ILLEGAL", "Message": "no such qualification"}
    review = a_submitted_signature(vendor)
    work_off()
    review.refresh_from_db()
    assert (review.state, review.reason) == ("rejected", "isv.SIGN_NAME_ILLEGAL no such qualification")


def test_what_certainly_did_not_leave_is_handed_in_again_later(vendor: Vendor) -> None:
    review = a_submitted_template(vendor)
    account = review.gateway
    GatewayAccount.objects.update(endpoint="http://127.0.0.1:1/")
    work_off()
    review.refresh_from_db()
    assert (review.state, review.submitted_at) == ("submitted", None)
    assert "127.0.0.1" in review.reason
    GatewayAccount.objects.filter(pk=account.pk).update(endpoint=vendor.url)
    assert work_off() == 0
    later(minutes=5)
    work_off()
    assert now_is(review) == ("submitted", "SMS_7")
    assert review.reason == ""


@pytest.mark.parametrize("fault", ["lost", "502"])
def test_a_template_whose_answer_is_lost_becomes_a_draft_and_is_not_handed_in_again(
    vendor: Vendor, fault: str
) -> None:
    if fault == "lost":
        vendor.loses = {"CreateSmsTemplate"}
    else:
        vendor.status = 502
    review = a_submitted_template(vendor)
    for _ in range(3):
        work_off()
        later(days=1)
    assert now_is(review) == ("draft", "")
    assert review.reason == in_the_shops_language(review, UNANSWERED)
    assert vendor.actions == ["CreateSmsTemplate"]


def test_a_signature_whose_answer_is_lost_is_asked_for_by_its_name(vendor: Vendor) -> None:
    vendor.loses = {"CreateSmsSign"}
    review = a_submitted_signature(vendor)
    work_off()
    later(minutes=1)
    vendor.answers["GetSmsSign"] = {"SignStatus": 0, "OrderId": "20001"}
    work_off()
    assert now_is(review) == ("submitted", "20001")
    assert vendor.actions == ["CreateSmsSign", "GetSmsSign"]
    assert vendor.calls[1][1]["SignName"] == "叮单茶铺"


def test_a_signature_that_the_vendor_never_got_becomes_a_draft(vendor: Vendor) -> None:
    vendor.loses = {"CreateSmsSign"}
    review = a_submitted_signature(vendor)
    work_off()
    later(minutes=1)
    vendor.answers["GetSmsSign"] = {"Code": "isv.SMS_SIGNATURE_ILLEGAL", "Message": "not found"}
    work_off()
    assert now_is(review) == ("draft", "")


def test_a_worker_that_dies_between_writing_ahead_and_the_answer_hands_nothing_in_twice(
    vendor: Vendor,
) -> None:
    template, signature = a_submitted_template(vendor), a_submitted_signature(vendor)
    assert len(claim(limit=10)) == 2
    # Here it dies. For a while nobody touches what it had; then the vendor is asked where he can be.
    assert work_off() == 0
    later(minutes=2)
    work_off()
    assert now_is(template)[0] == "draft"
    assert now_is(signature)[0] == "submitted"
    assert vendor.actions == ["GetSmsSign"]


def test_what_two_workers_look_for_is_handed_in_once(vendor: Vendor) -> None:
    a_submitted_template(vendor)
    assert [len(claim(limit=10)), len(claim(limit=10))] == [1, 0]


def test_what_was_taken_back_meanwhile_stays_a_draft(vendor: Vendor) -> None:
    review = a_submitted_template(vendor)
    vendor.meanwhile = lambda: None
    (job,) = claim(limit=1)
    withdraw(review)
    assert job.review.submitted_at is not None
    later(days=1)
    assert work_off() == 0
    assert now_is(review) == ("draft", "")


def test_an_account_hands_in_one_template_in_thirty_seconds(vendor: Vendor) -> None:
    account = an_account(vendor)
    for _ in range(3):
        a_submitted_template(vendor, account=account)
    other = a_submitted_template(vendor)
    work_off()
    assert vendor.actions == ["CreateSmsTemplate"] * 2
    assert now_is(other)[1] == "SMS_7"
    waiting = VendorTemplate.objects.filter(gateway=account, submitted_at=None).order_by("look_at")
    seconds = [(row.look_at - clock.now()).total_seconds() for row in waiting]
    assert [round(one / 30) for one in seconds] == [1, 2]


def test_an_account_hands_in_a_hundred_templates_a_day(vendor: Vendor) -> None:
    review = a_submitted_template(vendor)
    earlier = clock.now() - timedelta(seconds=40)
    for _ in range(100):
        VendorTemplate.objects.create(
            merchant=review.merchant,
            gateway=review.gateway,
            template=a_template(review.merchant),
            submitted_at=earlier,
        )
    work_off()
    review.refresh_from_db()
    # In the first minute of a day of Shanghai yesterday's do not count.
    if vendor.calls == []:
        assert review.look_at is not None
        assert review.look_at.utcoffset() is not None
        assert (review.look_at.hour, review.look_at.minute) == (16, 0)


def test_a_question_that_is_refused_changes_no_state_and_says_why(vendor: Vendor) -> None:
    review = a_submitted_template(vendor)
    work_off()
    VendorTemplate.objects.update(state=Review.USABLE)
    vendor.answers["GetSmsTemplate"] = {"Code": "isv.DENIED", "Message": "no right with key id secret"}
    later(days=1)
    work_off()
    review.refresh_from_db()
    assert (review.state, review.reason) == ("usable", "isv.DENIED no right with key id ***")
    assert decisions() == []


def test_asking_now_brings_the_question_forward(vendor: Vendor) -> None:
    review = a_submitted_template(vendor)
    work_off()
    ask_now(VendorTemplate.objects.select_related("gateway").get(pk=review.pk))
    assert work_off() == 1
    assert vendor.actions == ["CreateSmsTemplate", "GetSmsTemplate"]


def test_proofs_are_not_kept_once_they_are_handed_in(vendor: Vendor) -> None:
    account = an_account(vendor)
    review = submit_signature(
        a_signature(account.merchant),
        gateway=account,
        fields={"QualificationId": "1", "Remark": "x" * 3_000},
    )
    work_off()
    review.refresh_from_db()
    assert review.fields["QualificationId"] == "1"
    assert "Remark" not in review.fields


def test_the_sweep_finds_what_no_wake_up_told_of(vendor: Vendor) -> None:
    review = a_submitted_template(vendor)
    tasks.sweep()
    assert now_is(review) == ("submitted", "SMS_7")


def test_another_vendor_has_his_own_spelling_and_his_own_words(vendor: Vendor) -> None:
    account = a_tencent_account(vendor)
    review = submit_template(a_template(account.merchant), gateway=account, fields={})
    work_off()
    assert now_is(review) == ("submitted", "1110")
    assert vendor.calls[0][1]["TemplateContent"] == "We have your order {1}."
    later(minutes=10)
    work_off()
    assert now_is(review) == ("usable", "1110")
    assert vendor.calls[1][1]["TemplateIdSet"] == [1110]


def test_a_signature_without_a_code_is_a_draft_where_the_vendor_asks_for_the_code(vendor: Vendor) -> None:
    vendor.loses = {"AddSmsSign"}
    account = a_tencent_account(vendor)
    review = submit_signature(
        a_signature(account.merchant), gateway=account, fields={"ProofImage": "aGVsbG8="}
    )
    work_off()
    assert now_is(review) == ("draft", "")
    assert review.reason == in_the_shops_language(review, UNANSWERED)
    assert vendor.actions == ["AddSmsSign"]
