"""Every setting of Orderbell, driven by the environment (see README: Environment)."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# What holds state when no database or media server is named.
VAR_DIR = Path(env.str("ORDERBELL_VAR", default=str(BASE_DIR / "var"))).resolve()
DEBUG = env.bool("DEBUG", default=False)
TESTING = "pytest" in sys.modules


def secret(name: str, development: str) -> str:
    """Return what production must be told by the environment; elsewhere a fixed value will do."""
    value: str = env.str(name, default="")
    if value:
        return value
    if DEBUG or TESTING:
        return development
    raise ImproperlyConfigured(
        f"{name} is not set. In production Orderbell does not start without it (set DEBUG=1 to develop)."
    )


SECRET_KEY = secret("SECRET_KEY", "for-development-only-" + "k3" * 24)
# Former keys, whose links in messages already sent still open.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Fernet keys for gateway credentials: the first encrypts, all decrypt (rotation).
FIELD_KEYS = [
    key.strip()
    for key in secret("FIELD_KEYS", "b3JkZXJiZWxsLWRldmVsb3BtZW50LWtleS0wMDAwMDE=").split(",")
    if key.strip()
]
PUBLIC_URL = secret("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", urlsplit(PUBLIC_URL).hostname or "localhost"]
)
# The sandbox's phones and mailboxes are open to whoever can reach the server: for trying out only.
SANDBOX_PAGE = env.bool("SANDBOX_PAGE", default=DEBUG)
# Opens /metrics to whoever is not in the neighbourhood (a private address, no proxy in between).
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Addresses that outgoing calls may reach though they are private (CIDR or host addresses).
PRIVATE_NETWORKS = env.list("PRIVATE_NETWORKS", default=["127.0.0.0/8", "::1/128"] if TESTING else [])

INSTALLED_APPS = [
    "merchants",
    "orders",
    "notifications",
    "config.apps.OperatorsAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "anymail",
    "django_filters",
    "django_htmx",
    "django_q",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "merchants.middleware.CurrentMerchantMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "merchants.context.current",
            ],
        },
    },
]


def database() -> dict[str, object]:
    """Return the one database: what DATABASE_URL says, else SQLite under ORDERBELL_VAR."""
    url = env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'orderbell.sqlite3'}")
    settings: dict[str, object] = dict(env.db_url_config(url))
    settings["ATOMIC_REQUESTS"] = False
    settings["CONN_MAX_AGE"] = None
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        # Writers queue up instead of failing: immediate transactions, a patient time-out, WAL.
        settings["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            " PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000;",
        }
    else:
        settings["CONN_HEALTH_CHECKS"] = True
    return settings


DATABASES = {"default": database()}
VAR_DIR.mkdir(parents=True, exist_ok=True)

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
}
if TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Tasks are wake-ups without truth: none is tried twice, none is kept (notifications/queueing.py).
Q_CLUSTER: dict[str, object] = {
    "name": "urgent",
    "ALT_CLUSTERS": {"bulk": {}},
    "workers": env.int("LANE_WORKERS", default=1),
    "bulk": 1,
    "queue_limit": 4,
    "timeout": 120,
    "retry": 300,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,
    "scheduler": False,
    "catch_up": False,
    "poll": 0.02,
    "recycle": 100_000,
    "log_level": "WARNING",
    "label": "Queue",
}
Q_CLUSTER |= {"redis": REDIS_URL} if REDIS_URL else {"orm": "default"}

AUTH_USER_MODEL = "merchants.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "merchants.accounts.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "5/5m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Orderbell"
MFA_FORMS = {"add_webauthn": "merchants.security_keys.AddSecurityKey"}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
IS_HTTPS = PUBLIC_URL.startswith("https://")
# A proxy of ours stands before: it says who calls (X-Forwarded-For) and how (X-Forwarded-Proto).
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
if not DEBUG and not TESTING:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=IS_HTTPS)
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
    SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
# One request carries at most 500 orders; anything larger is refused before it is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = DEBUG or TESTING
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "media/"

# Mail: sandbox: (shown on /sandbox/) | smtp:// smtps:// smtp+tls:// | anymail:<provider> with ANYMAIL_*.
EMAIL_URL = env.str("EMAIL_URL", default="sandbox:")
EMAIL_SCHEME, _sep, EMAIL_REST = EMAIL_URL.partition(":")
if EMAIL_SCHEME == "sandbox":
    EMAIL_BACKEND = "notifications.channels.sandbox_mail.EmailBackend"
elif EMAIL_SCHEME == "anymail":
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_REST.strip('/')}.EmailBackend"
else:
    vars().update(env.email_url_config(EMAIL_URL))
    if EMAIL_SCHEME == "smtps":  # TLS from the first byte; environ takes it for STARTTLS, which is smtp+tls
        EMAIL_USE_TLS, EMAIL_USE_SSL = False, True
EMAIL_TIMEOUT = 20
ANYMAIL = {
    name.removeprefix("ANYMAIL_"): value for name, value in env.ENVIRON.items() if name.startswith("ANYMAIL_")
}
if EMAIL_SCHEME == "anymail":
    ANYMAIL.setdefault("WEBHOOK_SECRET", secret("ANYMAIL_WEBHOOK_SECRET", "orderbell:development"))
else:  # no provider calls back: a word that nobody knows keeps that door shut
    ANYMAIL.setdefault("WEBHOOK_SECRET", f"orderbell:{token_urlsafe(32)}")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Orderbell <no-reply@orderbell.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["merchants.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["merchants.api.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "merchants.api.pagination.Pages",
    "DEFAULT_THROTTLE_CLASSES": ["merchants.api.throttling.KeyThrottle"],
    "DEFAULT_THROTTLE_RATES": {"key": env.str("API_RATE", default="6000/min")},
    "DEFAULT_SCHEMA_CLASS": "merchants.api.schema.AutoSchema",
    "EXCEPTION_HANDLER": "merchants.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Orderbell API",
    "DESCRIPTION": "Post orders, shipments and returns; read what was told to whom, and why.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    # Choices that several bodies share, or that share a field's name, by names of their own.
    "ENUM_NAME_OVERRIDES": {
        "OrderStatus": "orders.statuses.OrderStatus",
        "ShipmentStatus": "orders.statuses.ShipmentStatus",
        "ReturnStatus": "orders.statuses.ReturnStatus",
        "ItemKind": "orders.models.ItemKind",
        "EventKind": "orders.events.EventKind",
        "ChannelKind": "notifications.models.ChannelKind",
        "MessageState": "notifications.models.State",
        "OptOutSource": "notifications.models.OptOutSource",
        "ReviewState": "notifications.models.Review",
    },
}

# How delivery waits and gives up; all in seconds (notifications/delivery).
DELIVERY = {
    "sending_seconds": env.int("SENDING_SECONDS", default=60),
    "longest_answer_seconds": env.float("LONGEST_ANSWER_SECONDS", default=60.0),
    "sweep_seconds": env.int("SWEEP_SECONDS", default=15),
    "first_look_seconds": env.int("ASK_AFTER_SECONDS", default=60),
    # Instead of each vendor's own time to be asked about an unknown outcome, and to give it up.
    "ask_after_seconds": env.int("ASK_AFTER_SECONDS", default=None),
    "unknown_deadline_seconds": env.int("UNKNOWN_DEADLINE_SECONDS", default=None),
    "slow_receipt_seconds": env.int("SLOW_RECEIPT_SECONDS", default=120),
    "ladder_seconds": [int(step) for step in env.list("LADDER_SECONDS", default=[10, 60, 300, 1800, 7200])],
}
HOST_NAME = socket.gethostname()

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.logs.line_formatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django-q": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django_structlog": {"level": "WARNING"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
