"""The channels we know, by kind. A new one is a module and one line here."""

from __future__ import annotations

from notifications.channels.base import Channel
from notifications.channels.email import Email
from notifications.channels.sms import Sms

CHANNELS: dict[str, Channel] = {channel.kind: channel for channel in (Sms(), Email())}
