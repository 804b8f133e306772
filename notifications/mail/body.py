"""A merchant's body of a mail: cleaned, its placeholders kept safe from whatever reads HTML.

Placeholders are exchanged for marks of two private-use characters around a number before the text
is cleaned and styled, and put back at the very end.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

import nh3

from notifications.braces import CONSTRUCT, TAG
from notifications.placeholders import Placeholder, find

_OPEN, _CLOSE = "\ue000", "\ue001"
MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_TAGS = {"p", "br", "strong", "em", "b", "i", "a", "ul", "ol", "li", "h2", "h3"}
_LOOKS_LIKE_HTML = re.compile(r"</?(?:p|br|strong|em|b|i|a|ul|ol|li|h2|h3)\b[^>]*>", re.IGNORECASE)
_SCHEMES = ("https://", "http://", "mailto:", "tel:")
_HREF = re.compile(r'href="([^"]*)"')
# What is left of a link whose address was not allowed.
_STRIPPED_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_MORE_THAN_A_GREETING = 14
_ANCHOR = re.compile(r'<a(?: class="[^"]*")?>')
_LONE_MARK = re.compile(rf"<p>\s*({MARK.pattern})\s*</p>")
# What is left of a link whose address was not allowed.
_STRIPPED_ANCHOR = re.compile(r'<a(?: class="[^"]*")?>')
_LONE_MARK = re.compile(rf"<p>\s*({MARK.pattern})\s*</p>")
_TAG_ONLY_LINE = re.compile(f"[ \\t]*(?:{_OPEN}\\d+{_CLOSE}[ \\t]*)+")
_ONLY_OUTPUT = re.compile(r"\{\{-?\s*([^|}]*?)\s*-?\}\}")


@dataclass(slots=True)
class Marks:
    """The constructs taken out of a text, by the number that stands for each; `blocks` hold markup."""

    constructs: list[str] = field(default_factory=list)
    blocks: set[str] = field(default_factory=set)

    def put(self, construct: str) -> str:
        self.constructs.append(construct)
        return f"{_OPEN}{len(self.constructs) - 1}{_CLOSE}"

    def take_from(self, text: str) -> str:
        """Return a text in Liquid's notation with marks in place of its constructs."""
        return CONSTRUCT.sub(lambda found: self.put(found[0]), _PRIVATE.sub("", text))

    def restore(self, text: str) -> str:
        """Return the text with its constructs; braces that only look like one are taken apart."""
        text = re.sub(r"\{(?=[{%])", "{ ", text)
        return MARK.sub(lambda found: self.constructs[int(found[1])], text)

    def is_tag(self, mark: re.Match[str]) -> bool:
        return self.constructs[int(mark[1])].startswith("{%")

    def is_open(self, text: str) -> bool:
        """Say whether a condition that begins in the text has not ended there."""
        depth = 0
        for mark in MARK.finditer(text):
            tag = TAG.match(self.constructs[int(mark[1])])
            name = tag[1] if tag else ""
            depth += (name in ("if", "unless")) - (name in ("endif", "endunless"))
        return depth > 0


@dataclass(frozen=True, slots=True)
class Body:
    """A clean body with marks; `bad_links` and `lost` say what could not be kept."""

    html: str
    bad_links: tuple[str, ...]
    lost: tuple[str, ...]


def clean_body(text: str, marks: Marks, *, event: str) -> Body:
    """Return the body as clean HTML with marks; text without markup becomes paragraphs."""
    before = len(marks.constructs)
    marked = marks.take_from(text)
    own = range(before, len(marks.constructs))
    if _LOOKS_LIKE_HTML.search(marked):
        marked = nh3.clean(
            marked,
            tags=_TAGS,
            clean_content_tags={"script", "style"},
            attributes={"a": {"href"}},
            allowed_classes={"a": {"button"}},
            url_schemes={"http", "https", "mailto", "tel"},
            link_rel=None,
        )
    else:
        marked = _paragraphs(marked, marks, event=event)
    kept = {int(number) for number in MARK.findall(marked)}
    lost = tuple(marks.constructs[number] for number in own if number not in kept)
    bad_links: list[str] = [""] * len(_STRIPPED_ANCHOR.findall(marked))
    marked = _HREF.sub(lambda found: _link(found[1], marks, bad_links, event=event), marked)
    for mark in MARK.finditer(marked):
        placeholder = _placeholder(marks.constructs[int(mark[1])], event=event)
        if placeholder and placeholder.html:
            marks.blocks.add(mark[0])
    # A table cannot stand in a paragraph.
    marked = _LONE_MARK.sub(lambda found: found[1] if found[1] in marks.blocks else found[0], marked)
    return Body(marked, tuple(bad_links), lost)


