"""Logos, for whoever reads a mail or a page that shows one."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


@require_safe
def logo(request: HttpRequest, name: str, kind: str) -> FileResponse:
    """Return a logo as the picture it was proved to be; its name changes with its content."""
    try:
        file = default_storage.open(f"logos/{name}.{kind}")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        file,
        content_type=TYPES[kind],
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
