"""What those who run Orderbell ask it: does it live, is it ready, how is it doing."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config import figures

# RFC 1918, RFC 4193 and this host. What Python calls private is wider than that.
NEIGHBOURS = tuple(
    map(ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"))
)
# A proxy on this host makes everybody look near: whoever comes through one shows the token.
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
_ready_once: set[str] = set()


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer as long as the process lives; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether requests can be served: 200, or 503 with what is missing.

    The ages (seconds) of what waits longest are told, and never make it unready: they are for alerts.
    """
    checks: dict[str, Any] = {
        "database": _holds(_database),
        "migrations": _holds(_migrations),
        "cache": _holds(_cache),
    }
    is_ready = all(checks.values())
    body: dict[str, Any] = {"ready": is_ready, "checks": checks}
    if is_ready:
        body["waiting"] = figures.waiting()
    return JsonResponse(body, status=200 if is_ready else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the figures for Prometheus, to neighbours and to whoever holds METRICS_TOKEN."""
    if not _may_see_figures(request):
        return HttpResponse("forbidden\n", status=403, content_type="text/plain")
    return HttpResponse(figures.exposition(), content_type=figures.CONTENT_TYPE)


def _may_see_figures(request: HttpRequest) -> bool:
    word, _space, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and word.lower() == "bearer":
        return hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        peer = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    peer = getattr(peer, "ipv4_mapped", None) or peer
    return any(peer in network for network in NEIGHBOURS)


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:  # whatever is wrong with it, it is not there
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() is not None


def _migrations() -> bool:
    """Say whether the database has the tables that this code wants; once true, it stays true."""
    if "migrations" not in _ready_once:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _ready_once.add("migrations")
    return True


def _cache() -> bool:
    value = uuid4().hex
    try:
        cache.set("readyz", value, 10)
        # Another process may have asked in between.
        return cache.get("readyz") is not None
    except DatabaseError:
        return False
