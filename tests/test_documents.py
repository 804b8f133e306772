"""What the documents name is there."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from django.urls import resolve

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
)
ROOMS = (
    "bench",
    "config",
    "docs",
    "locale",
    "merchants",
    "notifications",
    "orders",
    "scripts",
    "static",
    "tests",
)
ROOM_FOLDERS = {f"{room}/" for room in ROOMS}
# What a reader of the gateway's page is about to make is in a sample, and samples are left out.
SAMPLE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\s]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)\)")
CHOICE = re.compile(r"\{([^{}]+)\}")
SETTING = re.compile(r"""env\.\w+\(\s*"([A-Z_]+)"|secret\(\s*"([A-Z_]+)\"""")
MADE_LATER = {"bench/results"}


def spellings(path: str) -> list[str]:
    """Return what a path with {one,other} in it names."""
    parts = [part.split(",") for part in CHOICE.split(path)]
    return ["".join(choice) for choice in product(*parts)]


def paths_in(document: str) -> list[str]:
    text = SAMPLE.sub("", (ROOT / document).read_text())
    named = [path for path in CODE.findall(text) if re.match(rf"({'|'.join(ROOMS)})/", path)]
    return [path for written in named if not is_of_the_api(written) for path in spellings(written)]


def is_of_the_api(written: str) -> bool:
    """Say whether something like a path, orders/{number}/, is an address of the API."""
    return written not in ROOM_FOLDERS and resolve(f"/api/v1/{written}").url_name is not None


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_it_names_exists(document: str) -> None:
    missing = [path for path in paths_in(document) if path not in MADE_LATER and not (ROOT / path).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_within_leads_somewhere(document: str) -> None:
    links = [link for link in LINK.findall((ROOT / document).read_text()) if "://" not in link]
    missing = [link for link in links if not ((ROOT / document).parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_of_the_environment_is_in_its_table(readme: str) -> None:
    source = (ROOT / "config/settings.py").read_text()
    settings = {name for pair in SETTING.findall(source) for name in pair if name}
    told = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / readme).read_text(), re.MULTILINE))
    assert len(settings) > 20
    assert settings - told == set()
    assert told - settings == set()


@pytest.mark.parametrize("readme", READMES)
def test_every_target_it_names_is_in_the_makefile(readme: str) -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"`make ([a-z-]+)", (ROOT / readme).read_text()))
    assert targets
    assert [one for one in targets if not re.search(rf"^{one}:", makefile, re.MULTILINE)] == []
