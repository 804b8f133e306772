"""Who is told, and in which language."""

from __future__ import annotations

import pytest

from notifications.recipients import Person, choose_language, problem, resolve

LIN = Person("customer", name="Lin", phone="+8613800138000")
ANN = Person("user:1", email="ann@shop.example")


def test_everybody_is_told_once_in_the_rules_order() -> None:
    people = resolve(
        ["role:finance", "customer", "role:owner", "email:Ops@Shop.example"],
        customer=LIN,
        team={"finance": [ANN], "owner": [ANN]},
    )
    assert [person.key for person in people] == ["user:1", "customer", "email:Ops@Shop.example"]
    assert people[2].email == "ops@shop.example"


def test_nobody_is_told_where_there_is_nobody() -> None:
    assert resolve(["customer", "role:support"], customer=None, team={}) == []


@pytest.mark.parametrize(
    ("recipient", "code"),
    [
        ("customer", ""),
        ("role:finance", ""),
        ("email:a@b.example", ""),
        ("phone:+8613800138000", ""),
        ("role:king", "unknown_role"),
        ("email:nobody", "bad_email"),
        ("phone:138", "bad_phone"),
        ("everybody", "bad_recipient"),
        (7, "bad_recipient"),
    ],
)
def test_a_recipient_is_checked_as_written(recipient: object, code: str) -> None:
    assert problem(recipient) == code


@pytest.mark.parametrize(
    ("available", "wanted", "chosen"),
    [
        (["en", "zh-hans"], ["zh-CN"], "zh-hans"),
        (["en", "zh-hans"], ["zh"], "zh-hans"),
        (["en", "zh-hans"], ["zh-TW"], "zh-hans"),
        (["en", "zh-hans", "zh-hant"], ["zh-HK"], "zh-hant"),
        (["en", "fr"], ["fr-CA", "en"], "fr"),
        (["fr"], ["de"], "fr"),
        (["de", "en"], ["ja"], "en"),
        ([], ["en"], None),
    ],
)
def test_the_language_that_suits_best_is_taken(
    available: list[str], wanted: list[str], chosen: str | None
) -> None:
    assert choose_language(available, wanted) == chosen
