"""What the strict content policy would refuse is in no template."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

FORBIDDEN = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\ssrc=)|hx-on|https?://", re.I
)
TEMPLATES = sorted(
    path
    for folder in ("templates/allauth", "templates/account", "templates/screens")
    for path in (settings.BASE_DIR / folder).rglob("*.html")
) + sorted((settings.BASE_DIR / "templates").glob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_a_template_carries_no_script_style_or_handler(path: Path):
    assert not FORBIDDEN.search(path.read_text())


def test_the_vendored_stylesheet_calls_nobody():
    css = (settings.BASE_DIR / "static/vendor/tabler/tabler.min.css").read_text()
    assert set(re.findall(r"url\(\"?([a-z]+):", css)) == {"data"}
    assert "@import" not in css
    assert "sourceMappingURL" not in css
