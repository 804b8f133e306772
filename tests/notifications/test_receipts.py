from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from merchants.models import Merchant
from notifications import queueing
from notifications.models import (
    Attempt,
    Category,
    ChannelKind,
    GatewayAccount,
    Message,
    OptOut,
    OptOutSource,
    Receipt,
    State,
)
from notifications.outcomes import ErrorClass, ReceiptFacts, ReceiptKind
from notifications.receipts import keep, next_look, work_off
from notifications.receipts.work import GIVE_UP_AFTER
from tests.builders import a_gateway, a_merchant, a_message, an_order

PHONE = "+8613800138000"
_facts = count(1)


@pytest.fixture
def merchant(db: None) -> Merchant:
    return a_merchant()


@pytest.fixture
def gateway(merchant: Merchant) -> GatewayAccount:
    return a_gateway(merchant)


def a_sent_message(merchant: Merchant, *, state: str = State.ACCEPTED, **fields: Any) -> Message:
    return a_message(merchant, state=state, order=an_order(merchant), **{"address": PHONE} | fields)


def an_attempt(message: Message, **fields: Any) -> Attempt:
    number = message.attempts.count() + 1
    defaults = {"number": number, "outcome": Attempt.Outcome.ACCEPTED, "started_at": timezone.now()}
    attempt: Attempt = Attempt.objects.create(
        merchant_id=message.merchant_id, message=message, **defaults | fields
    )
    return attempt


def tell(attempt: Attempt, *kinds: ReceiptKind, channel: str = ChannelKind.SMS, **fields: Any) -> None:
    """Keep a receipt of each kind about the attempt, and work off what is there."""
    facts = [
        ReceiptFacts(kind, f"fact {next(_facts)}", **{"reference": attempt.pk.hex} | fields) for kind in kinds
    ]
    keep(facts, merchant_id=attempt.merchant_id, gateway=attempt.gateway, channel=channel)
    while work_off():
        pass


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


# Keeping


def test_it_keeps_a_fact_once(merchant: Merchant, gateway: GatewayAccount):
    fact = ReceiptFacts(ReceiptKind.DELIVERED, "one", provider_id="7")
    for _ in range(2):
        keep([fact, fact], merchant_id=merchant.pk, gateway=gateway)
    assert Receipt.objects.count() == 1


def test_two_accounts_may_name_their_facts_alike(merchant: Merchant, gateway: GatewayAccount):
    for account in (gateway, a_gateway(merchant)):
        keep([ReceiptFacts(ReceiptKind.DELIVERED, "one")], merchant_id=merchant.pk, gateway=account)
    assert Receipt.objects.count() == 2


def test_it_wakes_a_worker_once_the_facts_are_committed(
    merchant: Merchant, gateway: GatewayAccount, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        keep([ReceiptFacts(ReceiptKind.DELIVERED, "one")], merchant_id=merchant.pk, gateway=gateway)
    assert queueing.waiting_since("receipts") is not None


def test_it_keeps_facts_with_any_text_in_them(merchant: Merchant, gateway: GatewayAccount):
    hostile = "\0\ud800" + "长" * 5_000
    fact = ReceiptFacts(
        ReceiptKind.REPLY, hostile, hostile, hostile, address=hostile, code=hostile, text=hostile
    )
    keep([fact], merchant_id=merchant.pk, gateway=gateway)
    assert Receipt.objects.get().text.endswith("长")


def test_it_writes_the_phones_of_receipts_as_messages_do(merchant: Merchant, gateway: GatewayAccount):
    keep(
        [ReceiptFacts(ReceiptKind.DELIVERED, "one", address="13800138000")],
        merchant_id=merchant.pk,
        gateway=gateway,
    )
    assert Receipt.objects.get().address == PHONE


# What a receipt does to its message


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (ReceiptKind.PROGRESS, State.ACCEPTED),
        (ReceiptKind.DELIVERED, State.DELIVERED),
        (ReceiptKind.UNDELIVERED, State.UNDELIVERED),
        (ReceiptKind.OPENED, State.SEEN),
        (ReceiptKind.CLICKED, State.SEEN),
    ],
)
@pytest.mark.parametrize("before", [State.SENDING, State.UNKNOWN, State.ACCEPTED])
def test_a_receipt_moves_the_message_on(merchant: Merchant, before: str, kind: ReceiptKind, state: str):
    message = a_sent_message(merchant, state=before)
    tell(an_attempt(message), kind)
    assert state_of(message) == state
    assert (message.finished_at is None) == (state == State.ACCEPTED)
    assert (message.accepted_at is None) == (state == before)


