"""A merchant's colours as a stylesheet: the pages allow no style written into them."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from merchants.models import Brand, Merchant


def luminance(colour: str) -> float:
    """Return the relative luminance (0–1) of #rrggbb, as WCAG 2 defines it."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def readable_on(colour: str) -> str:
    """Return black or white, whichever stands out more on the colour (4.5 or more to 1)."""
    light = luminance(colour)
    return "#ffffff" if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 else "#000000"


@require_safe
def brand(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    """Return the accent colour and what is readable on it. The link changes with the brand (`?v=`)."""
    accent = Brand.objects.filter(merchant=merchant_id).values_list("accent", flat=True).first()
    if accent is None:
        if not Merchant.objects.filter(pk=merchant_id).exists():
            raise Http404
        accent = Brand._meta.get_field("accent").default
    css = f":root{{--accent:{accent};--on-accent:{readable_on(accent)}}}\n"
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=86400"
    return response
