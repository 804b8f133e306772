"""Gateway accounts: a merchant's contracts with SMS vendors."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant, User
from notifications.configuring import watching
from notifications.configuring.entries import Entries
from notifications.configuring.releasing import ask_again
from notifications.delivery import resting
from notifications.gateways.base import Gateway
from notifications.gateways.registry import GATEWAYS
from notifications.models import GatewayAccount
from notifications.outbound import is_allowed, parse_networks
from notifications.reasons import Reason

FIELDS: Final = (
    "kind",
    "name",
    "endpoint",
    "credentials",
    "sender",
    "countries",
    "priority",
    "is_active",
    *watching.FIELDS,
)
LONGEST_CREDENTIAL: Final = 4_000
LAST_PRIORITY: Final = 999
# What stands for a secret that is set; nobody's secret is made of these signs alone.
MASK: Final = "••••"
_MASKED = re.compile(r"[•*●…]{3,}")
_OLD_SPELLING = re.compile(r"[0-9a-fx.]+", re.IGNORECASE)
_HOMELY = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")


def save_gateway(
    merchant: Merchant,
    *,
    data: Mapping[str, Any],
    gateway: GatewayAccount | None = None,
    by: User | None = None,
) -> GatewayAccount:
    """Make an account or change one; what `data` does not name stays as it is. Raises `InvalidSettings`.

    Called inside the merchant's scope. A credential that is not named, or a secret that comes back empty
    or masked, stays as it is. New credentials or another endpoint end rest and doubt. What waits for an
    account is asked again soon.
    """
    entries = Entries(data, known=FIELDS, current=gateway)
    entries.choice("kind", list(GATEWAYS), needed=True)
    entries.fixed("kind")
    entries.text("name", most=60, needed=True)
    entries.unique("name", GatewayAccount.objects.all())
    entries.text("sender", most=20)
    entries.countries()
    entries.whole("priority", least=0, most=LAST_PRIORITY)
    entries.flag("is_active")
    watching.read(entries, country=merchant.country)
    kind = GATEWAYS.get(entries.value("kind") or "")
    if kind and not entries.is_wrong("kind"):
        _read_endpoint(entries, kind)
        _read_credentials(entries, kind)
    entries.check()
    row = gateway or GatewayAccount(merchant=merchant)
    if any(name in entries.values and entries.values[name] != getattr(row, name) for name in _PAUSING):
        entries.values |= _TRUSTED
    entries.keep(row, by=by, name="name")
    ask_again(merchant, Reason.RATE_LIMIT, Reason.GATEWAY_PAUSED)
    return row


def resume_gateway(gateway: GatewayAccount) -> None:
    """Trust an account again at once, whatever it rests or is doubted for; the team hears of it."""
    with transaction.atomic():
        resting.take_back(gateway.pk)
        GatewayAccount.objects.filter(pk=gateway.pk).update(**_TRUSTED)
        ask_again(gateway.merchant, Reason.GATEWAY_PAUSED)


_PAUSING = ("credentials", "endpoint")
_TRUSTED = {"paused_until": None, "paused_reason": "", "doubted_until": None, "rests": 0}


def _read_endpoint(entries: Entries, kind: Gateway) -> None:
    entries.text("endpoint", most=300)
    if entries.is_wrong("endpoint") or ("endpoint" not in entries.values and entries.current):
        return
    entered = entries.values.get("endpoint", "")
    endpoint = entered or kind.default_endpoint
    if not endpoint:
        return
    if not is_plain_url(endpoint):
        message = _(
            "Write an address that begins with https:// or http://, without a name and password in it."
        )
        entries.refuse("endpoint", "bad_endpoint", message)
    elif not is_public(urlsplit(endpoint).hostname or ""):
        message = _("This address is in a private network, which Orderbell does not call.")
        entries.refuse("endpoint", "private_endpoint", message if entered else _NEEDED)


_NEEDED = _("Name the address of your gateway: the usual one is in a private network.")


def is_plain_url(url: str) -> bool:
    """Say whether it is an absolute http(s) address without credentials, spaces or signs to encode."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0
    return is_whole and "@" not in parts.netloc and url.isascii() and url.isprintable() and " " not in url


def is_public(host: str) -> bool:
    """Say whether a host, as it is spelled, may be called; the connection itself looks again."""
    networks = parse_networks(settings.PRIVATE_NETWORKS)
    host = host.rstrip(".").lower()
    if host == "localhost" or host.endswith(_HOMELY):
        return host.endswith("localhost") and is_allowed("127.0.0.1", networks)
    try:
        return is_allowed(str(ip_address(host)), networks)
    except ValueError:
        pass
    try:
        # 2130706433, 0x7f.1 and 127.1 are all spellings of 127.0.0.1.
        old = socket.inet_ntoa(socket.inet_aton(host)) if _OLD_SPELLING.fullmatch(host) else ""
    except OSError:
        old = ""
    return is_allowed(old, networks) if old else "." in host


def _read_credentials(entries: Entries, kind: Gateway) -> None:
    """Read the vendor's own names; keep what is not named, and secrets that come back empty or masked."""
    given = entries.data.get("credentials", {})
    if entries.is_wrong("credentials"):
        return
    if not isinstance(given, Mapping):
        entries.refuse("credentials", "not_an_object", _("Write an object of names and values."))
        return
    known = {credential.name for credential in kind.credentials}
    for name in given:
        if name not in known:
            path = f"credentials.{str(name)[:60]}"
            entries.refuse(path, "unknown_credential", _("This gateway has no such credential."))
    present = dict(entries.current.credentials) if isinstance(entries.current, GatewayAccount) else {}
    kept = {}
    for credential in kind.credentials:
        path = f"credentials.{credential.name}"
        value = given.get(credential.name, "")
        if not isinstance(value, str) or len(value) > LONGEST_CREDENTIAL or not value.isprintable():
            entries.refuse(path, "bad_credential", _("Write it on one line, as the vendor gave it."))
            continue
        value = value.strip()
        is_given = credential.name in given and not (credential.is_secret and not value)
        if not is_given or _MASKED.fullmatch(value):
            value = present.get(credential.name, "")
        if value:
            kept[credential.name] = value
        elif credential.is_required:
            entries.refuse(path, "required", format_lazy(_("{name} is needed."), name=credential.label))
    if not entries.is_wrong("credentials") and kept != present:
        entries.values["credentials"] = kept
