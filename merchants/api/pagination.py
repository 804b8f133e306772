"""Lists in pages, by a cursor on the id: newest first, and no page shifts while rows are added."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class Pages(CursorPagination):
    """Answer `{next, previous, results}`; `limit` rows a page (50, at most 200)."""

    ordering = "-id"
    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"

    def get_page_size(self, request: Request) -> int:
        text = request.query_params.get("limit", str(self.page_size))
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= self.max_page_size):
            raise ValidationError({"limit": [_("Take a number from 1 to 200.")]}, code="invalid_limit")
        return int(text)

    def decode_cursor(self, request: Request) -> Cursor | None:
        try:
            cursor: Any = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                uuid.UUID(cursor.position)
        except Exception as error:
            raise ValidationError(
                {"cursor": [_("This cursor is none that was given.")]}, code="invalid_cursor"
            ) from error
        found: Cursor | None = cursor
        return found
