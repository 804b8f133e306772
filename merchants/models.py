"""Who: merchants, their brand, their team, their API keys."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from merchants.ids import uuid7
from merchants.ownership import Owned
from merchants.roles import RIGHTS, Right, Role


class UserManager(BaseUserManager["User"]):
    """Make users that log in by email."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True} | fields)


class User(AbstractUser):
    """A person who logs in, by email; may work for several merchants."""

    username = None  # type: ignore[assignment]  # logs in by email
    email = models.EmailField(_("email address"), unique=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")


class Merchant(models.Model):
    """A shop: the owner of everything else."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=100)
    country = models.CharField(_("country"), max_length=2, default="CN")
    timezone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    language = models.CharField(_("language"), max_length=12, default="zh-hans")
    # Events that happened longer ago than this are recorded but announced to nobody.
    news_hours = models.PositiveIntegerField(
        _("announce events up to (hours old)"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")

    def __str__(self) -> str:
        return self.name


class Tone(models.TextChoices):
    WARM = "warm", _("Warm")
    PLAIN = "plain", _("Plain")
    FORMAL = "formal", _("Formal")


def logo_path(brand: Brand, filename: str) -> str:
    return f"logos/{uuid7().hex}.{filename.rsplit('.', 1)[-1].lower()}"


class Brand(models.Model):
    """How a merchant's messages and pages look and who they come from."""

    merchant = models.OneToOneField(Merchant, on_delete=models.CASCADE, primary_key=True)
    logo = models.FileField(_("logo"), upload_to=logo_path, blank=True)
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default="#0b5cad",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write the colour as #rrggbb."))],
    )
    tone = models.CharField(_("tone"), max_length=10, choices=Tone, default=Tone.WARM)
    from_name = models.CharField(_("from name"), max_length=60, blank=True)
    from_email = models.EmailField(_("from address"), blank=True)
    reply_to = models.EmailField(_("reply-to address"), blank=True)
    support_url = models.URLField(_("support link"), blank=True)
    support_phone = models.CharField(_("support phone"), max_length=40, blank=True)
    postal_address = models.CharField(_("postal address"), max_length=200, blank=True)
    footer = models.CharField(_("footer line"), max_length=200, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")

    def __str__(self) -> str:
        return str(self.merchant)


class Membership(Owned):
    """A user's place in a merchant's team."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.VIEWER)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        constraints = [models.UniqueConstraint(fields=["merchant", "user"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.user.email} ({self.get_role_display()})"

    def can(self, right: Right) -> bool:
        return right in RIGHTS[Role(self.role)]


def in_a_week() -> Any:
    return clock.now() + timedelta(days=7)


class Invitation(Owned):
    """A place in the team, offered by email; the link holds the token, the row its digest."""

    email = models.EmailField(_("email address"))
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.OPERATOR)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(default=in_a_week, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return self.email


def digest_of(token: str) -> str:
    """Return the SHA-256 (hex) under which a random token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


class Scope(models.TextChoices):
    """What an API key may do."""

    ORDERS_READ = "orders:read", _("Read orders, customers, shipments, returns, events")
    ORDERS_WRITE = "orders:write", _("Write orders, customers, shipments, returns, events")
    MESSAGES_READ = "messages:read", _("Read messages")
    MESSAGES_WRITE = "messages:write", _("Resend messages")
    SETTINGS_READ = "settings:read", _("Read signatures, templates, rules, gateways, opt-outs")
    SETTINGS_WRITE = "settings:write", _("Change signatures, templates, rules, gateways, opt-outs")


def all_scopes() -> list[str]:
    return list(Scope.values)


class ApiKey(Owned):
    """A system's key to the API: shown once, kept as a digest."""

    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("scopes"), default=all_scopes)
    networks = models.JSONField(_("allowed networks"), default=list, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @classmethod
    def issue(cls, merchant: Merchant, *, name: str, **fields: Any) -> tuple[ApiKey, str]:
        """Make a key and return it with its text, which nobody can read again."""
        text = f"ob_{secrets.token_urlsafe(32)}"
        key = cls(merchant=merchant, name=name, prefix=text[:10], digest=digest_of(text), **fields)
        key.save(force_insert=True)
        return key, text


class IdempotencyRecord(Owned):
    """An answer already given to an `Idempotency-Key`; kept for 24 hours."""

    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