def test_it_keeps_why_a_message_did_not_arrive(merchant: Merchant):
    message = a_sent_message(merchant)
    tell(
        an_attempt(message),
        ReceiptKind.UNDELIVERED,
        error=ErrorClass.RECIPIENT,
        code="MK:0001",
        text="no such number",
    )
    assert state_of(message) == State.UNDELIVERED
    assert (message.reason, message.error) == ("undelivered", "recipient")
    receipt = message.receipts.get()
    assert (receipt.code, receipt.text, receipt.look_at) == ("MK:0001", "no such number", None)


@pytest.mark.parametrize("outcome", [Attempt.Outcome.STARTED, Attempt.Outcome.UNKNOWN])
def test_a_receipt_settles_an_attempt_whose_answer_was_lost(merchant: Merchant, outcome: str):
    message = a_sent_message(merchant, state=State.UNKNOWN)
    attempt = an_attempt(message, outcome=outcome)
    tell(attempt, ReceiptKind.DELIVERED, provider_id="vendor-7")
    attempt.refresh_from_db()
    assert (attempt.outcome, attempt.provider_id) == ("accepted", "vendor-7")
    assert attempt.finished_at


@pytest.mark.parametrize("state", [State.DROPPED, State.SEEN, State.DELIVERED])
def test_a_receipt_never_takes_a_message_back(merchant: Merchant, state: str):
    message = a_sent_message(merchant, state=state)
    tell(an_attempt(message), ReceiptKind.UNDELIVERED, ReceiptKind.PROGRESS)
    assert state_of(message) == state


def test_the_failure_of_an_earlier_attempt_says_nothing_of_a_later_one(merchant: Merchant):
    message = a_sent_message(merchant)
    first, _second = an_attempt(message), an_attempt(message)
    tell(first, ReceiptKind.UNDELIVERED)
    assert state_of(message) == State.ACCEPTED


def test_the_arrival_of_an_earlier_attempt_counts(merchant: Merchant):
    message = a_sent_message(merchant)
    first, _second = an_attempt(message), an_attempt(message)
    tell(first, ReceiptKind.DELIVERED)
    assert state_of(message) == State.DELIVERED


def test_a_receipt_waits_while_its_message_is_prepared_for_another_attempt(merchant: Merchant):
    message = a_sent_message(merchant, state=State.DUE)
    tell(an_attempt(message), ReceiptKind.DELIVERED)
    assert state_of(message) == State.DUE
    Message.objects.update(state=State.SENDING)
    with time_machine.travel(timezone.now() + timedelta(seconds=3)):
        work_off()
    assert state_of(message) == State.DELIVERED


def test_what_an_earlier_attempt_brought_is_not_forgotten_while_the_next_one_is_held(merchant: Merchant):
    message = a_sent_message(merchant, state=State.HELD, tries=1)
    tell(an_attempt(message, outcome=Attempt.Outcome.REFUSED), ReceiptKind.DELIVERED)
    assert state_of(message) == State.DELIVERED


def test_a_reply_is_no_promise_of_receipts(merchant: Merchant, gateway: GatewayAccount):
    keep([a_reply("hello")], merchant_id=merchant.pk, gateway=gateway)
    gateway.refresh_from_db()
    assert gateway.reported_at is None
    keep([ReceiptFacts(ReceiptKind.PROGRESS, "one")], merchant_id=merchant.pk, gateway=gateway)
    gateway.refresh_from_db()
    assert gateway.reported_at is not None


def a_reply(words: str) -> ReceiptFacts:
    return ReceiptFacts(ReceiptKind.REPLY, f"reply {next(_facts)}", address=PHONE, text=words)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_receipts_end_the_same_in_any_order_and_however_often(merchant: Merchant, data: st.DataObject):
    kinds: Sequence[ReceiptKind] = data.draw(
        st.lists(
            st.sampled_from([kind for kind in ReceiptKind if kind != ReceiptKind.REPLY]),
            min_size=1,
            max_size=5,
        )
    )
    before = data.draw(st.sampled_from([State.SENDING, State.UNKNOWN, State.ACCEPTED, State.FAILED]))
    other_order = data.draw(
        st.permutations([*kinds, *data.draw(st.lists(st.sampled_from(kinds), max_size=3))])
    )
    ends = []
    for order, is_together in ((kinds, True), (other_order, data.draw(st.booleans()))):
        OptOut.objects.all().delete()
        message = a_sent_message(merchant, state=before)
        attempt = an_attempt(message)
        for group in [order] if is_together else [[kind] for kind in order]:
            tell(attempt, *group)
        opt_outs = set(OptOut.objects.values_list("address", "category"))
        ends.append((state_of(message), message.reason, message.error, opt_outs))
    assert ends[0] == ends[1]


