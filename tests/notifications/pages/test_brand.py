from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from notifications.pages.brand import luminance, readable_on


@given(st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True))
def test_what_stands_on_the_accent_can_be_read(colour: str):
    lighter, darker = sorted((luminance(colour), luminance(readable_on(colour))), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
