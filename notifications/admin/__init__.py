"""What is told to whom, as operators see it."""

from notifications.admin import configuration, consent, messages

__all__ = ["configuration", "consent", "messages"]
