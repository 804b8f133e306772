"""A running Orderbell and a Chromium, for the tests that look at it as people do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.office import Office, office, shared
from tests.browser.visitor import Visitor
from tests.needs import need
from tests.postgres import postgres

# As root, without a screen and without a network there is no sandbox, no GPU and nobody to talk to.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
expect.set_options(timeout=20_000)


@contextmanager
def _on_the_same_database(home: Path) -> Iterator[Office]:
    """Run an office on a database like the one that the suite runs on."""
    with ExitStack() as stack:
        url = f"sqlite:///{home / 'office.sqlite3'}"
        if connection.vendor == "postgresql":
            url = stack.enter_context(postgres()).url
        yield stack.enter_context(office(home, database_url=url))


@pytest.fixture(scope="session")
def running_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all of pytest's processes: to start it takes as long as half of the tests."""
    need("chromium")
    home = tmp_path_factory.mktemp("office")
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    with shared(lambda: _on_the_same_database(home), folder=folder) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # Not for the session: while Playwright's event loop stands, Django refuses queries in this thread.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=need("chromium"), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visitor(running_office: Office, chromium: Browser) -> Iterator[Visitor]:
    """Somebody who reads English; at the end nothing may have gone wrong in their browser."""
    somebody = Visitor.arrive(chromium, running_office)
    yield somebody
    somebody.context.close()
    assert somebody.troubles == []
