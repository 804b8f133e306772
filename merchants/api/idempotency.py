"""The same POST twice is one POST: `Idempotency-Key`.

The answer is kept in the very transaction of the change it answers: there is either both or neither.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.api.problems import CONTENT_TYPE
from merchants.models import IdempotencyRecord, Merchant
from merchants.ownership import across_merchants

KEPT = timedelta(hours=24)
# How long the second of two simultaneous requests waits for the first, in seconds.
PATIENCE = 2.0
# Answers that would be the same again. A 404 may be cured (by the order that comes late), a 5xx must be.
KEPT_REFUSALS = frozenset({400, 409, 422})
BATCH = 1_000


class IdempotencyKeyReused(APIException):
    """The key stands for another request."""

    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was used for another request.")


class IdempotencyInProgress(APIException):
    """The first request of this key is still being answered."""

    status_code = 409
    default_code = "idempotency_in_progress"
    default_detail = _("The first request with this Idempotency-Key is still being answered. Ask again.")


def key_of(request: Request) -> str | None:
    """Return the request's key, if it has one. Raises `ValidationError` for one that cannot be kept."""
    key: str | None = request.headers.get("Idempotency-Key")
    if key is not None and not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise ValidationError(
            {"Idempotency-Key": [_("Take 1 to 255 printable ASCII characters.")]},
            code="invalid_idempotency_key",
        )
    return key


def answer_once(
    request: Request, *, merchant: Merchant, key: str, answer: Callable[[], Response]
) -> Response:
    """Return the answer that was given to this key, else `answer()`, which is then kept for a day.

    `answer` must turn its exceptions into responses, undoing what it wrote.
    """
    digest = _digest(request)
    with transaction.atomic():
        _be_alone_with(merchant, key)
        record = IdempotencyRecord.objects.filter(merchant=merchant, key=key).first()
        if record and record.created_at <= clock.now() - KEPT:
            record.delete()
            record = None
        if record:
            return _given(record, digest)
        response = answer()
        if response.status_code >= 500:
            transaction.set_rollback(True)
        elif response.status_code < 400 or response.status_code in KEPT_REFUSALS:
            body = json.loads(JSONRenderer().render(response.data)) if response.data is not None else None
            IdempotencyRecord(
                merchant=merchant, key=key, request_digest=digest, status=response.status_code, body=body
            ).save(force_insert=True)
    return response


def _given(record: IdempotencyRecord, digest: str) -> Response:
    if record.request_digest != digest:
        raise IdempotencyKeyReused
    status = record.status or 200
    return Response(
        record.body,
        status,
        headers={"Idempotency-Replayed": "true"},
        content_type=CONTENT_TYPE if status >= 400 else None,
    )


def _be_alone_with(merchant: Merchant, key: str) -> None:
    """Wait until no other request of this key is under way; it stays so until the transaction ends.

    SQLite's immediate transactions are alone anyway. PostgreSQL has a lock of its own for it: a row
    that marks the key could not be seen by others before it is committed, with the change.
    """
    if connection.vendor != "postgresql":
        return
    name = hashlib.sha256(f"{merchant.pk}\n{key}".encode()).digest()[:8]
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(name, "big", signed=True)])
            if cursor.fetchone()[0]:
                return
            if time.monotonic() > deadline:
                raise IdempotencyInProgress
            time.sleep(0.02)


def _digest(request: Request) -> str:
    whole = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    whole.update(request._request.body)
    return whole.hexdigest()


def forget_old_answers() -> int:
    """Delete the answers that are older than a day, in batches. Return how many there were."""
    count = 0
    with across_merchants():
        old = IdempotencyRecord.objects.filter(created_at__lte=clock.now() - KEPT).values_list(
            "pk", flat=True
        )
        while batch := list(old[:BATCH]):
            count += IdempotencyRecord.objects.filter(pk__in=batch).delete()[0]
    return count
