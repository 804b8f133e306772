"""How people log in: by invitation, never by open sign-up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from merchants.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Answer no: shops are made by `bootstrap`, people by invitation."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """Leave the subject alone: the host's name in front of it tells a reader nothing."""
        return subject

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return a link that begins with PUBLIC_URL, whatever host the request claimed."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.PUBLIC_URL}{path.replace('UID-KEY', key)}"

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Write in the person's language, not in that of whoever asked."""
        with translation.override(user.language or translation.get_language()):
            super().send_password_reset_mail(user, email, context)
