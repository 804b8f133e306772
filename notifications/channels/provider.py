"""Mail by any of Django's mail back ends, which is how anymail reaches the providers; each in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailRecipientsRefused,
)
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from notifications.channels.mime import Mail, one_line, without_addresses
from notifications.outcomes import ErrorClass, Result, accepted, refused, unknown

THREADS = 16

STATUSES = {
    400: ErrorClass.CONTENT,
    401: ErrorClass.CREDENTIALS,
    402: ErrorClass.BALANCE,
    403: ErrorClass.CREDENTIALS,
    404: ErrorClass.CONFIG,
    413: ErrorClass.CONTENT,
    422: ErrorClass.CONTENT,
    429: ErrorClass.RATE_ACCOUNT,
}
# What anymail says became of a recipient, where the provider tells at once.
RECIPIENT_STATUSES = {
    "rejected": ErrorClass.RECIPIENT,
    "invalid": ErrorClass.RECIPIENT,
    "failed": ErrorClass.TRANSIENT,
}


class Provider:
    """The way out by a provider's API, one call a mail; a thread keeps its connection."""

    batch_size = 1

    def __init__(self, backend: str) -> None:
        self._backend = backend
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="mail")
        self._kept = threading.local()

    async def send(self, mails: Sequence[Mail]) -> list[Result]:
        loop = asyncio.get_running_loop()
        sends = (loop.run_in_executor(self._threads, self._send, mail) for mail in mails)
        return await asyncio.gather(*sends)

    async def close(self) -> None:
        """Do nothing: connections belong to threads, not to the loop, and end with them."""

    def _send(self, mail: Mail) -> Result:
        message = message_of(mail)
        try:
            self._connection().send_messages([message])
        except Exception as fault:
            self._kept.connection = None
            return _trouble(fault)
        return _said(message, mail)

    def _connection(self) -> Any:
        connection = getattr(self._kept, "connection", None)
        if connection is None:
            connection = get_connection(self._backend)
            connection.open()
            self._kept.connection = connection
        return connection


def message_of(mail: Mail) -> EmailMultiAlternatives:
    """Return a mail as Django knows it, with our reference for the provider's receipts."""
    name = one_line(mail.sender_name).replace("\\", "\\\\").replace('"', '\\"')
    message = EmailMultiAlternatives(
        subject=one_line(mail.subject),
        body=mail.text,
        from_email=f'"{name}" <{mail.sender}>' if name else mail.sender,
        to=[mail.recipient],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={header: one_line(value) for header, value in mail.extra_headers.items()},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.metadata = {"reference": mail.reference}  # type: ignore[attr-defined]  # anymail's own
    return message


def _said(message: EmailMultiAlternatives, mail: Mail) -> Result:
    """Return what the back end told of a mail it sent; Django's own tell nothing."""
    status = getattr(message, "anymail_status", None)
    if status is None:
        return accepted(mail.reference)
    words = sorted(status.status or ())
    for word in words:
        if word in RECIPIENT_STATUSES:
            return refused(RECIPIENT_STATUSES[word], code=word)
    return accepted(str(status.message_id or mail.reference), code=",".join(map(str, words)))


def _trouble(fault: Exception) -> Result:
    """Return what an error leaves certain. What an API says may quote the mail: only its kind is kept."""
    kind = type(fault).__name__
    if isinstance(fault, AnymailRecipientsRefused):
        return refused(ErrorClass.RECIPIENT, text=kind)
    if isinstance(fault, AnymailAPIError):
        status = getattr(fault, "status_code", None)
        if status is None:
            # Nothing was said to a provider that could not be reached.
            is_unreached = any(
                isinstance(cause, NewConnectionError | ConnectTimeoutError) for cause in _causes(fault)
            )
            return refused(ErrorClass.TRANSIENT, text="no connection") if is_unreached else unknown(kind)
        if status in STATUSES:
            return refused(STATUSES[status], code=str(status), text=kind, retry_after=_retry_after(fault))
        return unknown(kind, code=str(status))
    if isinstance(fault, AnymailError | ImproperlyConfigured):
        return refused(ErrorClass.CONFIG, text=without_addresses(str(fault).split("\n")[0]))
    return unknown(kind)


def _retry_after(fault: AnymailAPIError) -> int | None:
    """Return how long the provider says to wait, where it says so in seconds."""
    headers = getattr(getattr(fault, "response", None), "headers", {})
    told = headers.get("Retry-After", "")
    return int(told) if told.isdecimal() and len(told) < 6 else None


def _causes(fault: BaseException | None) -> Iterator[object]:
    """Yield an error and what led to it, as `raise from` and as urllib3 notes it."""
    while fault is not None:
        yield fault
        for told in fault.args:
            yield getattr(told, "reason", None)
        fault = fault.__cause__ or fault.__context__
