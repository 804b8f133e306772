"""What a recipe is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypedDict

HOUR = 3600
DAY = 24 * HOUR

# A mail ends with a way to ask, if the shop has one.
HELP_EN = (
    "{% if merchant.support_url %}"
    '<p><a class="button" href="{merchant.support_url}">Get help</a></p>'
    "{% endif %}"
)
HELP_ZH = (
    "{% if merchant.support_url %}"
    '<p><a class="button" href="{merchant.support_url}">联系客服</a></p>'
    "{% endif %}"
)


# Where a mail's next paragraph, or the next that depends on the order, begins.
_NEXT_BLOCK = re.compile(r"(?<=</p>)(?=<p|\{% if)|(?<=\{% endif %\})(?=<p)|(?<=</p>\{% endif %\})(?=\{% if)")


class _Told(TypedDict):
    recipients: tuple[str, ...]
    channels: tuple[str, ...]


# News for the team: who they are, and how they hear of it.
TEAM: _Told = {"recipients": ("role:owner", "role:operator"), "channels": ("email",)}


@dataclass(frozen=True, slots=True)
class Words:
    """One language of a recipe: the rule's name, the text message, the mail with a block on each line.

    Without `sms` it is told by mail alone.
    """

    name: str
    subject: str
    mail: str
    sms: str = ""

    def __post_init__(self) -> None:
        # It is read and changed in an editor by people who write mails, not pages.
        object.__setattr__(self, "mail", _NEXT_BLOCK.sub("\n", self.mail))


@dataclass(frozen=True, slots=True)
class Recipe:
    """One event told to the customer, or to others.

    `useful` is in seconds; `only_while` is the order's status that must (still) hold.
    """

    event: str
    useful: int
    en: Words
    zh: Words
    only_while: str = ""
    recipients: tuple[str, ...] = ("customer",)
    channels: tuple[str, ...] = ("sms", "email")

    @property
    def code(self) -> str:
        return self.event.replace(".", "-").replace("_", "-")

    @property
    def conditions(self) -> list[dict[str, str]]:
        if not self.only_while:
            return []
        return [{"field": "order.status", "operator": "eq", "value": self.only_while}]

    def words(self, language: str) -> Words:
        return self.zh if language.lower().startswith("zh") else self.en
