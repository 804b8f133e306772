"""Part counts against the standard's edges and against smsutil, an independent count."""

from __future__ import annotations

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st

from notifications.segments import Alphabet, Segments, count, with_signature

# smsutil takes the bare escape for a letter and calls an empty text one part: neither can be sent.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x1b"), min_size=1, max_size=400)
gsm_texts = st.text(
    st.sampled_from("@£$é\nΔΩÆ !#¤%&'()+09:=?¡AZÄÖÑÜ§¿azäöñüà\f^{}\\[~]|€"), min_size=1, max_size=500
)


@pytest.mark.parametrize(
    ("text", "parts", "per_part"),
    [
        ("a" * 160, 1, 160),
        ("a" * 161, 2, 153),
        ("a" * 306, 2, 153),
        ("a" * 307, 3, 153),
        ("{" * 80, 1, 160),
        ("{" * 81, 2, 153),
        ("中" * 70, 1, 70),
        ("中" * 71, 2, 67),
        ("中" * 134, 2, 67),
        ("中" * 135, 3, 67),
        ("😀" * 35, 1, 70),
        ("😀" * 36, 2, 67),
    ],
)
def test_it_counts_parts_at_the_edges(text: str, parts: int, per_part: int) -> None:
    segments = count(text)

    assert (segments.parts, segments.per_part) == (parts, per_part)


def test_an_empty_text_takes_no_part() -> None:
    assert count("") == Segments(0, 160, 0, Alphabet.GSM7)
    assert count("", country="CN").parts == 0


def test_an_extension_character_is_not_split_over_two_parts() -> None:
    # 306 units would fit two parts of 153, were the euro sign not across the seam.
    assert count("a" * 152 + "€" + "a" * 152).parts == 3


def test_a_surrogate_pair_is_not_split_over_two_parts() -> None:
    assert count("中" * 66 + "😀" + "中" * 66).parts == 3


def test_one_foreign_character_makes_the_whole_text_wide() -> None:
    assert count("a" * 100).alphabet is Alphabet.GSM7
    assert count("a" * 99 + "中") == Segments(100, 67, 2, Alphabet.UCS2)


@pytest.mark.parametrize(("length", "parts"), [(70, 1), (71, 2), (134, 2), (135, 3), (160, 3)])
def test_mainland_china_counts_every_character_as_one(length: int, parts: int) -> None:
    for char in ("a", "中", "€", "😀"):
        segments = count(char * length, country="CN")
        assert (segments.units, segments.parts) == (length, parts)


def test_hong_kong_counts_as_the_rest_of_the_world() -> None:
    assert count("a" * 160, country="HK").parts == 1


@given(texts | gsm_texts)
def test_it_agrees_with_smsutil_outside_china(text: str) -> None:
    expected = smsutil.split(text)

    segments = count(text)

    assert segments.parts == len(expected.parts)
    assert (segments.alphabet is Alphabet.GSM7) == (expected.encoding == "gsm0338")


@given(texts, texts)
def test_more_text_never_takes_fewer_parts(text: str, more: str) -> None:
    for country in ("", "CN"):
        assert count(text + more, country=country).parts >= count(text, country=country).parts


@given(texts)
def test_every_unit_fits_into_the_parts(text: str) -> None:
    for country in ("", "CN"):
        segments = count(text, country=country)
        assert segments.units <= segments.parts * segments.per_part


def test_the_signature_stands_in_brackets_before_the_text() -> None:
    assert with_signature("您的订单已发货", "云栖") == "【云栖】您的订单已发货"


def test_no_signature_leaves_the_text_alone() -> None:
    assert with_signature("Shipped", "") == "Shipped"