def _paragraphs(text: str, marks: Marks, *, event: str) -> str:
    """Return plain text as paragraphs; a line of conditions alone stands between two, not in one."""
    blocks: list[str] = []
    lines: list[str] = []

    def finish() -> None:
        if lines:
            blocks.append(f"<p>{'<br>'.join(lines)}</p>")
            lines.clear()

    for line in text.splitlines():
        is_condition = bool(_TAG_ONLY_LINE.fullmatch(line)) and all(map(marks.is_tag, MARK.finditer(line)))
        if is_condition or not line.strip():
            finish()
        if is_condition:
            blocks.append(line.strip())
        elif line.strip():
            escaped = html.escape(line.strip(), quote=False)
            lines.append(MARK.sub(lambda found: _anchor(found, marks, event=event), escaped))
    finish()
    return "".join(blocks)


def _anchor(mark: re.Match[str], marks: Marks, *, event: str) -> str:
    """Return a link where plain text shows the address of one."""
    if not _is_link(marks.constructs[int(mark[1])], event=event):
        return mark[0]
    return f'<a href="{mark[0]}">{mark[0]}</a>'


def _placeholder(construct: str, *, event: str) -> Placeholder | None:
    """Return the placeholder that a construct shows as it is."""
    only = _ONLY_OUTPUT.fullmatch(construct)
    return find(only[1], event) if only else None


def _is_link(construct: str, *, event: str) -> bool:
    placeholder = _placeholder(construct, event=event)
    return placeholder is not None and placeholder.is_link


def _link(address: str, marks: Marks, bad: list[str], *, event: str) -> str:
    """Return a link's attribute: a known scheme or a link of ours first, then values as mere parts."""
    first = MARK.match(address)
    start = first.end() if first and _is_link(marks.constructs[int(first[1])], event=event) else 0
    rest = address[start:]
    is_good = bool(start) or address.startswith(_SCHEMES)
    if not is_good or any(map(marks.is_tag, MARK.finditer(rest))):
        bad.append(marks.restore(html.unescape(address)))
        return f'href="{address}"'

    def as_part(found: re.Match[str]) -> str:
        inner = marks.constructs[int(found[1])].strip("{}").strip().strip("-").strip()
        return marks.put(f"{{{{ {inner} | url_part }}}}")

    return f'href="{address[:start]}{MARK.sub(as_part, rest)}"'


_MARK_BEFORE_BLOCK = re.compile(rf"{MARK.pattern} (?=<(?:p|h2|h3|ul|ol|li)\b)")
_BLOCK_END = re.compile(r"</(?:p|h2|h3|ul|ol)>")
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_MORE_THAN_A_GREETING = 14
_ANCHOR = re.compile(r'<a(?: class="[^"]*")? href="([^"]*)"(?: class="[^"]*")?>(.*?)</a>', re.DOTALL)


def as_text(body: str, marks: Marks) -> str:
    """Return a clean body as plain text: one line a point, addresses behind the words of a link."""
    text = re.sub(r"\s+", " ", body)
    # A tag on a line of its own leaves nothing behind, so neither may the end of that line.
    text = _MARK_BEFORE_BLOCK.sub(lambda mark: mark[0][: -1 if marks.is_tag(mark) else None], text)
    text = MARK.sub(lambda mark: f"\n\n{mark[0]}\n\n" if mark[0] in marks.blocks else mark[0], text)
    text = _ANCHOR.sub(lambda found: _spelled_out(found[1], found[2]), text)
    text = re.sub(r"<br\s*/?>|</li>", "\n", text)
    text = text.replace("<li>", "- ")
    text = _BLOCK_END.sub("\n\n", text)
    text = html.unescape(re.sub(r"<[^>]+>", "", text))
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _spelled_out(address: str, label: str) -> str:
    return address if label.strip() in (address, "") else f"{label.strip()}: {address}"


def preheader(body: str, marks: Marks) -> str:
    """Return what an inbox shows beside the subject: the first paragraph that is more than a greeting.

    One with a link, with a condition or under one is passed over.
    """
    for found in _PARAGRAPH.finditer(body):
        text = re.sub(r"<[^>]+>", " ", found[1]).strip()
        has_condition = any(map(marks.is_tag, MARK.finditer(text))) or marks.is_open(body[: found.start()])
        if "<a" not in found[1] and not has_condition and len(text) >= _MORE_THAN_A_GREETING:
            return text
    return ""
