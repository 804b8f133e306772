"""How each placeholder is read from the facts and put into words."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from notifications.placeholders import formats, words
from notifications.placeholders.formats import Facts, Locale, plain

Value = Callable[[Facts, Locale], str]

MOST_LINES = 50


def get(facts: Facts, group: str, field: str) -> object:
    found = facts.get(group)
    return found.get(field) if isinstance(found, dict) else None


def _data(field: str) -> Callable[[Facts], object]:
    def read(facts: Facts) -> object:
        data = get(facts, "event", "data")
        return data.get(field) if isinstance(data, dict) else None

    return read


def text(group: str, field: str) -> Value:
    return lambda facts, _: plain(get(facts, group, field))


def link(group: str, field: str) -> Value:
    def value(facts: Facts, locale: Locale) -> str:
        link = plain(get(facts, group, field)).replace(" ", "%20")
        return link if link.startswith(("https://", "http://")) else ""

    return value


def time(group: str, field: str) -> Value:
    return lambda facts, locale: formats.when(get(facts, group, field), locale)


def span(group: str) -> Value:
    return lambda facts, locale: formats.span(
        get(facts, group, "window_start"), get(facts, group, "window_end"), locale
    )


def amount(group: str, field: str) -> Value:
    return lambda facts, locale: formats.money(
        get(facts, group, field), plain(get(facts, "order", "currency")), locale
    )


def word(group: str, field: str, table: words.Words) -> Value:
    return lambda facts, locale: _put(plain(get(facts, group, field)), table, locale)


def _put(bare: str, table: words.Words, locale: Locale) -> str:
    """Return what a code is called; one that the table does not know stays as it is."""
    en, zh = table.get(bare, (bare, bare))
    return locale.pick(en=en, zh=zh)


def _names(items: object) -> list[tuple[str, int]]:
    found = []
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            found.append((plain(item.get("name") or item.get("sku")), _pieces(item.get("quantity"))))
        else:
            found.append((plain(item), 1))
    return [(name, pieces) for name, pieces in found if name]


def _pieces(quantity: object) -> int:
    return quantity if isinstance(quantity, int) and quantity > 0 else 1


def goods(read: Callable[[Facts], object]) -> Value:
    def value(facts: Facts, locale: Locale) -> str:
        found = _names(read(facts))
        return formats.joined([name for name, _ in found], sum(pieces for _, pieces in found), locale)

    return value


def item_count(facts: Facts, locale: Locale) -> str:
    pieces = sum(pieces for _, pieces in _names(facts.get("items")))
    return str(pieces) if pieces else ""


def _lines(facts: Facts, locale: Locale) -> list[tuple[str, int, str]]:
    """Return name, pieces and price of the goods; of a very long order the rest in one line."""
    currency = plain(get(facts, "order", "currency"))
    items = facts.get("items")
    known = [item for item in (items if isinstance(items, list) else ()) if isinstance(item, dict)]
    lines = [
        (
            plain(item.get("name") or item.get("sku")),
            _pieces(item.get("quantity")),
            formats.money(item.get("unit_price"), currency, locale),
        )
        for item in known[:MOST_LINES]
    ]
    rest = known[MOST_LINES:]
    if rest:
        label = locale.pick(en=f"and {len(rest)} more", zh=f"另有{len(rest)}种商品")
        lines.append((label, sum(_pieces(item.get("quantity")) for item in rest), ""))
    return lines


def items_text(facts: Facts, locale: Locale) -> str:
    return "\n".join(
        f"- {name} x {pieces}" + (f", {price}" if price else "")
        for name, pieces, price in _lines(facts, locale)
    )


_TABLE = Markup(
    '<table class="items" role="presentation" width="100%" cellpadding="0" cellspacing="0"'
    ' style="border-collapse:collapse;margin:16px 0">'
)
_NAME = Markup('<tr><td class="cell" style="padding:8px 0;border-bottom:1px solid #e2e5ea">')
_PIECES = Markup(
    '</td><td class="cell" align="center" style="padding:8px 12px;border-bottom:1px solid #e2e5ea">× '
)
_PRICE = Markup('</td><td class="cell" align="right" style="padding:8px 0;border-bottom:1px solid #e2e5ea">')
_END = Markup("</td></tr>")


def items_table(facts: Facts, locale: Locale) -> Markup:
    """Return a table of the goods; joining escapes whatever is not markup of ours."""
    parts: list[str] = []
    for name, pieces, price in _lines(facts, locale):
        parts += (_NAME, name, _PIECES, str(pieces), _PRICE, price, _END)
    return Markup().join([_TABLE, *parts, Markup("</table>")]) if parts else Markup()


def delay_hours(facts: Facts, locale: Locale) -> str:
    hours = get(facts, "shipment", "delay_hours")
    if not isinstance(hours, int) or hours <= 0:
        return ""
    return locale.pick(en=f"{hours} hour{'' if hours == 1 else 's'}", zh=f"{hours}小时")


def from_event(field: str) -> Value:
    read = _data(field)
    return lambda facts, _: plain(read(facts))


def word_from_event(field: str, table: words.Words) -> Value:
    read = _data(field)
    return lambda facts, locale: _put(plain(read(facts)), table, locale)


def time_from_event(field: str) -> Value:
    read = _data(field)
    return lambda facts, locale: formats.when(read(facts), locale)


def balance(facts: Facts, locale: Locale) -> str:
    amount, unit = plain(_data("balance")(facts)), plain(_data("unit")(facts))
    if not amount:
        return ""
    return f"{amount} {unit}" if unit else locale.pick(en=f"{amount} texts", zh=f"{amount}条")


def membership_end(facts: Facts, locale: Locale) -> str:
    return formats.day(_data("expires_at")(facts), locale)
