from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants.images import Image, NotAnImage, read_image

JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x20\x00\x40\x01\x01\x11\x00\xff\xd9"


def a_webp(kind: bytes, body: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 12 + len(body)) + b"WEBP" + kind + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    ("content", "image"),
    [
        (JPEG, Image("jpg", 64, 32)),
        (a_webp(b"VP8X", b"\0" * 4 + b"\x3f\0\0\x1f\0\0"), Image("webp", 64, 32)),
        (a_webp(b"VP8L", b"\x2f" + struct.pack("<I", 63 | 31 << 14)), Image("webp", 64, 32)),
        (a_webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 64, 32)), Image("webp", 64, 32)),
    ],
)
def test_it_tells_kind_and_size(content: bytes, image: Image):
    assert read_image(content) == image


@given(
    st.sampled_from(
        [
            b"",
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff",
            JPEG[:-6],
            b"RIFF\x10\0\0\0WEBP",
            b"RIFF\x10\0\0\0WEBPVP8X",
        ]
    ),
    st.binary(max_size=64),
)
def test_whatever_the_bytes_it_answers_or_refuses(start: bytes, rest: bytes):
    with contextlib.suppress(NotAnImage):
        read_image(start + rest)
