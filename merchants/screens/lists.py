"""Lists: search, filter, pages, export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_filters import FilterSet

from merchants.screens.base import Action, Column, Row, RowScreen, Text
from merchants.screens.export import as_csv


class ListScreen(RowScreen[Row]):
    """The rows of `model` that this merchant has.

    Newest first, a cursor pages by id: as quick on the last page as on the first. With another `ordering` a
    page is found by its offset, which suits what a shop has hundreds of, not millions.
    """

    template_name = "screens/list.html"
    columns: ClassVar[Sequence[Column]] = ()
    search: ClassVar[Sequence[str]] = ()
    search_hint: ClassVar[Text] = ""
    filterset_class: ClassVar[type[FilterSet] | None] = None
    ordering: ClassVar[Sequence[str]] = ("-pk",)
    per_page: ClassVar[int] = 50
    empty: ClassVar[Text] = ""
    export: ClassVar[str | None] = None
    row_actions: ClassVar[Sequence[Action]] = ()

    def get_columns(self) -> Sequence[Column]:
        """Return the columns; override for some that only certain roles see."""
        return self.columns

    def get_search(self) -> Sequence[str]:
        """Return the lookups of the search; override for some that only certain roles may search by."""
        return self.search

    def get_row_actions(self, row: Row) -> list[dict[str, Any]]:
        """Return the buttons at the end of a row that this person may press."""
        return [b for action in self.row_actions if (b := action.shown_for(self.membership, row))]

    def get_context(self) -> dict[str, Any]:
        """Return what the template of a list needs besides its rows."""
        return {}

    def get_rows(self) -> tuple[QuerySet[Row], FilterSet | None]:
        """Return the rows that search and filter leave, and the filter for its form."""
        rows = self.get_queryset()
        filterset = None
        if self.filterset_class:
            filterset = self.filterset_class(self.request.GET or None, queryset=rows, request=self.request)
            rows = filterset.qs
        for word in self.sought.split():
            anywhere = Q()
            for lookup in self.get_search():
                anywhere |= Q(**{lookup: word})
            rows = rows.filter(anywhere)
        return rows.order_by(*self.ordering), filterset

    @property
    def sought(self) -> str:
        # No database looks for a text with a NUL in it.
        return self.request.GET.get("q", "").replace("\0", "").strip()[:200] if self.search else ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows, filterset = self.get_rows()
        if self.export and request.GET.get("export") == "csv":
            return as_csv(rows, merchant=self.merchant, columns=self.get_columns(), name=self.export)
        columns = self.get_columns()
        page, links = self._page(rows)
        shown = [
            {"cells": [column.cell(row) for column in columns], "actions": self.get_row_actions(row)}
            for row in page
        ]
        return self.render(
            {
                "columns": columns,
                "rows": shown,
                "has_row_actions": any(row["actions"] for row in shown),
                "filterset": filterset,
                "sought": self.sought,
                "is_narrowed": any(value for name, value in request.GET.items() if name not in PAGING),
                "export_query": self._query(export="csv"),
                **links,
                **self.get_context(),
            }
        )

    def _page(self, rows: QuerySet[Row]) -> tuple[list[Row], dict[str, str]]:
        if tuple(self.ordering) == ("-pk",):
            return self._page_by_cursor(rows)
        start = (_number(self.request.GET.get("page")) - 1) * self.per_page
        found = list(rows[start : start + self.per_page + 1])
        number = start // self.per_page + 1
        links = {}
        if number > 1:
            links["newer"] = self._query(page=str(number - 1))
        if len(found) > self.per_page:
            links["older"] = self._query(page=str(number + 1))
        return found[: self.per_page], links

    def _page_by_cursor(self, rows: QuerySet[Row]) -> tuple[list[Row], dict[str, str]]:
        before, after = _uuid(self.request.GET.get("before")), _uuid(self.request.GET.get("after"))
        if after:
            found = list(rows.filter(pk__gt=after).order_by("pk")[: self.per_page + 1])
            has_newer, has_older = len(found) > self.per_page, True
            page = found[: self.per_page][::-1]
        else:
            found = list((rows.filter(pk__lt=before) if before else rows)[: self.per_page + 1])
            has_newer, has_older = before is not None, len(found) > self.per_page
            page = found[: self.per_page]
        links = {}
        if page and has_newer:
            links["newer"] = self._query(after=str(page[0].pk))
        if page and has_older:
            links["older"] = self._query(before=str(page[-1].pk))
        return page, links

    def _query(self, **more: str) -> str:
        kept = {name: value for name, value in self.request.GET.items() if name not in PAGING and value}
        return "?" + urlencode(kept | more)


PAGING = {"page", "before", "after", "export"}


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _number(text: str | None) -> int:
    return min(int(text), 100_000) if text and text.isascii() and text.isdigit() and int(text) else 1
