"""Say at start-up what would go wrong later: each setting that the system relies on, with a hint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

TAG = "orderbell"


def refuse_bad_settings() -> None:
    """Raise `ImproperlyConfigured` with all that is wrong: for servers, which run no checks themselves."""
    if found := run_checks(tags=[TAG]):
        raise ImproperlyConfigured("\n".join(map(str, found)))


@register(TAG)
def check_secrets(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Refuse secrets that are missing, unusable or, in production, known to everybody."""
    return list(_secrets())


def _secrets() -> Iterator[CheckMessage]:
    is_production = not settings.DEBUG
    if is_production and settings.SECRET_KEY.startswith("for-development-only"):
        yield Error(
            "SECRET_KEY is the one for development.",
            hint="Set SECRET_KEY to 50 random characters or more; keep it out of the repository.",
            id="orderbell.E001",
        )
    if not settings.FIELD_KEYS:
        yield Error(
            "FIELD_KEYS is empty: gateway credentials cannot be encrypted.",
            hint=f"Set FIELD_KEYS; a new key is made by: {NEW_KEY}",
            id="orderbell.E002",
        )
    for place, key in enumerate(settings.FIELD_KEYS, start=1):
        if not _is_fernet_key(key):
            yield Error(
                f"Key {place} of FIELD_KEYS is not a Fernet key.",
                hint=f"A key is 32 bytes in URL-safe base64, made by: {NEW_KEY}",
                id="orderbell.E003",
            )


NEW_KEY = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


@register(TAG)
def check_public_url(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Refuse an address that no link in a message could begin with."""
    parts = urlsplit(settings.PUBLIC_URL)
    if parts.scheme in {"http", "https"} and parts.hostname and not parts.query and not parts.fragment:
        return []
    return [
        Error(
            f"PUBLIC_URL is no address that a link can begin with: {settings.PUBLIC_URL!r}.",
            hint="Set PUBLIC_URL to where customers reach this server, such as https://bell.example.com",
            id="orderbell.E004",
        )
    ]


@register(TAG)
def check_queue(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Refuse a django-q2 set-up under which tasks run twice, for ever, or take data with them."""
    return list(_queue(settings.Q_CLUSTER))


def _queue(queue: dict[str, Any]) -> Iterator[CheckMessage]:
    if not 0 < (queue.get("timeout") or 0) < queue.get("retry", 60):
        yield Error(
            "Q_CLUSTER: timeout must be set, and be less than retry.",
            hint="retry counts from when a task is read: one that still runs would be handed out again.",
            id="orderbell.E010",
        )
    wanted = {
        "max_attempts": (1, "E011", "0 and more re-send a failing task; rows, not tasks, are tried again."),
        "ack_failures": (True, "E012", "A failed task that is not acknowledged is handed out for ever."),
        "save_limit": (-1, "E013", "Every task would load all the results that are kept."),
        "catch_up": (False, "E014", "Schedules that were missed would all be replayed at once."),
    }
    for name, (value, number, hint) in wanted.items():
        if queue.get(name) != value:
            yield Error(f"Q_CLUSTER: {name} must be {value}.", hint=hint, id=f"orderbell.{number}")
    # A broker on another alias closes the caller's connection inside its transaction, which is lost unseen.
    if not queue.get("redis") and queue.get("orm") != "default":
        yield Error(
            "Q_CLUSTER: the queue must lie in Redis or on the database alias of the data, 'default'.",
            hint="Set REDIS_URL, or leave orm at 'default'.",
            id="orderbell.E015",
        )


@register(TAG)
def check_database(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Refuse an SQLite whose writers fail under load instead of waiting for each other."""
    databases: dict[str, dict[str, Any]] = settings.DATABASES
    return [
        Error(
            f"Database {alias!r}: SQLite must begin its transactions IMMEDIATE.",
            hint="OPTIONS: transaction_mode IMMEDIATE, timeout 20, journal_mode WAL.",
            id="orderbell.E020",
        )
        for alias, database in databases.items()
        if database["ENGINE"] == "django.db.backends.sqlite3"
        and database.get("OPTIONS", {}).get("transaction_mode") != "IMMEDIATE"
    ]


@register(TAG)
def check_mail(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Refuse an EMAIL_URL that leads to no mail back end."""
    if settings.EMAIL_SCHEME == "sandbox":
        return []
    try:
        import_string(settings.EMAIL_BACKEND)
    except ImportError:
        return [
            Error(
                f"EMAIL_URL names a way of sending that does not exist: {settings.EMAIL_BACKEND}.",
                hint="sandbox: | smtp://… | smtps://… | smtp+tls://… | anymail:<provider, such as mailgun>",
                id="orderbell.E030",
            )
        ]
    return []
