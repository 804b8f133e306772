"""The signature that Twilio puts on what it pushes: the header X-Twilio-Signature.

Base64 of HMAC-SHA1, with the account's auth token, over the address that was called and the fields of
the form: sorted by name, each different value of a name once. A body that is no form is not covered;
nothing is read from one. The vendor is not consistent in whether the address carries its port.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from notifications.gateways.base import Account, ForgedPush, Push

PORTS = {"https": 443, "http": 80}


def check(push: Push, account: Account) -> None:
    """Raise `ForgedPush` unless the push is signed with the account's auth token."""
    token = account.credentials.get("auth_token", "")
    told = push.headers.get("x-twilio-signature", "").encode("utf-8", "replace")
    # A form has names that come twice, which `push.form` has not.
    body = push.body.decode("utf-8", "replace") if push.form else ""
    fields = parse_qsl(body, keep_blank_values=True)
    signatures = [sign(url, fields, token).encode() for url in _spellings(push.url)]
    if not token or not any(hmac.compare_digest(told, signature) for signature in signatures):
        raise ForgedPush("the signature is not Twilio's")


def sign(url: str, fields: Iterable[tuple[str, str]], token: str) -> str:
    """Return the signature of a push to `url` with these fields."""
    told = url + "".join(f"{name}{value}" for name, value in sorted(set(fields)))
    return b64encode(hmac.digest(token.encode(), told.encode("utf-8", "replace"), "sha1")).decode()


def _spellings(url: str) -> list[str]:
    """Return an address as it is, without its port and with it."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.removesuffix(f":{parts.port}")
        port = parts.port or PORTS.get(parts.scheme, 443)
    except ValueError:
        return [url]
    return [url, *(parts._replace(netloc=netloc).geturl() for netloc in (host, f"{host}:{port}"))]
