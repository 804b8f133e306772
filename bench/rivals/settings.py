"""The rivals' Django settings, each tuned as well as its documents tell."""

from __future__ import annotations

import os

SECRET_KEY = "only-for-measuring"
INSTALLED_APPS = ["django.contrib.contenttypes", "django_q", "post_office", "bench.rivals"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]

_user, _, _place = os.environ["DATABASE_URL"].partition("://")[2].partition("@")
_host, _, _name = _place.rpartition("/")
_name_of_host, _, _port = ("", "", "") if _host.startswith("/") else _host.partition(":")
_user, _, _password = _user.partition(":")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": _name_of_host or _host[1:],
        "PORT": _port,
        "NAME": _name,
        "USER": _user,
        "PASSWORD": _password,
        "CONN_MAX_AGE": None,
    }
}

REDIS_URL = os.environ.get("REDIS_URL", "")
SINK_PORT = os.environ.get("SINK_PORT", "")
WORKERS = 2

Q_CLUSTER = {
    "name": "rivals",
    "orm": "default",
    "workers": WORKERS,
    "bulk": 50,
    "queue_limit": 200,
    "poll": 0.02,
    "save_limit": -1,
    "timeout": 60,
    "retry": 120,
    "scheduler": False,
    "log_level": "ERROR",
}

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
POST_OFFICE = {
    "BATCH_SIZE": 100_000,
    "BATCH_DELIVERY_TIMEOUT": 600,
    "THREADS_PER_PROCESS": int(os.environ.get("POST_OFFICE_THREADS", "5")),
    "LOG_LEVEL": 0,
}
