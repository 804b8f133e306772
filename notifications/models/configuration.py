"""What a merchant says: signatures, templates and their versions, and the rules that use them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.models import User
from merchants.ownership import Owned
from merchants.places import language_name
from notifications.models.archiving import Archivable
from notifications.models.kinds import Category, ChannelKind
from orders.events import EventKind, Lane


class Signature(Archivable):
    """The name in 【】 before a text message: 2–12 characters."""

    text = models.CharField(_("signature"), max_length=12)
    channel = models.CharField(_("channel"), max_length=10, choices=ChannelKind, default=ChannelKind.SMS)
    countries = models.JSONField(_("countries"), default=list, blank=True)
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "channel", "text"],
                name="signature_once",
                condition=models.Q(archived_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"【{self.text}】"


class Template(Archivable):
    """What is said on one channel in one language; a rule names the `code` and finds the rest.

    `subject` and `body` are those of the version in force; every change makes a new version
    (notifications.templates.publish).
    """

    code = models.SlugField(_("code"), max_length=60, allow_unicode=True)
    event = models.CharField(_("event"), max_length=40, choices=EventKind)
    channel = models.CharField(_("channel"), max_length=10, choices=ChannelKind)
    language = models.CharField(_("language"), max_length=12)
    category = models.CharField(
        _("category"), max_length=15, choices=Category, default=Category.TRANSACTIONAL
    )
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("body"), max_length=20_000)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        ordering = ["code", "channel", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "code", "channel", "language"],
                name="template_once",
                condition=models.Q(archived_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.get_channel_display()} · {language_name(self.language)}"


class TemplateVersion(Owned):
    """One wording of a template, kept for ever: messages say which one they used."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("body"))
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("template version")
        verbose_name_plural = _("template versions")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_version_once")]

    def __str__(self) -> str:
        return f"{self.template} v{self.number}"


class Rule(Archivable):
    """When what happens, who is told, how, with which words.

    `conditions` is a list of {field, operator, value}; `recipients` a list of "customer",
    "role:<role>", "email:<address>", "phone:<number>"; `channels` a list of channel kinds in order
    of preference; `template` a template code. Delays and lifetimes are in seconds.
    """

    class Match(models.TextChoices):
        ALL = "all", _("All conditions")
        ANY = "any", _("Any condition")

    class Strategy(models.TextChoices):
        ALL = "all", _("On every channel")
        FIRST = "first_available", _("On the first channel that reaches the person")

    name = models.CharField(_("name"), max_length=100)
    event = models.CharField(_("event"), max_length=40, choices=EventKind)
    match = models.CharField(_("match"), max_length=3, choices=Match, default=Match.ALL)
    conditions = models.JSONField(_("conditions"), default=list, blank=True)
    recipients = models.JSONField(_("recipients"), default=list)
    channels = models.JSONField(_("channels"), default=list)
    strategy = models.CharField(_("strategy"), max_length=15, choices=Strategy, default=Strategy.ALL)
    template = models.CharField(_("template"), max_length=60)
    delay_seconds = models.PositiveIntegerField(_("delay (seconds)"), default=0)
    useful_seconds = models.PositiveIntegerField(_("useful for (seconds)"), default=24 * 3600)
    lane = models.CharField(_("lane"), max_length=6, choices=Lane, blank=True, default="")
    preset = models.CharField(max_length=60, blank=True, default="", editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["event", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "name"], name="rule_name_once", condition=models.Q(archived_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.name