# Which message a receipt is about


@pytest.mark.parametrize("has_answer", [True, False])
def test_it_tells_the_texts_of_a_batch_apart_by_the_phone(
    merchant: Merchant, gateway: GatewayAccount, has_answer: bool
):
    other_phone = "+8613800138001"
    mine = a_sent_message(merchant)
    other = a_sent_message(merchant, address=other_phone)
    first = an_attempt(mine, gateway=gateway)
    second = an_attempt(other, gateway=gateway)
    Attempt.objects.update(batch=first.pk, provider_id="biz-1" if has_answer else "")
    # The vendor gives back the reference of the batch, which is that of its first text.
    tell(first, ReceiptKind.DELIVERED, provider_id="biz-1", address=other_phone)
    assert (state_of(mine), state_of(other)) == (State.ACCEPTED, State.DELIVERED)
    second.refresh_from_db()
    assert second.provider_id == "biz-1"


def test_a_receipt_of_one_merchant_moves_no_message_of_another(merchant: Merchant):
    message = a_sent_message(merchant)
    attempt = an_attempt(message, provider_id="7")
    fact = ReceiptFacts(ReceiptKind.DELIVERED, "one", reference=attempt.pk.hex, provider_id="7")
    keep([fact], merchant_id=a_merchant().pk)
    work_off()
    assert state_of(message) == State.ACCEPTED


def test_a_receipt_of_one_account_moves_no_message_of_another_account(
    merchant: Merchant, gateway: GatewayAccount
):
    message = a_sent_message(merchant)
    attempt = an_attempt(message, gateway=gateway)
    fact = ReceiptFacts(ReceiptKind.DELIVERED, "one", reference=attempt.pk.hex)
    keep([fact], merchant_id=merchant.pk, gateway=a_gateway(merchant))
    work_off()
    assert state_of(message) == State.ACCEPTED


def test_a_receipt_that_overtook_its_answer_is_looked_at_again(merchant: Merchant, gateway: GatewayAccount):
    message = a_sent_message(merchant, state=State.SENDING)
    attempt = an_attempt(message, gateway=gateway, outcome=Attempt.Outcome.STARTED)
    keep(
        [ReceiptFacts(ReceiptKind.DELIVERED, "one", provider_id="9")],
        merchant_id=merchant.pk,
        gateway=gateway,
    )
    assert work_off() == 1
    assert work_off() == 0
    assert next_look() is not None
    Attempt.objects.filter(pk=attempt.pk).update(provider_id="9")
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        assert work_off() == 1
    assert state_of(message) == State.DELIVERED
    assert next_look() is None


def test_a_receipt_that_belongs_to_nothing_is_left_alone_in_the_end(
    merchant: Merchant, gateway: GatewayAccount
):
    keep(
        [ReceiptFacts(ReceiptKind.DELIVERED, "one", provider_id="9")],
        merchant_id=merchant.pk,
        gateway=gateway,
    )
    looks = 0
    with time_machine.travel(timezone.now(), tick=False) as now:
        while (at := next_look()) is not None:
            now.move_to(at)
            work_off()
            looks += 1
        assert timezone.now() - Receipt.objects.get().received_at >= GIVE_UP_AFTER
    assert looks <= 15


def test_it_works_off_no_more_than_it_is_asked_to(merchant: Merchant, gateway: GatewayAccount):
    facts = [ReceiptFacts(ReceiptKind.DELIVERED, str(number)) for number in range(5)]
    keep(facts, merchant_id=merchant.pk, gateway=gateway)
    assert [work_off(limit=3), work_off(limit=3), work_off(limit=3)] == [3, 2, 0]


def test_its_queries_do_not_grow_with_the_receipts(merchant: Merchant, django_assert_max_num_queries):
    attempts = [an_attempt(a_sent_message(merchant)) for _ in range(20)]
    facts = [
        ReceiptFacts(ReceiptKind.DELIVERED, attempt.pk.hex, reference=attempt.pk.hex) for attempt in attempts
    ]
    keep(facts, merchant_id=merchant.pk)
    with django_assert_max_num_queries(12):
        assert work_off() == 20


# Who opts out by it


def opt_outs() -> dict[str, str]:
    return {row.category: row.source for row in OptOut.objects.filter(address=PHONE)}


def test_a_refusal_that_the_vendor_holds_is_noted(merchant: Merchant):
    attempt = an_attempt(a_sent_message(merchant, category=Category.MARKETING))
    tell(attempt, ReceiptKind.UNDELIVERED, error=ErrorClass.OPTED_OUT)
    assert opt_outs() == {"marketing": OptOutSource.VENDOR}


