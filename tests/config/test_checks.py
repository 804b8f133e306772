"""A misconfigured system says so at start-up."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as django_settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from config.checks import (
    TAG,
    check_database,
    check_mail,
    check_public_url,
    check_queue,
    check_secrets,
    refuse_bad_settings,
)


def ids(messages) -> list[str]:
    return [message.id for message in messages]


def test_it_finds_nothing_wrong_with_the_settings_of_development(settings):
    settings.DEBUG = True
    assert run_checks(tags=[TAG]) == []


def test_it_refuses_the_development_key_in_production(settings):
    settings.DEBUG = False
    settings.SECRET_KEY = "for-development-only-and-known-to-all"
    assert ids(check_secrets(None)) == ["orderbell.E001"]


def test_it_refuses_to_have_no_field_key(settings):
    settings.DEBUG = True
    settings.FIELD_KEYS = []
    assert ids(check_secrets(None)) == ["orderbell.E002"]


def test_it_says_which_field_key_is_none_without_showing_it(settings):
    settings.DEBUG = True
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), "not-a-key"]
    (message,) = check_secrets(None)
    assert message.id == "orderbell.E003"
    assert "Key 2" in message.msg
    assert "not-a-key" not in str(message)


@pytest.mark.parametrize("url", ["", "bell.example.com", "ftp://bell.example.com", "https://"])
def test_it_refuses_a_public_url_that_no_link_can_begin_with(settings, url):
    settings.PUBLIC_URL = url
    assert ids(check_public_url(None)) == ["orderbell.E004"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"timeout": None}, "orderbell.E010"),
        ({"timeout": 300, "retry": 300}, "orderbell.E010"),
        ({"max_attempts": 0}, "orderbell.E011"),
        ({"ack_failures": False}, "orderbell.E012"),
        ({"save_limit": 250}, "orderbell.E013"),
        ({"catch_up": True}, "orderbell.E014"),
        ({"redis": "", "orm": "queue"}, "orderbell.E015"),
        ({"redis": "", "orm": None}, "orderbell.E015"),
    ],
)
def test_it_refuses_a_queue_setting_that_repeats_or_loses_work(settings, change, expected):
    settings.Q_CLUSTER = django_settings.Q_CLUSTER | change
    assert ids(check_queue(None)) == [expected]


def test_it_refuses_an_sqlite_whose_writers_do_not_wait(monkeypatch):
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": "x", "OPTIONS": {}}
    monkeypatch.setattr(django_settings, "DATABASES", {"default": database})
    assert ids(check_database(None)) == ["orderbell.E020"]


def test_it_refuses_a_mail_provider_that_does_not_exist(settings):
    settings.EMAIL_SCHEME = "anymail"
    settings.EMAIL_BACKEND = "anymail.backends.pigeon.EmailBackend"
    assert ids(check_mail(None)) == ["orderbell.E030"]


PRODUCTION = {
    "SECRET_KEY": "x" * 60,
    "FIELD_KEYS": Fernet.generate_key().decode(),
    "PUBLIC_URL": "https://bell.example.com",
}


@pytest.mark.parametrize("missing", list(PRODUCTION))
def test_production_does_not_start_without_a_secret_and_says_which(missing, tmp_path):
    environment = {name: value for name, value in PRODUCTION.items() if name != missing}
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        env={"PATH": os.environ["PATH"], "ORDERBELL_VAR": str(tmp_path), **environment},
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert f"{missing} is not set" in done.stderr


def test_the_web_server_does_not_start_with_a_setting_that_is_refused(settings):
    settings.FIELD_KEYS = ["not-a-key"]
    with pytest.raises(ImproperlyConfigured, match=r"Key 1 of FIELD_KEYS"):
        refuse_bad_settings()
