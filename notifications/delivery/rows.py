"""Write many rows, each with its own values, in one statement.

The ORM's `bulk_update` builds a CASE per column and row and is over ten times slower; this is the
one place that speaks SQL of its own. PostgreSQL reads the values as arrays, SQLite as one JSON list.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models
from psycopg.types.json import Jsonb


def set_rows(
    model: type[models.Model],
    rows: Sequence[dict[str, Any]],
    *,
    where: dict[str, Sequence[Any]] | None = None,
) -> set[UUID]:
    """Update each row named by its "id" with its other values. Return the ids that were updated.

    All rows carry the same keys. `where` adds a condition on the stored row: column in values.
    """
    if not rows:
        return set()
    fields = [model._meta.get_field(name) for name in rows[0]]
    columns = [
        [
            field.get_db_prep_save(row[field.attname if field.attname in row else field.name], connection)
            for row in rows
        ]
        for field in fields
    ]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = [quote(field.column) for field in fields]
    sets = ", ".join(f"{name} = v.{name}" for name in names[1:])
    conditions, parameters = [f"{table}.{names[0]} = v.{names[0]}"], []
    for name, values in (where or {}).items():
        field = model._meta.get_field(name)
        prepared = [field.get_db_prep_save(value, connection) for value in values]
        conditions.append(f"{table}.{quote(field.column)} IN ({', '.join(['%s'] * len(prepared))})")
        parameters += prepared
    if connection.vendor == "postgresql":
        types = [field.db_type(connection) for field in fields]
        arrays = ", ".join(f"%s::{kind}[]" for kind in types)
        source = f"unnest({arrays}) AS v({', '.join(names)})"
        given: list[Any] = [_array(column) for column in columns]
    else:
        picks = ", ".join(f"json_extract(value, '$[{index}]') AS {name}" for index, name in enumerate(names))
        source = f"(SELECT {picks} FROM json_each(%s)) AS v"
        given = [json.dumps(list(zip(*columns, strict=True)), default=str)]
    # Names come from the models; values are parameters.
    statement = (
        f"UPDATE {table} SET {sets} FROM {source} WHERE {' AND '.join(conditions)}"  # noqa: S608
        f" RETURNING {table}.{names[0]}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*given, *parameters])
        return {value if isinstance(value, UUID) else UUID(value) for (value,) in cursor.fetchall()}


def _array(column: list[Any]) -> list[Any]:
    """Return a column as PostgreSQL takes it in an array: JSON as text."""
    return [(value.dumps or json.dumps)(value.obj) if isinstance(value, Jsonb) else value for value in column]