@pytest.mark.parametrize(
    ("kind", "fields", "source"),
    [
        (ReceiptKind.UNDELIVERED, {"error": ErrorClass.RECIPIENT}, OptOutSource.BOUNCE),
        (ReceiptKind.COMPLAINED, {}, OptOutSource.COMPLAINT),
    ],
)
def test_a_hard_bounce_or_a_complaint_ends_all_mail(
    merchant: Merchant, kind: ReceiptKind, fields: Any, source: str
):
    message = a_sent_message(merchant, channel="email", address="li@mail.example")
    tell(an_attempt(message), kind, channel=ChannelKind.EMAIL, **fields)
    found = OptOut.objects.filter(channel="email", address="li@mail.example")
    assert {(row.category, row.source) for row in found} == {("marketing", source), ("transactional", source)}


def test_a_soft_bounce_opts_nobody_out(merchant: Merchant):
    message = a_sent_message(merchant, channel="email", address="li@mail.example")
    tell(an_attempt(message), ReceiptKind.UNDELIVERED, channel=ChannelKind.EMAIL, error=ErrorClass.TRANSIENT)
    assert not OptOut.objects.exists()


# Replies


def reply(merchant: Merchant, text: str, **fields: Any) -> None:
    fact = ReceiptFacts(ReceiptKind.REPLY, f"reply {next(_facts)}", text=text, **{"address": PHONE} | fields)
    keep([fact], merchant_id=merchant.pk)


def test_a_stop_after_an_advertisement_ends_advertisements(merchant: Merchant):
    a_sent_message(merchant, category=Category.MARKETING)
    reply(merchant, " ｔｄ。")
    work_off()
    assert opt_outs() == {"marketing": OptOutSource.REPLY}


def test_a_stop_after_a_notice_ends_everything(merchant: Merchant):
    a_sent_message(merchant, category=Category.MARKETING)
    a_sent_message(merchant, category=Category.TRANSACTIONAL)
    a_sent_message(merchant, category=Category.MARKETING, state=State.DROPPED)
    reply(merchant, "退订")
    work_off()
    assert set(opt_outs()) == set(Category)


def test_a_stop_of_somebody_unknown_ends_everything(merchant: Merchant):
    reply(merchant, "STOP", address="13800138000")
    work_off()
    assert set(opt_outs()) == set(Category)


def test_a_start_takes_back_what_a_reply_had_ended_and_nothing_else(merchant: Merchant):
    message = a_sent_message(merchant)
    tell(an_attempt(message), ReceiptKind.UNDELIVERED, error=ErrorClass.OPTED_OUT)
    reply(merchant, "STOP")
    reply(merchant, "START")
    work_off()
    assert opt_outs() == {"transactional": OptOutSource.VENDOR}


def test_the_last_word_counts_even_when_it_is_worked_off_first(merchant: Merchant):
    reply(merchant, "STOP")
    reply(merchant, "START")
    stop, start = Receipt.objects.order_by("id")
    for first, then in ((start, stop), (stop, start)):
        Receipt.objects.update(look_at=None)
        for receipt in (first, then):
            Receipt.objects.filter(pk=receipt.pk).update(look_at=timezone.now())
            work_off()
        assert opt_outs() == {}


def test_any_other_reply_is_kept_with_the_message_it_answers(merchant: Merchant):
    message = a_sent_message(merchant)
    reply(merchant, "When will it come?")
    work_off()
    assert message.receipts.get().text == "When will it come?"
    assert opt_outs() == {}


def test_a_reply_to_one_merchant_says_nothing_to_another(merchant: Merchant):
    a_sent_message(merchant)
    other = a_merchant()
    reply(other, "STOP")
    work_off()
    assert {row.merchant_id for row in OptOut.objects.all()} == {other.pk}


@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_nothing_can_be_done_with_holds_up_nobody(merchant: Merchant):
    messages = [a_sent_message(merchant) for _ in range(3)]
    facts = [
        ReceiptFacts(ReceiptKind.DELIVERED, f"{place}", reference=an_attempt(message).pk.hex)
        for place, message in enumerate(messages)
    ]
    keep(facts, merchant_id=merchant.pk)
    bad = Receipt.objects.get(reference=facts[1].reference)
    Receipt.objects.filter(pk=bad.pk).update(kind="nonsense")
    while work_off():
        pass
    assert [state_of(message) for message in messages] == ["delivered", "accepted", "delivered"]
    bad.refresh_from_db()
    assert bad.look_at is not None
    Receipt.objects.filter(pk=bad.pk).update(
        look_at=timezone.now(), received_at=timezone.now() - timedelta(days=2)
    )
    assert work_off() == 1
    assert next_look() is None
