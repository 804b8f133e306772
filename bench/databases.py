"""The databases that are measured on; every run begins with a fresh copy."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.postgres import postgres


class Database:
    """A database server from whose databases others are copied, so that every run begins with the same."""

    name: str

    def url(self, database: str) -> str:
        raise NotImplementedError

    def make(self, database: str) -> str:
        """Make an empty database and return its URL. An older one of the name goes."""
        raise NotImplementedError

    def copy(self, database: str, *, of: str) -> str:
        """Copy a database that nobody has open, and return the copy's URL. An older one of the name goes."""
        raise NotImplementedError


class Sqlite(Database):
    name = "SQLite"

    def __init__(self, home: Path) -> None:
        self.home = home

    def url(self, database: str) -> str:
        return f"sqlite:///{self.home / database}.sqlite3"

    def make(self, database: str) -> str:
        for end in ("", "-wal", "-shm"):
            (self.home / f"{database}.sqlite3{end}").unlink(missing_ok=True)
        return self.url(database)

    def copy(self, database: str, *, of: str) -> str:
        url = self.make(database)
        # A worker's end leaves pages in the write-ahead log, which a copy of the file would miss.
        with (
            closing(sqlite3.connect(self.home / f"{of}.sqlite3")) as source,
            closing(sqlite3.connect(self.home / f"{database}.sqlite3")) as copy,
        ):
            source.backup(copy)
        return url


class Postgres(Database):
    name = "PostgreSQL"

    def __init__(self, url: str) -> None:
        self._base, _, self._first = url.rpartition("/")

    def url(self, database: str) -> str:
        return f"{self._base}/{database}"

    def make(self, database: str) -> str:
        return self.copy(database, of="template1")

    def copy(self, database: str, *, of: str) -> str:
        name, template = sql.Identifier(database), sql.Identifier(of)
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, template))
        return self.url(database)

    def ask(self, question: str) -> str:
        with self._connect() as connection:
            row = connection.execute(sql.SQL(question)).fetchone()
        return str(row[0]) if row else ""

    def _run(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection[Any]:
        user, _, place = self._base.partition("://")[2].partition("@")
        if place.startswith("/"):
            return psycopg.connect(host=place[1:], user=user, dbname=self._first, autocommit=True)
        return psycopg.connect(f"{self._base}/{self._first}", autocommit=True)


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Yield the server that DATABASE_URL names, else one that is thrown away afterwards."""
    url = os.environ.get("DATABASE_URL", "")
    if url.startswith("postgres"):
        yield Postgres(url)
        return
    with postgres() as server:
        yield Postgres(server.url)
