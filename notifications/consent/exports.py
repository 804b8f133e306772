"""Write opt-outs as CSV that a spreadsheet can open without running anything."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from merchants.models import Merchant
from notifications.models import OptOut

COLUMNS = ("channel", "address", "category", "source", "reason", "since")
# A spreadsheet takes a cell that begins like this for a formula.
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]")


class Echo:
    """Give back what is written to it: csv writes to files only."""

    def write(self, line: str) -> str:
        return line


def harmless(value: str) -> str:
    """Return the cell with an apostrophe in front if it could be a formula."""
    return f"'{value}" if _FORMULA.match(value) else value


def export_opt_outs(merchant: Merchant) -> Iterator[str]:
    """Yield the merchant's opt-outs line by line, oldest first, ready to be imported again.

    Begins with a byte order mark, without which Excel garbles Chinese. The caller keeps the scope
    open for as long as it reads.
    """
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    rows = OptOut.objects.filter(merchant=merchant).order_by("id")
    for row in rows.iterator(chunk_size=2_000):
        cells = (row.channel, row.address, row.category, row.source, row.reason)
        yield writer.writerow([*map(harmless, cells), row.created_at.isoformat(timespec="seconds")])
