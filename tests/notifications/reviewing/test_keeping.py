"""What a vendor has approved stays in use while he looks at what is to take its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from notifications.models import VendorSignature, VendorTemplate
from notifications.reviewing import (
    note_signature,
    note_template,
    submit_signature,
    submit_template,
    withdraw,
    work_off,
)
from tests.builders import a_gateway, a_merchant, a_signature, a_template
from tests.notifications.reviewing.given import (
    SIGNATURE_FIELDS,
    TEMPLATE_FIELDS,
    Vendor,
    a_vendor,
    an_account,
    later,
)

pytestmark = pytest.mark.django_db(transaction=True)
NEW_WORDS = {"body": "It is ${no}", "params": {"no": "order.number"}}
APPROVED = {"TemplateStatus": "1"}
REJECTED = {"TemplateStatus": "2", "AuditInfo": {"RejectInfo": "变量太多"}}


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with a_vendor() as server:
        yield server


def hand_in(review: VendorTemplate, **words: Any) -> None:
    submit_template(review.template, gateway=review.gateway, fields=TEMPLATE_FIELDS, **words)


def a_template_in_use(vendor: Vendor) -> VendorTemplate:
    """Return a template that the vendor has approved as SMS_1."""
    account = an_account(vendor)
    review: VendorTemplate = VendorTemplate.objects.create(
        merchant=account.merchant,
        template=a_template(account.merchant),
        gateway=account,
        state="usable",
        code="SMS_1",
        body="We have ${number}",
        params={"number": "order.number"},
        version=1,
        submitted_at="2026-11-20T00:00:00Z",
    )
    return review


def a_template_handed_in_again(vendor: Vendor) -> VendorTemplate:
    """Return one that the vendor has approved as SMS_1 and looks at as SMS_7."""
    review = a_template_in_use(vendor)
    hand_in(review, **NEW_WORDS)
    work_off()
    return review


def in_use(review: VendorTemplate) -> tuple[str, dict[str, str], str] | None:
    review.refresh_from_db()
    used = review.in_use
    return (used.code, used.params, used.body) if used else None


FORMER = ("SMS_1", {"number": "order.number"}, "We have ${number}")
LATER = ("SMS_7", {"no": "order.number"}, "It is ${no}")


def test_a_template_that_was_never_approved_is_not_in_use_while_it_is_reviewed(vendor: Vendor) -> None:
    account = an_account(vendor)
    review = submit_template(a_template(account.merchant), gateway=account, fields=TEMPLATE_FIELDS)
    work_off()
    assert in_use(review) is None


def test_the_former_text_stays_in_use_from_the_moment_the_new_one_is_asked_for(vendor: Vendor) -> None:
    review = a_template_in_use(vendor)
    hand_in(review, **NEW_WORDS)
    assert in_use(review) == FORMER
    work_off()
    assert (in_use(review), review.code, review.state) == (FORMER, "SMS_7", "submitted")


def test_the_new_text_takes_its_place_once_it_is_approved(vendor: Vendor) -> None:
    review = a_template_handed_in_again(vendor)
    vendor.answers["GetSmsTemplate"] = APPROVED
    later(minutes=10)
    work_off()
    assert in_use(review) == LATER
    assert review.former_code == ""


def test_a_rejection_leaves_the_former_text_in_use_however_often_it_is_tried(vendor: Vendor) -> None:
    review = a_template_handed_in_again(vendor)
    vendor.answers["GetSmsTemplate"] = REJECTED
    later(minutes=10)
    work_off()
    assert (in_use(review), review.state) == (FORMER, "rejected")
    hand_in(review, body="Order ${no}!", params={"no": "order.number"})
    assert (in_use(review), review.state) == (FORMER, "submitted")


def test_taking_back_leaves_the_former_text_in_use(vendor: Vendor) -> None:
    review = a_template_handed_in_again(vendor)
    withdraw(review)
    assert (in_use(review), review.state) == (FORMER, "draft")


@pytest.mark.parametrize("fault", ["refused", "lost"])
def test_a_submission_that_fails_leaves_the_former_text_in_use(vendor: Vendor, fault: str) -> None:
    review = a_template_in_use(vendor)
    if fault == "lost":
        vendor.loses = {"CreateSmsTemplate"}
    else:
        vendor.answers["CreateSmsTemplate"] = {"Code": "isv.SMS_OVER_LIMIT", "Message": "too many today"}
    hand_in(review)
    work_off()
    assert in_use(review) == FORMER
    assert review.state == {"lost": "draft", "refused": "rejected"}[fault]


def test_of_a_text_that_was_rejected_nothing_is_kept(vendor: Vendor) -> None:
    review = a_template_in_use(vendor)
    VendorTemplate.objects.update(state="rejected")
    hand_in(review)
    assert in_use(review) is None


def noted(review: VendorTemplate, **data: Any) -> tuple[str, dict[str, str], str] | None:
    note_template(review.template, gateway=review.gateway, data=data)
    return in_use(review)


def test_another_code_noted_by_hand_leaves_the_former_one_in_use_until_it_is_approved(vendor: Vendor) -> None:
    review = a_template_in_use(vendor)
    later = {"code": "SMS_7"} | NEW_WORDS
    assert noted(review, state="submitted", **later) == FORMER
    assert noted(review, reason="no such word", state="rejected") == FORMER
    assert noted(review, state="usable") == LATER
    assert review.former_code == ""


def test_a_code_that_is_noted_as_approved_takes_the_place_of_a_mistaken_one(vendor: Vendor) -> None:
    review = a_template_in_use(vendor)
    assert noted(review, code="SMS_7") == ("SMS_7", *FORMER[1:])


@pytest.mark.parametrize("state", ["draft", "submitted", "rejected"])
def test_what_is_in_use_is_put_out_of_use_by_noting_its_state(vendor: Vendor, state: str) -> None:
    assert noted(a_template_in_use(vendor), state=state) is None


def test_the_former_text_is_put_out_of_use_by_hand(vendor: Vendor) -> None:
    review = a_template_handed_in_again(vendor)
    assert noted(review, reason="seen in the console") == FORMER
    assert noted(review, stays_in_use=False) is None
    assert review.state == "submitted"


def a_signature_handed_in_again(vendor: Vendor) -> VendorSignature:
    """Return one that the vendor approved and looks at again."""
    account = an_account(vendor)
    signature = a_signature(account.merchant)
    review: VendorSignature = VendorSignature.objects.create(
        merchant=account.merchant, signature=signature, gateway=account, state="usable"
    )
    submit_signature(signature, gateway=account, fields=SIGNATURE_FIELDS)
    return review


def is_barred(review: VendorSignature) -> bool:
    review.refresh_from_db()
    return review.is_barred


def answered(vendor: Vendor, **answer: Any) -> None:
    vendor.answers["GetSmsSign"] = answer
    later(minutes=10)
    work_off()


def test_a_signature_that_was_never_approved_is_barred_while_it_is_reviewed(vendor: Vendor) -> None:
    account = an_account(vendor)
    review = submit_signature(a_signature(account.merchant), gateway=account, fields=SIGNATURE_FIELDS)
    assert is_barred(review)


def test_an_approved_signature_is_not_barred_while_it_is_reviewed_again(vendor: Vendor) -> None:
    review = a_signature_handed_in_again(vendor)
    assert not is_barred(review)
    work_off()
    answered(vendor, SignStatus=0)
    assert (is_barred(review), review.state) == (False, "submitted")


@pytest.mark.parametrize("status", [2, 10])
def test_a_signature_that_the_vendor_rejects_or_cancels_is_barred_also_when_it_is_handed_in_once_more(
    vendor: Vendor, status: int
) -> None:
    review = a_signature_handed_in_again(vendor)
    work_off()
    answered(vendor, SignStatus=status)
    assert (is_barred(review), review.state) == (True, "rejected")
    submit_signature(review.signature, gateway=review.gateway, fields=SIGNATURE_FIELDS)
    assert is_barred(review)


def test_a_refused_submission_bars_no_approved_signature(vendor: Vendor) -> None:
    vendor.answers["CreateSmsSign"] = {"Code": "isv.SIGN_OVER_LIMIT", "Message": "too many today"}
    review = a_signature_handed_in_again(vendor)
    work_off()
    assert (is_barred(review), review.state) == (False, "rejected")


def test_taking_back_and_handing_in_anew_bars_no_approved_signature(vendor: Vendor) -> None:
    review = a_signature_handed_in_again(vendor)
    for _ in range(2):
        withdraw(VendorSignature.objects.get())
        submit_signature(review.signature, gateway=review.gateway, fields=SIGNATURE_FIELDS)
        assert not is_barred(review)
        VendorSignature.objects.update(state="usable", was_usable=False)


def test_a_pushed_rejection_bars_an_approved_signature_only_once_the_vendor_says_so_himself(
    vendor: Vendor,
) -> None:
    review = a_signature_handed_in_again(vendor)
    work_off()
    body = json.dumps([{"sign_name": review.signature.text, "sign_status": "rejected", "reason": "no"}])
    path = f"/hooks/aliyun/{review.gateway.token}/"
    assert Client().post(path, body, content_type="application/json").status_code == 200
    assert (is_barred(review), review.state) == (False, "rejected")
    answered(vendor, SignStatus=2)
    assert is_barred(review)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"state": "submitted"}, False),
        ({"state": "rejected"}, True),
        ({"state": "submitted", "stays_in_use": False}, True),
    ],
)
def test_a_signature_noted_by_hand_is_barred_when_it_is_said_to_be_rejected(
    data: dict[str, Any], expected: bool
) -> None:
    shop = a_merchant()
    signature, gateway = a_signature(shop), a_gateway(shop, kind="ihuyi")
    review = note_signature(signature, gateway=gateway, data={"state": "usable"})
    note_signature(signature, gateway=gateway, data=data)
    assert is_barred(review) is expected
