"""Details: one row, its facts, what can be done to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from merchants.screens.base import Column, Row, RowScreen, Text


class DetailScreen(RowScreen[Row]):
    """One row. A template that extends "screens/detail.html" adds sections from `get_context()`."""

    template_name = "screens/detail.html"
    facts: ClassVar[Sequence[Column]] = ()

    def get_title(self) -> Text:
        return self.title or str(self.row)

    def get_facts(self) -> Sequence[Column]:
        """Return the facts; override for some that only certain roles see."""
        return self.facts

    def get_context(self) -> dict[str, Any]:
        return {}

    def get_actions(self) -> list[dict[str, Any]]:
        return [button for action in self.actions if (button := action.shown_for(self.membership, self.row))]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        facts = [column.cell(self.row) for column in self.get_facts()]
        return self.render({"row": self.row, "facts": facts, **self.get_context()})
