"""The calls that are made to Aliyun, and where they go: texts and questions to dysmsapi, money to BSS.

An account's own endpoint that is not Aliyun's (a proxy, a test server) takes them all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

from notifications.gateways.aliyun_signing import Call, sign
from notifications.gateways.base import Account, Sent, Text
from notifications.outbound import Request

ENDPOINT = "https://dysmsapi.aliyuncs.com"
VERSION = "2017-05-25"
# The vendor's days begin and end here, and he names no zone.
SHANGHAI = timezone(timedelta(hours=8))
BALANCE = Call("QueryAccountBalance", "2017-12-14", {})
BILLING, BILLING_ABROAD = "https://business.aliyuncs.com", "https://business.ap-southeast-1.aliyuncs.com"


def signed(call: Call, account: Account, *, now: datetime, nonce: str, endpoint: str = "") -> Request:
    """Return the request that makes a call for an account, at its endpoint or another."""
    credentials = account.credentials
    return sign(
        call,
        endpoint=endpoint or account.endpoint or ENDPOINT,
        key=(credentials.get("access_key_id", ""), credentials.get("access_key_secret", "")),
        now=now,
        nonce=nonce,
    )


def billing_of(account: Account) -> str:
    """Return where an account's balance is told: each of the vendor's two sites has its own host."""
    host = urlsplit(account.endpoint).hostname or ""
    if account.endpoint and not host.endswith(".aliyuncs.com"):
        return account.endpoint
    is_at_home = not host or host == urlsplit(ENDPOINT).hostname or ".cn-" in host
    return BILLING if is_at_home else BILLING_ABROAD


def send_one(text: Text, account: Account) -> Call:
    """Return the call that sends one text under its own reference."""
    query = {
        "PhoneNumbers": phone_out(text.phone),
        "SignName": text.signature,
        "TemplateCode": text.template_code,
        "OutId": text.reference,
    }
    if text.params:
        query["TemplateParam"] = as_json(_params(text))
    if extension := _extension(text, account):
        query["SmsUpExtendCode"] = extension
    return Call("SendSms", VERSION, query)


def send_many(texts: Sequence[Text], account: Account) -> Call:
    """Return the call that sends a batch, as `Aliyun.batches` made it. Raises ValueError for any other."""
    first = texts[0]
    if {text.batch_reference for text in texts} != {first.batch_reference} or not first.batch_reference:
        raise ValueError("texts that travel together must come from batches()")
    form = {
        "PhoneNumberJson": as_json([phone_out(text.phone) for text in texts]),
        "SignNameJson": as_json([text.signature for text in texts]),
    }
    if any(text.params for text in texts):
        form["TemplateParamJson"] = as_json([_params(text) for text in texts])
    if extension := _extension(first, account):
        form["SmsUpExtendCodeJson"] = as_json([extension] * len(texts))
    query = {"TemplateCode": first.template_code, "OutId": first.batch_reference}
    return Call("SendBatchSms", VERSION, query, form)


def look_for(sent: Sent) -> Call:
    """Return the call that lists what went to a phone on the day of an attempt."""
    query = {"PhoneNumber": phone_out(sent.phone), "SendDate": day_of(sent.started_at)}
    return Call("QuerySendDetails", VERSION, query | {"PageSize": "50", "CurrentPage": "1"})


def day_of(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y%m%d")


def is_mainland(phone: str) -> bool:
    return phone.startswith("+86")


def phone_out(phone: str) -> str:
    """Return a phone as Aliyun writes it: eleven digits at home, country code and number abroad."""
    return phone.removeprefix("+86") if is_mainland(phone) else phone.removeprefix("+")


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _params(text: Text) -> dict[str, str]:
    # A value that is not a string is refused: isv.INVALID_JSON_PARAM.
    return {name: str(value) for name, value in text.params.items()}


def _extension(text: Text, account: Account) -> str:
    # Ports that replies come back to are extended at home only.
    return account.credentials.get("sms_up_extend_code", "") if is_mainland(text.phone) else ""
