from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from merchants.models import Brand
from tests.builders import a_merchant
from tests.merchants.screens.clients import a_browser

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def a_png(width: int = 64, height: int = 64) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * (width + 1) * min(height, 64))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.fixture(autouse=True)
def _media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def uploaded(content: bytes, *, name: str = "logo.png", kind: str = "image/png") -> dict[str, object]:
    return {"accent": "#112233", "tone": "warm", "logo": SimpleUploadedFile(name, content, kind)}


def test_a_logo_is_kept_under_a_name_of_ours_and_served_as_what_it_is(client):
    shop = a_merchant()
    page = a_browser(shop).post(reverse("brand"), uploaded(a_png(), name="../../evil.html", kind="text/html"))
    assert page.status_code == 302
    name = Brand.objects.get(merchant=shop).logo.name
    assert name is not None
    assert name.startswith("logos/")
    assert name.endswith(".png")
    served = client.get(f"/media/{name}")
    assert served["Content-Type"] == "image/png"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served["Content-Security-Policy"]
    assert b"".join(served.streaming_content) == a_png()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (SVG, "no PNG, JPEG or WebP"),
        (b"<html><script>alert(1)</script>", "no PNG, JPEG or WebP"),
        (b"GIF89a" + b"\0" * 20, "no PNG, JPEG or WebP"),
        (b"\x89PNG\r\n\x1a\n" + SVG, "no PNG, JPEG or WebP"),
        (a_png() + SVG, "no PNG, JPEG or WebP"),
        (a_png()[:-10], "no PNG, JPEG or WebP"),
        (b"\xff\xd8\xff\xe0\x00\x00", "no PNG, JPEG or WebP"),
        (a_png(50_000, 64), "measures 50000 × 64"),
        (a_png(8, 8), "measures 8 × 8"),
        (a_png() + b"\0" * 600_000, "allowed are 512 KB"),
        (b"", "empty"),
    ],
)
def test_it_refuses_what_is_no_sensible_picture(content: bytes, complaint: str):
    shop = a_merchant()
    page = a_browser(shop, language="en").post(reverse("brand"), uploaded(content))
    assert page.status_code == 422
    assert complaint in page.content.decode()
    assert not Brand.objects.filter(merchant=shop).exclude(logo="").exists()


@pytest.mark.parametrize(
    "path", ["/media/logos/../secret.png", "/media/logos/x.svg", f"/media/logos/{'0' * 32}.png"]
)
def test_nothing_else_is_served(client, path: str):
    assert client.get(path).status_code == 404


def test_a_colour_is_a_colour():
    page = a_browser(a_merchant()).post(reverse("brand"), {"accent": "red;}body{", "tone": "warm"})
    assert page.status_code == 422


def test_the_brand_is_of_the_shop_one_works_for():
    other = Brand.objects.create(merchant=a_merchant(), from_name="Other")
    shop = a_merchant()
    a_browser(shop).post(reverse("brand"), {"accent": "#112233", "tone": "formal", "from_name": "Mine"})
    other.refresh_from_db()
    assert other.from_name == "Other"
    assert Brand.objects.get(merchant=shop).from_name == "Mine"


def test_the_shop_takes_only_what_exists():
    shop = a_merchant()
    client = a_browser(shop)
    fields = {
        "name": "Tea",
        "country": "DE",
        "timezone": "Europe/Berlin",
        "currency": "EUR",
        "language": "en",
        "news_hours": "48",
    }
    assert client.post(reverse("shop"), fields).status_code == 302
    shop.refresh_from_db()
    assert (shop.name, shop.timezone, shop.news_hours) == ("Tea", "Europe/Berlin", 48)
    for wrong in ({"timezone": "Mars/Base"}, {"currency": "XXX"}, {"country": "ZZ"}, {"news_hours": "0"}):
        assert client.post(reverse("shop"), fields | wrong).status_code == 422
