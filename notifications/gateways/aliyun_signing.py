"""Sign a request to Aliyun's API: ACS3-HMAC-SHA256, with all parameters in query or form."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote, urlsplit

from notifications.outbound import Request


def encode(fields: Mapping[str, str]) -> str:
    """Return fields in the order and the spelling that the signature is made over (RFC 3986)."""
    return "&".join(f"{quote(name, safe='')}={quote(fields[name], safe='')}" for name in sorted(fields))


@dataclass(frozen=True, slots=True)
class Call:
    """One action of one API version; most parameters travel in the query, some actions want a form."""

    action: str
    version: str
    query: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)


def sign(call: Call, *, endpoint: str, key: tuple[str, str], now: datetime, nonce: str = "") -> Request:
    """Return the signed POST; `key` is the access key's id and secret, an empty `nonce` means a fresh one."""
    url = urlsplit(endpoint)
    body = encode(call.form).encode()
    headers = {
        "host": url.netloc,
        "x-acs-action": call.action,
        "x-acs-content-sha256": sha256(body).hexdigest(),
        "x-acs-date": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce or secrets.token_hex(16),
        "x-acs-version": call.version,
    }
    if body:
        headers["content-type"] = "application/x-www-form-urlencoded"
    query = encode(call.query)
    headers["Authorization"] = authorization(query, headers, key)
    return Request("POST", f"{url.scheme}://{url.netloc}/?{query}", headers, body)


def authorization(query: str, headers: Mapping[str, str], key: tuple[str, str]) -> str:
    """Return the header that signs an encoded query and headers, whose names are lower case."""
    names = sorted(headers)
    signed = ";".join(names)
    canonical = "\n".join(
        (
            "POST",
            "/",
            query,
            *(f"{name}:{headers[name]}" for name in names),
            "",
            signed,
            headers["x-acs-content-sha256"],
        )
    )
    to_sign = f"ACS3-HMAC-SHA256\n{sha256(canonical.encode()).hexdigest()}"
    key_id, secret = key
    signature = hmac.new(secret.encode(), to_sign.encode(), sha256).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={signed},Signature={signature}"
