"""Who calls: an API key, and what it may do."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from merchants.models import ApiKey, Scope, digest_of
from merchants.ownership import across_merchants

if TYPE_CHECKING:  # which loads this module in its turn
    from rest_framework.views import APIView

# `last_used_at` is right to the minute: it is not worth a write for each request.
USED_EVERY = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    """Accept `Authorization: Bearer <key>`; `request.auth` is then the key, its merchant at hand.

    Raises `AuthenticationFailed` (401) for a key that is unknown, revoked or expired, and
    `PermissionDenied` (403) for a caller outside the key's networks.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        words = get_authorization_header(request).split()
        if not words:
            return None
        if len(words) != 2 or words[0].lower() != b"bearer":
            raise AuthenticationFailed(
                _("Write the header as: Authorization: Bearer <key>."), code="malformed_authorization"
            )
        # Finding the key is what says whose request it is.
        with across_merchants():
            key = self._find(words[1].decode("latin-1"))
            _check_network(key, request)
            self._note_use(key)
        return AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    def _find(self, text: str) -> ApiKey:
        key: ApiKey | None = ApiKey.objects.select_related("merchant").filter(digest=digest_of(text)).first()
        if key is None:
            raise AuthenticationFailed(_("There is no such API key."), code="invalid_key")
        if key.revoked_at:
            raise AuthenticationFailed(_("This API key was revoked."), code="revoked_key")
        if key.expires_at and key.expires_at <= clock.now():
            raise AuthenticationFailed(_("This API key has expired."), code="expired_key")
        return key

    def _note_use(self, key: ApiKey) -> None:
        now = clock.now()
        if key.last_used_at is None or key.last_used_at < now - USED_EVERY:
            not_since = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
            ApiKey.objects.filter(not_since, pk=key.pk).update(last_used_at=now)


def caller(request: Request) -> ApiKey:
    """Return the key that calls. Raises `NotAuthenticated` where none does."""
    if not isinstance(request.auth, ApiKey):
        raise NotAuthenticated
    return request.auth


def client_address(request: HttpRequest | Request) -> str:
    """Return who is at the other end; behind our own proxy, whom the proxy saw."""
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.BEHIND_PROXY and forwarded:
        return forwarded.rpartition(",")[2].strip()
    address: str = request.META.get("REMOTE_ADDR", "")
    return address


def _check_network(key: ApiKey, request: Request) -> None:
    if not key.networks:
        return
    try:
        address = ip_address(client_address(request))
    except ValueError:
        address = None
    if address is None or not any(address in ip_network(network, strict=False) for network in key.networks):
        raise PermissionDenied(
            _("This API key may not be used from your network."), code="network_not_allowed"
        )


class HasScope(BasePermission):
    """Let a key do what its scopes say: the view's `read_scope` for reading, else its `write_scope`.

    A view without the scope in question is open to every key.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, ApiKey):
            return False
        is_reading = request.method in SAFE_METHODS
        scope: Scope | None = getattr(view, "read_scope" if is_reading else "write_scope", None)
        if scope is not None and scope not in request.auth.scopes:
            raise PermissionDenied(
                _("This API key lacks the scope %(scope)s.") % {"scope": scope.value}, code="missing_scope"
            )
        return True
