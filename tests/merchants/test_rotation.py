"""Changing the key that encrypts secrets."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import call_command

from notifications.models import GatewayAccount
from tests.builders import a_gateway, a_merchant

pytestmark = pytest.mark.django_db


def test_after_a_rotation_the_old_key_opens_nothing_and_is_not_needed(settings: Any) -> None:
    old, new = settings.FIELD_KEYS, Fernet.generate_key().decode()
    row = a_gateway(a_merchant(), credentials={"password": "secret"})
    settings.FIELD_KEYS = [new, *old]
    call_command("rotate_field_keys")
    settings.FIELD_KEYS = [new]
    assert GatewayAccount.objects.get(pk=row.pk).credentials == {"password": "secret"}
    settings.FIELD_KEYS = old
    with pytest.raises(InvalidToken):
        GatewayAccount.objects.get(pk=row.pk)
