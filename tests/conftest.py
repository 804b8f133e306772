"""What holds for every test; objects are made by tests/builders.py."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test.client import ClientHandler
from django_scopes import scopes_disabled
from django_scopes.state import state
from hypothesis import settings as hypothesis_settings

from scripts.translations import compile_all

hypothesis_settings.register_profile("here", deadline=None)
hypothesis_settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        compile_all(only_stale=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only", action="store_true", help="run only what touches the database (on a second one)"
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that the other worker has the rest meanwhile."""
    if config.getoption("--database-only"):
        left_out = [item for item in items if not _touches_the_database(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _touches_the_database(item)]
    # What was imported and collected stays: looking through it again and again took a tenth of the time.
    gc.collect()
    gc.freeze()
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


LONGEST = ("tests/flows", "tests/browser")
_DATABASE = {"db", "transactional_db", "live_server"}


def _touches_the_database(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(names & _DATABASE)


def pytest_report_header() -> str:
    return f"database: {connection.vendor}; hypothesis profile: {'ci' if os.environ.get('CI') else 'here'}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Keep SQLite's test database in a file: threads cannot share one in memory."""
    memory = Path("/dev/shm")
    folder = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="orderbell_sqlite_", dir=folder) as home:
        databases: dict[str, dict[str, Any]] = django_settings.DATABASES
        for database in databases.values():
            if database["ENGINE"] == "django.db.backends.sqlite3":
                database.setdefault("TEST", {})["NAME"] = str(Path(home) / "test.sqlite3")
        yield


@pytest.fixture(scope="session", autouse=True)
def _test_bed(django_test_environment: None) -> Iterator[None]:
    """Exchange what is slow or would leave the process, after Django's own set-up."""
    with pytest.MonkeyPatch.context() as patch:
        # Django puts in a mail back end that says nothing of what became of a message.
        patch.setattr(django_settings, "EMAIL_BACKEND", "anymail.backends.test.EmailBackend")
        patch.setattr(django_settings, "PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"])
        # Else every client lists all static files, and warns that none are collected.
        patch.setattr(django_settings, "WHITENOISE_AUTOREFRESH", True, raising=False)
        patch.setattr(ClientHandler, "__call__", _answer_outside_any_scope)
        yield


_answer = ClientHandler.__call__


def _answer_outside_any_scope(handler: ClientHandler, environ: dict[str, Any]) -> Any:
    """Answer a test client's request as a server would: a query needs the scope that the view opened."""

    def answer() -> Any:
        state.set(None)
        return _answer(handler, environ)

    return copy_context().run(answer)


@pytest.fixture(autouse=True)
def _across_merchants() -> Iterator[None]:
    """Let the test itself look at every merchant's rows; what it calls over HTTP cannot."""
    with scopes_disabled():
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()
