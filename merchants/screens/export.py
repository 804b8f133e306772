"""Lists as CSV, for a spreadsheet, without formulas that somebody smuggled in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Model, QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone, translation

from merchants.models import Merchant
from merchants.ownership import inside
from merchants.screens.base import Column

Row = TypeVar("Row", bound=Model)
BATCH = 1_000
# A cell that begins so is run as a formula by spreadsheets (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def as_csv(
    rows: QuerySet[Row], *, merchant: Merchant, columns: Sequence[Column], name: str
) -> StreamingHttpResponse:
    """Return all rows as a download, streamed: newest first, in the merchant's time zone."""
    language = translation.get_language()
    return StreamingHttpResponse(
        _lines(rows.order_by("-pk"), merchant=merchant, columns=columns, language=language),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _lines(
    rows: QuerySet[Row], *, merchant: Merchant, columns: Sequence[Column], language: str
) -> Iterator[str]:
    # The page is long answered when this runs: each batch opens the scope for itself and closes it again.
    with translation.override(language):
        # The mark tells spreadsheets that this is UTF-8.
        yield "\ufeff" + _written([[str(column.label) for column in columns]])
    last = None
    while True:
        with inside(merchant), timezone.override(ZoneInfo(merchant.timezone)), translation.override(language):
            batch = list((rows.filter(pk__lt=last) if last else rows)[:BATCH])
            text = _written([[plain(column.of_csv(row)) for column in columns] for row in batch])
        if not batch:
            return
        yield text
        last = batch[-1].pk


def _written(lines: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue()


def plain(value: Any) -> str:
    """Return a value as the text of a cell; what a spreadsheet would run gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, (int, Decimal)):
        return str(value)
    text = ", ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
