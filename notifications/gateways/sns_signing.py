"""Sign a request to Amazon SNS: AWS Signature Version 4, with all parameters in the form."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import reduce
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from notifications.outbound import Request


def sign(
    form: Mapping[str, str], *, endpoint: str, region: str, key: tuple[str, str], now: datetime
) -> Request:
    """Return the signed POST; `key` is the access key's id and secret."""
    url = urlsplit(endpoint)
    body = urlencode(form).encode()
    time = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "host": url.netloc,
        "x-amz-date": time,
    }
    names = ";".join(headers)
    lines = (f"{name}:{value}" for name, value in headers.items())
    canonical = "\n".join(("POST", "/", "", *lines, "", names, sha256(body).hexdigest()))
    scope = (time[:8], region, "sns", "aws4_request")
    key_id, secret = key
    credential = "/".join((key_id, *scope))
    to_sign = "\n".join(("AWS4-HMAC-SHA256", time, "/".join(scope), sha256(canonical.encode()).hexdigest()))
    # The key of the request is derived step by step: of the secret, the day, the region, the service.
    signature = reduce(_digest, (*scope, to_sign), f"AWS4{secret}".encode()).hex()
    headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    )
    return Request("POST", f"{url.scheme}://{url.netloc}/", headers, body)


def _digest(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), sha256).digest()
