"""`filter(id__among=ids)`: what `in` says, with all the values in one parameter.

For `in`, every value is put into the statement by itself, which for hundreds of ids takes longer than
the query. Values may be of any number; there is no limit as with SQLite's variables.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import orjson
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignObject, Lookup
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    AnyLookup = Lookup[Any]
    AnyField = Field[Any, Any]
else:
    AnyLookup, AnyField = Lookup, Field


class Among(AnyLookup):
    lookup_name = "among"

    def get_prep_lookup(self) -> list[Any]:
        values: Iterable[Any] = self.rhs
        return list(values)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        field = self.lhs.output_field
        values = [field.get_db_prep_value(value, connection) for value in self.rhs]
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", (*parameters, values)
        listed = orjson.dumps(values).decode()
        return f"{column} IN (SELECT value FROM json_each(%s))", (*parameters, listed)  # noqa: S608


def register() -> None:
    """Teach every field of every model this lookup (relations do not inherit it)."""
    Field.register_lookup(Among)
    ForeignObject.register_lookup(Among)
