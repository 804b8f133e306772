"""A Django mail back end that shows mail on the sandbox page instead of sending it.

It takes what is no message of a merchant's rules: invitations, forgotten passwords.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from notifications.models import ChannelKind, SandboxDelivery


class EmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep one delivery for every recipient; return how many mails were taken."""
        taken = [mail for mail in email_messages if mail.recipients()]
        SandboxDelivery.objects.bulk_create(
            SandboxDelivery(
                channel=ChannelKind.EMAIL,
                address=recipient.lower()[:254],
                sender=mail.from_email[:200],
                subject=mail.subject[:250],
                text=str(mail.body),
                html=_html(mail),
            )
            for mail in taken
            for recipient in mail.recipients()
        )
        return len(taken)


def _html(mail: EmailMessage) -> str:
    alternatives = mail.alternatives if isinstance(mail, EmailMultiAlternatives) else []
    return next((str(content) for content, kind in alternatives if kind == "text/html"), "")
