"""Which account takes a text, and what was in the others' way."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone as clock

from merchants.models import Merchant
from notifications.models import GatewayAccount, Route, Signature, VendorSignature, VendorTemplate
from notifications.routing import TRIALS, Choice, Errand, choose, line_of
from notifications.setup import Setup
from tests.builders import a_gateway, a_merchant, a_signature, a_template

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    merchant = a_merchant()
    Signature.objects.filter(merchant=merchant).delete()
    GatewayAccount.objects.filter(merchant=merchant).delete()
    a_signature(merchant)
    return merchant


def an_account(merchant: Merchant, name: str, **fields: object) -> GatewayAccount:
    return a_gateway(merchant, kind="kannel", name=name, **fields)


def ask(
    merchant: Merchant, *, country: str = "CN", setup: Setup | None = None, **fields: UUID | None
) -> Choice:
    errand = Errand(merchant.pk, country, "transactional", uuid4(), **fields)
    return choose(setup or Setup([merchant.pk]), errand, now=clock.now())


def test_without_a_route_the_first_in_line_that_covers_the_country_takes_it(merchant: Merchant) -> None:
    an_account(merchant, "Abroad", countries=["US"], priority=1)
    second = an_account(merchant, "Second", priority=3)
    first = an_account(merchant, "First", priority=2)
    choice = ask(merchant)
    assert choice.way == first
    assert choice.others == 1
    assert choice.passed == ()
    assert ask(merchant, tried=first.pk).way == second


@pytest.mark.parametrize(
    ("country", "category", "expected"),
    [
        ("CN", "marketing", "Both"),
        ("CN", "transactional", "Country"),
        ("US", "marketing", "Category"),
        ("US", "transactional", "Any"),
    ],
)
def test_the_route_that_says_most_counts(
    merchant: Merchant, country: str, category: str, expected: str
) -> None:
    for name, of in {
        "Both": ("CN", "marketing"),
        "Country": ("CN", ""),
        "Category": ("", "marketing"),
        "Any": ("", ""),
    }.items():
        account = an_account(merchant, name)
        Route.objects.create(merchant=merchant, country=of[0], category=of[1], gateways=[str(account.pk)])
    line = line_of(Setup([merchant.pk]), merchant.pk, country=country, category=category)
    assert [account.name for account in line] == [expected]


def test_a_route_keeps_its_own_order_and_leaves_out_what_is_switched_off(merchant: Merchant) -> None:
    one, two, three = (an_account(merchant, name, priority=n) for n, name in enumerate(("1", "2", "3")))
    GatewayAccount.objects.filter(pk=two.pk).update(is_active=False)
    Route.objects.create(merchant=merchant, gateways=[str(three.pk), str(two.pk), str(one.pk)])
    line = line_of(Setup([merchant.pk]), merchant.pk, country="CN", category="transactional")
    assert line == [three, one]


def test_a_resting_account_is_passed_over_and_that_is_kept(merchant: Merchant) -> None:
    first, second = an_account(merchant, "First", priority=1), an_account(merchant, "Second", priority=2)
    GatewayAccount.objects.filter(pk=first.pk).update(paused_until=clock.now() + timedelta(minutes=1))
    choice = ask(merchant)
    assert choice.way == second
    assert choice.passed == ((str(first.pk), "resting"),)
    assert choice.others == 0


def test_when_all_rest_the_text_waits_for_the_first_to_come_back(merchant: Merchant) -> None:
    until = clock.now() + timedelta(minutes=1)
    for name, minutes in (("First", 5), ("Second", 0)):
        account = an_account(merchant, name)
        later = until + timedelta(minutes=minutes)
        GatewayAccount.objects.filter(pk=account.pk).update(paused_until=later)
    choice = ask(merchant)
    assert (choice.route.is_open, choice.route.reason, choice.route.until) == (False, "gateway_paused", until)


@pytest.mark.parametrize("why", ["doubted", "silent", "on_trial", "just_tried"])
def test_softer_obstacles_make_others_preferred_but_leave_the_last_way_open(
    merchant: Merchant, why: str
) -> None:
    first = an_account(merchant, "First", priority=1)
    if why == "doubted":
        GatewayAccount.objects.update(doubted_until=clock.now() + timedelta(minutes=1))
    if why == "on_trial":
        GatewayAccount.objects.update(rests=1)
    tried = first.pk if why == "just_tried" else None

    def setup() -> Setup:
        made = Setup([merchant.pk])
        made.silent = frozenset({first.pk} if why == "silent" else ())
        made.trials[first.pk] = TRIALS
        return made

    assert ask(merchant, setup=setup(), tried=tried).way == first
    second = an_account(merchant, "Second", priority=2)
    choice = ask(merchant, setup=setup(), tried=tried)
    assert choice.way == second
    assert choice.passed == ((str(first.pk), why),)


def test_an_account_on_trial_gets_a_few_texts_a_second(merchant: Merchant) -> None:
    first = an_account(merchant, "First", priority=1)
    an_account(merchant, "Second", priority=2)
    GatewayAccount.objects.filter(pk=first.pk).update(rests=2)
    setup = Setup([merchant.pk])
    assert ask(merchant, setup=setup).way == first
    setup.trials[first.pk] = TRIALS
    assert ask(merchant, setup=setup).way != first


def test_a_drill_takes_its_account_however_it_fares_and_no_other(merchant: Merchant) -> None:
    an_account(merchant, "First", priority=1)
    second = an_account(merchant, "Second", priority=2, countries=["US"])
    GatewayAccount.objects.filter(pk=second.pk).update(paused_until=clock.now() + timedelta(minutes=1))
    assert ask(merchant, only=second.pk).way == second
    GatewayAccount.objects.filter(pk=second.pk).update(is_active=False)
    assert ask(merchant, only=second.pk).route.reason == "no_gateway"


def test_another_merchants_accounts_are_not_seen(merchant: Merchant) -> None:
    an_account(a_merchant(), "Theirs")
    assert ask(merchant).route.reason == "no_gateway"


def test_a_template_that_is_reviewed_leaves_by_its_former_code_and_without_one_by_another_account(
    merchant: Merchant,
) -> None:
    account = a_gateway(merchant, kind="aliyun", priority=1)
    second = an_account(merchant, "Second", priority=2)
    vendor = VendorTemplate.objects.create(
        merchant=merchant, template=a_template(merchant), gateway=account, code="SMS_2", state="submitted"
    )
    errand = Errand(merchant.pk, "CN", "transactional", vendor.template_id)
    choice = choose(Setup([merchant.pk]), errand, now=clock.now())
    assert (choice.way, choice.passed) == (second, ((str(account.pk), "no_template"),))
    VendorTemplate.objects.update(former_code="SMS_1")
    assert choose(Setup([merchant.pk]), errand, now=clock.now()).way == account


def a_reviewer(merchant: Merchant, state: str, **fields: object) -> GatewayAccount:
    """Return an account whose vendor puts the signature in front, and has this to say of it."""
    account = a_gateway(merchant, kind="ihuyi", **fields)
    VendorSignature.objects.create(
        merchant=merchant, signature=Signature.objects.get(merchant=merchant), gateway=account, state=state
    )
    return account


@pytest.mark.parametrize("state", ["submitted", "rejected"])
def test_an_account_whose_vendor_has_not_approved_the_signature_takes_nothing(
    merchant: Merchant, state: str
) -> None:
    first = a_reviewer(merchant, state, priority=1)
    assert ask(merchant).route.reason == "no_vendor_signature"
    second = an_account(merchant, "Second", priority=2)
    choice = ask(merchant)
    assert choice.way == second
    assert choice.passed == ((str(first.pk), "no_signature_here"),)


@pytest.mark.parametrize("state", ["draft", "approved", "filed", "usable"])
def test_an_account_takes_a_signature_that_was_approved_or_never_handed_in(
    merchant: Merchant, state: str
) -> None:
    assert ask(merchant).way is None
    account = a_reviewer(merchant, state)
    assert ask(merchant).way == account


def test_an_account_takes_a_signature_that_is_reviewed_again(merchant: Merchant) -> None:
    account = a_reviewer(merchant, "submitted")
    VendorSignature.objects.update(was_usable=True)
    assert ask(merchant).way == account


def test_what_a_vendor_says_of_a_signature_that_is_not_in_use_is_no_obstacle(merchant: Merchant) -> None:
    account = a_reviewer(merchant, "rejected")
    Signature.objects.filter(merchant=merchant).update(countries=["US"])
    a_signature(merchant, text="另一个", countries=["CN"], is_default=False)
    assert ask(merchant).way == account


def test_a_resting_account_is_waited_for_though_another_vendor_bars_the_signature(merchant: Merchant) -> None:
    a_reviewer(merchant, "rejected")
    resting = an_account(merchant, "Resting")
    until = clock.now() + timedelta(minutes=1)
    GatewayAccount.objects.filter(pk=resting.pk).update(paused_until=until)
    assert ask(merchant).route.reason == "gateway_paused"


@pytest.mark.parametrize("junk", [5, "text", [7, None], {"a": 1}, ["no id"], []])
def test_a_route_that_cannot_be_read_names_nobody(merchant: Merchant, junk: object) -> None:
    an_account(merchant, "First")
    Route.objects.create(merchant=merchant, gateways=junk)
    assert ask(merchant).route.reason == "no_gateway"


def test_a_route_passes_over_what_was_put_away(merchant: Merchant) -> None:
    gone, there = an_account(merchant, "Gone"), an_account(merchant, "There")
    Route.objects.create(merchant=merchant, gateways=[str(gone.pk), str(uuid4()), str(there.pk)])
    gone.archive()
    assert ask(merchant).way == there


def test_a_drill_of_a_vendor_whom_we_no_longer_know_finds_no_gateway(merchant: Merchant) -> None:
    account = a_gateway(merchant, kind="gone")
    assert ask(merchant, only=account.pk).route.reason == "no_gateway"
