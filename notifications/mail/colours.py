"""Colours that can be read on what they stand on (WCAG 2: contrast of at least 4.5)."""

from __future__ import annotations

WHITE, INK, NIGHT = "#ffffff", "#14171c", "#1b1f26"
ENOUGH = 4.5


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb, 0 (black) to 1 (white)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_on(background: str) -> str:
    """Return white or near-black, whichever reads better."""
    return max((WHITE, INK), key=lambda colour: contrast(colour, background))


def readable(colour: str, *, on: str) -> str:
    """Return the colour, moved towards black or white as far as reading it on a ground demands."""
    target = 255 if luminance(on) < 0.18 else 0
    for step in range(21):
        mixed = "#" + "".join(
            f"{round(channel + (target - channel) * step / 20):02x}" for channel in _channels(colour)
        )
        if contrast(mixed, on) >= ENOUGH:
            return mixed
    return WHITE if target else INK
