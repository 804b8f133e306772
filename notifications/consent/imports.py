"""Read a list of opt-outs from a CSV file, row by row, and say what became of each.

Reading the same file again changes nothing: what is known is counted as known.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from merchants.models import Merchant, User
from notifications.consent.addresses import BadAddress, normalise_address
from notifications.models import Category, ChannelKind, OptOut, OptOutImport, OptOutSource

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 100_000
CHUNK = 1_000

_EVERYTHING = tuple(Category)
HEADERS: dict[str, str] = {
    name: column
    for column, names in {
        "address": "address|contact|地址|号码|联系方式|收件人",
        "phone": "phone|phone number|mobile|mobile number|telephone|tel|手机|手机号|手机号码|电话|电话号码",
        "email": "email|e-mail|mail|email address|邮箱|邮件|邮箱地址|电子邮件|电子邮箱",
        "channel": "channel|渠道|通道",
        "category": "category|type|类别|类型|分类",
        "reason": "reason|note|notes|remark|原因|备注",
    }.items()
    for name in names.split("|")
}
CHANNELS: dict[str, str] = {
    "sms": ChannelKind.SMS,
    "text": ChannelKind.SMS,
    "phone": ChannelKind.SMS,
    "短信": ChannelKind.SMS,
    "手机": ChannelKind.SMS,
    "email": ChannelKind.EMAIL,
    "e-mail": ChannelKind.EMAIL,
    "mail": ChannelKind.EMAIL,
    "邮件": ChannelKind.EMAIL,
    "邮箱": ChannelKind.EMAIL,
    "电子邮件": ChannelKind.EMAIL,
}
CATEGORIES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("marketing", "营销", "推广", "促销"), (Category.MARKETING.value,)),
    **dict.fromkeys(("transactional", "notice", "通知", "事务", "交易"), (Category.TRANSACTIONAL.value,)),
    **dict.fromkeys(("all", "both", "everything", "全部", "所有"), _EVERYTHING),
}
# A list that does not say is one of people who do not want advertising.
DEFAULT_CATEGORIES = (Category.MARKETING.value,)


class ImportRefused(Exception):
    """A file that cannot be read at all; nothing was changed. `code` is stable."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Row:
    """One row, as it stands in the file: `number` counts from 1, the header included."""

    number: int
    address: str
    channel: str
    category: str
    reason: str


def import_opt_outs(merchant: Merchant, file: File[Any], by: User | None) -> OptOutImport:
    """Read the file and return what became of its rows.

    Columns: address (or phone, or email), channel, category, reason, in any order, with English or
    Chinese headings; a single column needs none. A phone beside an email counts as two rows.
    Written in transactions of 1,000 rows. Raises `ImportRefused` (too_large, too_many_rows, not_csv,
    no_address_column, empty) before anything is written.
    """
    rows = list(_rows(_decode(file)))
    if not rows:
        raise ImportRefused("empty", _("The file has no rows."))
    record: OptOutImport = OptOutImport.objects.create(
        merchant=merchant, file_name=(file.name or "")[-200:], created_by=by, rows=len(rows)
    )
    for start in range(0, len(rows), CHUNK):
        with transaction.atomic():
            _take_in(rows[start : start + CHUNK], record=record)
            record.save(update_fields=["added", "known"])
    record.save(update_fields=["report"])
    return record


def _take_in(rows: Sequence[Row], *, record: OptOutImport) -> None:
    """Write one chunk's opt-outs; add to the record's figures."""
    merchant = record.merchant
    wanted: list[list[OptOut]] = []
    for row in rows:
        try:
            wanted.append(_opt_outs(row, merchant=merchant))
        except BadAddress as refusal:
            record.report.append({"row": row.number, "address": row.address[:100], "code": refusal.code})
    addresses = {entry.address for entries in wanted for entry in entries}
    known = set(
        OptOut.objects.filter(merchant=merchant, address__in=addresses).values_list(
            "channel", "address", "category"
        )
    )
    new = []
    for entries in wanted:
        fresh = [entry for entry in entries if (entry.channel, entry.address, entry.category) not in known]
        known.update((entry.channel, entry.address, entry.category) for entry in fresh)
        new += fresh
        record.added += bool(fresh)
        record.known += not fresh
    # Somebody may opt out at this very moment.
    OptOut.objects.bulk_create(new, ignore_conflicts=True, batch_size=200)


def _opt_outs(row: Row, *, merchant: Merchant) -> list[OptOut]:
    """Return what the row asks for. Raises `BadAddress`."""
    guess = ChannelKind.EMAIL if "@" in row.address else ChannelKind.SMS
    channel = CHANNELS.get(row.channel.lower()) if row.channel else guess.value
    if channel is None:
        raise BadAddress("bad_channel")
    categories = CATEGORIES.get(row.category.lower()) if row.category else DEFAULT_CATEGORIES
    if categories is None:
        raise BadAddress("bad_category")
    address = normalise_address(channel, row.address, merchant.country)
    return [
        OptOut(
            merchant=merchant,
            channel=channel,
            address=address,
            category=category,
            source=OptOutSource.IMPORT,
            reason=row.reason[:200],
        )
        for category in categories
    ]


def _decode(file: File[Any]) -> str:
    """Return the file's text: UTF-8 with or without a mark, UTF-16 with one, or GB 18030."""
    raw: bytes = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ImportRefused("too_large", _("The file is larger than 5 MB."))
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ImportRefused("not_csv", _("This is not a CSV file in UTF-8 or GB 18030."))


def _rows(text: str) -> Iterator[Row]:
    """Yield the rows with something in them. Raises `ImportRefused`."""
    first_line = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first_line.count)
    lines = enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1)
    columns: list[str] | None = None
    try:
        for number, line in lines:
            cells = [cell.strip().removeprefix("'") for cell in line]
            if not any(cells):
                continue
            if columns is None:
                columns = _columns(cells)
                if columns is None:
                    columns = ["address"]
                else:
                    continue
            if number > MAX_ROWS + 1:
                raise ImportRefused("too_many_rows", _("The file has more than 100,000 rows."))
            yield from _addresses(number, dict(zip(columns, cells, strict=False)))
    except csv.Error as error:
        raise ImportRefused("not_csv", _("This is not a CSV file in UTF-8 or GB 18030.")) from error


def _columns(cells: Sequence[str]) -> list[str] | None:
    """Return which column is which, or None when the first row is a row of a single column."""
    columns = [HEADERS.get(cell.lower(), "") for cell in cells]
    if {"address", "phone", "email"} & set(columns):
        return columns
    if len(cells) == 1 and any(letter.isdecimal() or letter == "@" for letter in cells[0]):
        return None
    raise ImportRefused(
        "no_address_column", _("No column is headed address, phone or email, so nothing can be read.")
    )


def _addresses(number: int, cells: dict[str, str]) -> Iterator[Row]:
    """Yield a row for each address in it; one that has none is yielded too, to be reported."""
    rest = {name: cells.get(name, "") for name in ("category", "reason")}
    channel = cells.get("channel", "")
    found = [
        (cells.get("address", ""), channel),
        (cells.get("phone", ""), "sms"),
        (cells.get("email", ""), "email"),
    ]
    named = [(address, of) for address, of in found if address] or [("", channel)]
    for address, of in named:
        yield Row(number=number, address=address, channel=of, **rest)
