"""The bed that measurements lie on: the servers, how much is done, and what has been measured."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.databases import Database, Postgres, Sqlite
from bench.processes import OURS, RIVALS, THEIRS, environment, step
from bench.report import Claim

ROUNDS = 3


@dataclass
class Bed:
    """Everything a measurement is given."""

    home: Path
    postgres: Postgres
    sqlite: Sqlite
    redis: str | None
    is_quick: bool
    claims: list[Claim] = field(default_factory=list)

    @property
    def has_rivals(self) -> bool:
        return (RIVALS / "bin/python").exists()

    def ours(self, url: str, **settings: str) -> dict[str, str]:
        """Return the environment of our processes on a database."""
        return environment(OURS, {"DATABASE_URL": url, "ORDERBELL_VAR": str(self.home / "var")}, settings)

    def theirs(self, url: str, **settings: str) -> dict[str, str]:
        """Return the environment of the rivals' processes on a database."""
        return environment(THEIRS, {"DATABASE_URL": url}, settings)

    def make_rivals_database(self) -> None:
        url = self.postgres.make("rivals")
        step(
            "django.core.management",
            "call_command",
            "migrate",
            "--run-syncdb",
            "--verbosity=0",
            environment=self.theirs(url),
            is_rival=True,
        )


Contender = tuple[str, Callable[[], None]]


def rounds(contenders: Sequence[Contender]) -> None:
    """Let the contenders run in turn, A B C A B C A B C, so that what else the machine does meets all."""
    for number in range(1, ROUNDS + 1):
        for name, run in contenders:
            say(f"  round {number}: {name}")
            run()


def say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def databases(bed: Bed) -> Sequence[Database]:
    return (bed.postgres, bed.sqlite)
