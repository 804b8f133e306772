"""Merchants, people and keys, as operators see them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as PlainUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.forms import UserChangeForm as PlainUserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from merchants.models import ApiKey, Brand, IdempotencyRecord, Invitation, Membership, Merchant, User
from merchants.operators import Lines, Row


class LowerCaseEmail(forms.ModelForm):  # type: ignore[type-arg]  # a base of two generic forms
    """Keep email addresses in the one spelling by which people log in."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class NewUserForm(LowerCaseEmail, AdminUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email",)


class UserChangeForm(LowerCaseEmail, PlainUserChangeForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "language")


@admin.register(User)
class UserAdmin(PlainUserAdmin):  # type: ignore[type-arg]  # not generic at run time
    form = UserChangeForm
    add_form = NewUserForm
    ordering = ("email",)
    list_display = ("email", "first_name", "last_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "first_name", "last_name")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password", "first_name", "last_name", "language")}),
        (
            _("Rights on this site"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Times"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)


class TeamLines(Lines):
    model = Membership
    fields = readonly_fields = ("user", "role", "created_at")


@admin.register(Merchant)
class MerchantAdmin(Row):
    changeable = ("name", "news_hours")
    list_display = ("name", "country", "currency", "language", "timezone", "created_at")
    list_filter = ("country", "language")
    search_fields = ("name", "=id")
    inlines = (TeamLines,)


@admin.register(Brand)
class BrandAdmin(Row):
    list_display = ("merchant", "from_name", "from_email", "updated_at")
    search_fields = ("merchant__name", "from_name", "from_email")
    list_select_related = ("merchant",)


@admin.register(Membership)
class MembershipAdmin(Row):
    changeable = ("role",)
    list_display = ("user", "merchant", "role", "created_at")
    list_filter = ("role",)
    search_fields = ("user__email", "merchant__name")
    list_select_related = ("merchant", "user")


@admin.register(Invitation)
class InvitationAdmin(Row):
    secret = frozenset({"digest"})
    list_display = ("email", "merchant", "role", "created_at", "expires_at", "accepted_at")
    list_filter = ("role",)
    search_fields = ("email", "merchant__name")
    list_select_related = ("merchant",)


@admin.register(ApiKey)
class ApiKeyAdmin(Row):
    changeable = ("name",)
    secret = frozenset({"digest"})
    list_display = ("name", "merchant", "prefix", "last_used_at", "expires_at", "revoked_at")
    list_filter = ("revoked_at",)
    search_fields = ("name", "prefix", "merchant__name")
    list_select_related = ("merchant",)
    actions = ("revoke",)

    @admin.action(description=_("Revoke the selected API keys"), permissions=["change"])
    def revoke(self, request: HttpRequest, keys: QuerySet[Any]) -> None:
        count = keys.filter(revoked_at=None).update(revoked_at=clock.now())
        self.message_user(request, _("Revoked: %(count)s") % {"count": count})


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(Row):
    list_display = ("key", "merchant", "status", "created_at")
    search_fields = ("key", "merchant__name")
    list_select_related = ("merchant",)
