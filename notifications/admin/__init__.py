"""What is told to whom, as operators see it."""

from notifications.admin import configuration, consent, messages, sending

__all__ = ["configuration", "consent", "messages", "sending"]
