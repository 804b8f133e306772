"""Read what a picture is from its first bytes: kind and size, nothing decoded."""

from __future__ import annotations

import struct
from dataclasses import dataclass


class NotAnImage(ValueError):
    """The bytes are no PNG, JPEG or WebP, or are cut off."""


@dataclass(frozen=True)
class Image:
    """A picture's kind ("png", "jpg", "webp") and its size in pixels."""

    kind: str
    width: int
    height: int


def read_image(content: bytes) -> Image:
    """Return what the picture is; raises `NotAnImage` for anything else, whatever its name says."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return _png(content)
        if content.startswith(b"\xff\xd8\xff"):
            return _jpeg(content)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _webp(content)
    except (struct.error, IndexError) as error:
        raise NotAnImage("cut off") from error
    raise NotAnImage("neither PNG, JPEG nor WebP")


def _png(content: bytes) -> Image:
    if content[12:16] != b"IHDR" or not content.endswith(b"IEND\xaeB`\x82"):
        raise NotAnImage("a PNG without beginning or end")
    width, height = struct.unpack(">II", content[16:24])
    return Image("png", width, height)


# The markers that begin a frame and hold its size (ITU T.81, table B.1); C4, C8 and CC are something else.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _jpeg(content: bytes) -> Image:
    place = 2
    while True:
        if content[place] != 0xFF:
            raise NotAnImage("a JPEG that loses its thread")
        marker = content[place + 1]
        if marker == 0xFF:  # padding
            place += 1
            continue
        (length,) = struct.unpack(">H", content[place + 2 : place + 4])
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return Image("jpg", width, height)
        if length < 2:
            raise NotAnImage("a JPEG with an empty segment")
        place += 2 + length


def _webp(content: bytes) -> Image:
    (length,) = struct.unpack("<I", content[4:8])
    if length + 8 > len(content) + 1:
        raise NotAnImage("a WebP that is cut off")
    kind = content[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27))
    elif kind == b"VP8L":
        (bits,) = struct.unpack("<I", content[21:25])
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (size & 0x3FFF for size in struct.unpack("<HH", content[26:30]))
    else:
        raise NotAnImage("a WebP of no known kind")
    return Image("webp", width, height)
