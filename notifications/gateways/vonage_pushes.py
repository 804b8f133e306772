"""What Vonage pushes to us: delivery receipts and replies, as a query, a form or JSON as the account is set.

Each part of a long reply comes by itself and is kept by itself, marked (1/3): no part is lost while
another stays away, and the end of a sentence is not taken for a STOP. A push that holds nothing is how
the vendor tries an address before he saves it.

Pushes are signed once the vendor's support has switched that on; they are checked when the account
names the signature secret.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping

from notifications.gateways.base import (
    MAX_ID,
    MAX_NAME,
    MAX_WORDS,
    Account,
    BadPush,
    ForgedPush,
    Push,
    name_of,
    tidy,
)
from notifications.gateways.vonage_codes import KINDS, RECEIPTS
from notifications.outcomes import ReceiptFacts, ReceiptKind

Fields = Mapping[str, str]

# What the vendor uses as long as nobody chose another: MD5 with the secret at the end. The others are HMACs.
PLAIN = "md5hash"
HMACS = ("md5", "sha1", "sha256", "sha512")

_PHONE = re.compile(r"\+?[0-9]{5,20}")
_DIGITS = re.compile(r"[0-9]{1,3}")


def check(push: Push, account: Account) -> None:
    """Raise `ForgedPush` unless the account has no signature secret or the push is signed with it."""
    secret = account.credentials.get("signature_secret", "")
    fields = _fields(push)
    if not secret or not fields:
        return
    method = account.credentials.get("signature_method", "").lower() or PLAIN
    if method != PLAIN and method not in HMACS:
        raise ForgedPush("the account's signature method is none of Vonage's")
    signed = sign({name: value for name, value in fields.items() if name != "sig"}, secret, method=method)
    if not hmac.compare_digest(signed.encode(), fields.get("sig", "").lower().encode("utf-8", "replace")):
        raise ForgedPush("the signature is not Vonage's")


def sign(fields: Fields, secret: str, *, method: str) -> str:
    """Return the signature of `fields` in hexadecimal digits."""
    pairs = (f"&{name}={fields[name].replace('&', '_').replace('=', '_')}" for name in sorted(fields))
    told = "".join(pairs).encode("utf-8", "replace")
    if method == PLAIN:
        return hashlib.md5(told + secret.encode()).hexdigest()  # noqa: S324  # the vendor's own choice
    return hmac.new(secret.encode(), told, method).hexdigest()


def read_push(push: Push) -> list[ReceiptFacts]:
    """Return the fact of one push; none for an empty or a binary one. Raises `BadPush`."""
    fields = _fields(push)
    if not fields or fields.get("type") == "binary":
        return []
    if not _PHONE.fullmatch(fields.get("msisdn", "")) or not fields.get("messageId"):
        raise BadPush("a push of Vonage without a phone number or an id")
    if "status" in fields:
        return [_report(fields)]
    if "text" in fields:
        return [_reply(fields)]
    raise BadPush("neither a receipt nor a reply of Vonage")


def _fields(push: Push) -> Fields:
    if push.method == "GET":
        return push.query
    if push.form or not push.body.strip():
        return push.form
    try:
        told = json.loads(push.body, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise BadPush("a push of Vonage is a query, a form or JSON") from error
    if not isinstance(told, dict):
        raise BadPush("a push of Vonage in JSON is an object")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in told.items()}


def _report(fields: Fields) -> ReceiptFacts:
    name, status, code = fields["messageId"], fields["status"].lower(), fields.get("err-code", "")
    kind = KINDS.get(status, ReceiptKind.PROGRESS)
    return ReceiptFacts(
        kind,
        dedupe=f"vonage:report:{name_of(f'{name}:{status}:{code}')}",
        reference=tidy(fields.get("client-ref", ""), MAX_NAME),
        provider_id=tidy(name, MAX_ID),
        address=_phone(fields),
        code=tidy(code, MAX_NAME),
        text=tidy(status, MAX_WORDS),
        error=RECEIPTS.get(code) if kind is ReceiptKind.UNDELIVERED else None,
    )


def _reply(fields: Fields) -> ReceiptFacts:
    part, total = fields.get("concat-part", ""), fields.get("concat-total", "")
    is_part = fields.get("concat") == "true" and _DIGITS.fullmatch(part) and _DIGITS.fullmatch(total)
    words = f"({part}/{total}) {fields['text']}" if is_part else fields["text"]
    return ReceiptFacts(
        ReceiptKind.REPLY,
        dedupe=f"vonage:reply:{name_of(fields['messageId'])}",
        address=_phone(fields),
        text=tidy(words, MAX_WORDS),
    )


def _phone(fields: Fields) -> str:
    return "+" + fields["msisdn"].removeprefix("+").removeprefix("00")
