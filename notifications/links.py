"""Sign the links that customers and vendors hold, without keeping anything.

A token is the row's id and a MAC over it, 43 URL-safe characters. Each purpose has its own key, so
that a link to unsubscribe opens nothing else.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.conf import settings
from django.utils.encoding import force_bytes

if TYPE_CHECKING:
    from notifications.models import GatewayAccount

UNSUBSCRIBE: Final = "unsubscribe"
PREFERENCES: Final = "preferences"

TOKEN_LENGTH: Final = 43
_MAC_BYTES: Final = 16


@lru_cache(maxsize=64)
def _key(secret: str | bytes, purpose: str) -> bytes:
    return hmac.digest(force_bytes(secret), f"orderbell.links.{purpose}".encode(), hashlib.sha256)


def _token(secret: str | bytes, purpose: str, raw: bytes) -> str:
    mac = hmac.digest(_key(secret, purpose), raw, hashlib.sha256)[:_MAC_BYTES]
    return urlsafe_b64encode(raw + mac)[:TOKEN_LENGTH].decode()


def sign(purpose: str, id: UUID) -> str:
    """Return the token that opens `id` for this purpose."""
    return _token(settings.SECRET_KEY, purpose, id.bytes)


def read(purpose: str, token: str) -> UUID | None:
    """Return the id that a token opens, or None when it was not made by us for this purpose.

    Tokens signed with one of SECRET_KEY_FALLBACKS are still good.
    """
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(token + "=")[:16]
    except binascii.Error:
        return None
    if len(raw) != 16:
        return None
    # The whole token is compared, not the bytes it stands for: base64 spells some bytes in several ways.
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if hmac.compare_digest(token, _token(secret, purpose, raw)):
            return UUID(bytes=raw)
    return None


def unsubscribe_url(message_id: UUID) -> str:
    """Return the address that ends messages like this one; it also takes one-click POSTs (RFC 8058)."""
    return f"{settings.PUBLIC_URL}/u/{sign(UNSUBSCRIBE, message_id)}"


def preferences_url(message_id: UUID) -> str:
    """Return the address where the recipient of this message says what they want to hear."""
    return f"{settings.PUBLIC_URL}/p/{sign(PREFERENCES, message_id)}"


def of_message(message_id: UUID) -> dict[str, str]:
    """Return the links that a message's recipient gets, as facts for its template."""
    return {"unsubscribe": unsubscribe_url(message_id), "preferences": preferences_url(message_id)}


def push_url(gateway: GatewayAccount) -> str:
    """Return where the vendor of this account is to send receipts and replies."""
    return f"{settings.PUBLIC_URL}/hooks/{gateway.kind}/{gateway.token}/"
