"""A mail written down as RFC 5322 and MIME want it, by splicing: EmailMessage takes ten times as long.

What is written is plain ASCII in short lines, whatever the words are, so it passes every server as
it is. No value can begin a header of its own: control characters become spaces before anything else.
"""

from __future__ import annotations

import re
from binascii import b2a_base64, b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_QUOTED = re.compile(r"[^\s<>]+@[^\s<>]+")
_PLAIN = re.compile(r"[ -~]{0,66}")
_ADDRESS = re.compile(r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]{1,64}@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*")
# With the longest header name in use, an encoded word of so many bytes fits in a line of 76 (RFC 2047).
_WORD = 39
_LINE = 76


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as facts; the addresses are as `wire_address` returns them, or empty when there is none."""

    reference: str
    sender_name: str
    sender: str
    recipient: str
    subject: str
    text: str
    html: str = ""
    reply_to: str = ""
    unsubscribe_url: str = ""
    feedback_id: str = ""

    @property
    def message_id(self) -> str:
        return f"<{self.reference}@{self.sender.rpartition('@')[2]}>"

    @property
    def extra_headers(self) -> dict[str, str]:
        """Return the headers beyond the sender, the recipient and the words."""
        headers = {"Auto-Submitted": "auto-generated"}
        if self.unsubscribe_url:
            headers["List-Unsubscribe"] = f"<{self.unsubscribe_url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if self.feedback_id:
            headers["Feedback-ID"] = self.feedback_id
        return headers


def wire_address(address: str) -> str:
    """Return an address as it may stand in an envelope and a header, or "" when it cannot.

    The domain becomes ASCII (IDNA). Quoted and non-ASCII local parts, which few servers take and
    Django's own validator refuses, are not taken.
    """
    local, _, domain = address.strip().rpartition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:
            return ""
    whole = f"{local}@{domain}"
    return whole if len(whole) <= 254 and _ADDRESS.fullmatch(whole) else ""


def one_line(value: str) -> str:
    """Return a value without anything that could end a line."""
    return _CONTROLS.sub(" ", value).strip()


def without_addresses(text: str) -> str:
    """Return what a server said without the addresses that it quotes: not all who see it may know them."""
    return _QUOTED.sub("…", text)


def encode(mail: Mail, *, at: datetime) -> bytes:
    """Return the whole mail, lines ending in CRLF; nothing in it needs 8BITMIME or SMTPUTF8."""
    headers = [
        f"From: {_phrase(mail.sender_name)}<{mail.sender}>",
        f"To: {mail.recipient}",
        f"Subject: {_unstructured(mail.subject)}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: {mail.message_id}",
        "MIME-Version: 1.0",
    ]
    if mail.reply_to:
        headers.append(f"Reply-To: {mail.reply_to}")
    headers.extend(f"{name}: {one_line(value)}" for name, value in mail.extra_headers.items())
    head = "\r\n".join(headers).encode("ascii", "replace")
    if not mail.html or not mail.text:
        return head + (_part("html", mail.html) if mail.html else _part("plain", mail.text))
    # "=_" stands in neither encoding of a part, so a part can never hold the boundary.
    boundary = b"=_" + mail.reference.encode("ascii", "replace")
    between = b"--" + boundary
    return b"".join(
        (
            head,
            b'\r\nContent-Type: multipart/alternative;\r\n boundary="',
            boundary,
            b'"\r\n\r\n',
            between,
            _part("plain", mail.text),
            between,
            _part("html", mail.html),
            between,
            b"--\r\n",
        )
    )


def _part(subtype: str, words: str) -> bytes:
    """Return the end of a header block and the body it announces, from the line break on."""
    text = words.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    if not text.endswith("\r\n"):
        text += "\r\n"
    data = text.encode("utf-8", "replace")
    # Every byte beyond ASCII costs three as quoted-printable: base64 is the shorter from a sixth on.
    if (len(data) - len(text)) * 9 > len(data):
        encoding, body = "base64", _wrapped(data)
    else:
        encoding, body = "quoted-printable", b2a_qp(data)
    head = (
        f'\r\nContent-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    )
    return head.encode() + body


def _wrapped(data: bytes) -> bytes:
    encoded = b2a_base64(data, newline=False)
    lines = [encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE)]
    return b"\r\n".join([*lines, b""])


def _unstructured(value: str) -> str:
    value = one_line(value)
    # A line that reads like an encoded word would be decoded as one.
    if _PLAIN.fullmatch(value) and "=?" not in value:
        return value
    return _words(value)


def _phrase(name: str) -> str:
    """Return a display name and what parts it from the address, or "" when there is none."""
    name = one_line(name)
    if not name:
        return ""
    if _PLAIN.fullmatch(name) and "=?" not in name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" '
    return _words(name) + "\r\n "


def _words(value: str) -> str:
    """Return encoded words (RFC 2047), one a line; none ends within a character."""
    data = value.encode("utf-8", "replace")
    words = []
    start = 0
    while start < len(data):
        end = min(start + _WORD, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        words.append(f"=?utf-8?b?{b2a_base64(data[start:end], newline=False).decode()}?=")
        start = end
    return "\r\n ".join(words)
