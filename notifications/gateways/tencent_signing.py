"""Sign a request to Tencent Cloud's API 3.0: TC3-HMAC-SHA256, with all parameters as JSON in the body.

What is signed are the body, its type and the host, as the vendor's own SDKs do; the vendor takes a
signature for five minutes.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from notifications.gateways.base import Account
from notifications.outbound import Request

SERVICE, VERSION = "sms", "2021-01-11"
ENDPOINT, REGION = "https://sms.tencentcloudapi.com", "ap-guangzhou"


def call(action: str, fields: Mapping[str, Any], account: Account, *, now: datetime) -> Request:
    """Return the signed request for one action, by the account's keys, region and endpoint."""
    url, credentials = urlsplit(account.endpoint or ENDPOINT), account.credentials
    body = json.dumps(fields).encode()
    signed = {"content-type": "application/json", "host": url.netloc}
    key = (credentials.get("secret_id", ""), credentials.get("secret_key", ""))
    headers = signed | {
        "x-tc-action": action,
        "x-tc-region": credentials.get("region") or REGION,
        "x-tc-timestamp": str(int(now.timestamp())),
        "x-tc-version": VERSION,
        "authorization": authorization(signed, body, service=SERVICE, key=key, now=now),
    }
    return Request("POST", f"{url.scheme}://{url.netloc}/", headers, body)


def authorization(
    headers: Mapping[str, str], body: bytes, *, service: str, key: tuple[str, str], now: datetime
) -> str:
    """Return the Authorization of a POST to `/` over the body and these headers (lower-case names).

    `key` is SecretId and SecretKey.
    """
    key_id, secret = key
    date = now.astimezone(UTC).strftime("%Y-%m-%d")
    names = sorted(headers)
    canonical = "\n".join(
        (
            "POST",
            "/",
            "",
            *(f"{name}:{headers[name]}" for name in names),
            "",
            ";".join(names),
            sha256(body).hexdigest(),
        )
    )
    scope = f"{date}/{service}/tc3_request"
    digest = sha256(canonical.encode()).hexdigest()
    to_sign = f"TC3-HMAC-SHA256\n{int(now.timestamp())}\n{scope}\n{digest}"
    derived = f"TC3{secret}".encode()
    for part in (date, service, "tc3_request"):
        derived = hmac.digest(derived, part.encode(), "sha256")
    signature = hmac.new(derived, to_sign.encode(), sha256).hexdigest()
    return (
        f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={';'.join(names)}, Signature={signature}"
    )
