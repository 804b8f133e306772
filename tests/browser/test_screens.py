"""One walk over every screen, as wide as a desk and as narrow as a phone, in both languages."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.visitor import DESKTOP, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
# What no link of the back office leads to.
MORE = (
    "/sandbox/",
    "/accounts/password/change/",
    "/accounts/2fa/totp/activate/",
    "/accounts/password/reset/",
)
# Not screens: files, doors of other people, and the way out.
ELSEWHERE = re.compile(r"^/(api|ops|static|media|u|p|brand|hooks)/|\.csv$|logout")
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b\d+\b")
FEWEST = 50
# A language goes with the person, and other tests run at the same time.
WHO = {"en": "owner", "zh-hans": "viewer"}
# Returns the faults of the page as it stands, in words; the checks of shape are made at each width.
LOOK = """
(language) => {
  const faults = [];
  const say = (is, words) => { if (is) faults.push(words); };
  const root = document.documentElement;
  say(root.lang !== language, `lang is ${root.lang}`);
  say(!document.title.trim(), "no title");
  const first = [...document.querySelectorAll("h1")];
  say(first.length !== 1, `${first.length} h1`);
  say(first.some((one) => !one.textContent.trim()), "empty h1");
  say(root.scrollWidth > window.innerWidth, `${root.scrollWidth - window.innerWidth} px too wide`);
  for (const one of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    say(!one.labels?.length && !one.ariaLabel && !one.getAttribute("aria-labelledby"),
        `no label: ${one.name}`);
  for (const one of document.querySelectorAll("a[href], button"))
    say(!one.textContent.trim() && !one.ariaLabel && !one.querySelector("img[alt]:not([alt=''])"),
        `no name: ${one.outerHTML.slice(0, 80)}`);
  for (const one of document.querySelectorAll("img:not([alt])")) say(true, `no alt: ${one.src}`);
  for (const one of document.images) say(one.complete && !one.naturalWidth, `no picture: ${one.src}`);
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  const twice = ids.filter((one, place) => ids.indexOf(one) !== place);
  for (const id of twice) say(true, `id twice: ${id}`);
  return faults;
}
"""


def promote(visitor: Visitor, role: str) -> None:
    """Make an owner of somebody in the team: owners see every screen."""
    page = visitor.log_in("owner")
    page.goto("/settings/team/")
    row = page.get_by_role("row").filter(has_text=visitor.office.logins[role][0])
    row.get_by_role("link", name="Change role").click()
    page.get_by_role("radio", name="Owner").check()
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Owner")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


def links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href^='/']", "all => all.map((one) => one.getAttribute('href'))")
    return [href.partition("#")[0].partition("?")[0] for href in cast(list[Any], found)]


def look(page: Page, language: str) -> list[str]:
    """Return what is wrong with the page at one width or the other."""
    faults = []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(ViewportSize(width=size["width"], height=size["height"]))
        faults += [f"{page.url} at {size['width']}: {fault}" for fault in page.evaluate(LOOK, language)]
    return faults


@pytest.mark.parametrize("language", WHO)
def test_every_screen_is_whole_at_a_desk_and_on_a_phone(visitor: Visitor, language: str) -> None:
    role = WHO[language]
    if role != "owner":
        promote(visitor, role)
    page = visitor.log_in(role, language=language)
    visitor.confirm_access(role)
    waiting, seen, faults = [*links(page), *MORE], set(), []
    while waiting:
        path = waiting.pop(0)
        # One of a kind will do.
        kind = ID.sub("…", path)
        if kind in seen or ELSEWHERE.search(path):
            continue
        seen.add(kind)
        page.goto(path)
        waiting += links(page)
        faults += look(page, language)
    assert faults == []
    assert len(seen) >= FEWEST, sorted(seen)
