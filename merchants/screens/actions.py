"""Actions: something done to a row, asked for first."""

from __future__ import annotations

from typing import Any, ClassVar, Generic

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from merchants.screens.base import Row, RowScreen, Text


class ActionScreen(RowScreen[Row], Generic[Row]):
    """Do something to a row: GET asks `question` and changes nothing, POST does it.

    Without a question there is no page to ask on, and only POST is answered.
    """

    template_name = "screens/confirm.html"
    question: ClassVar[Text] = ""
    button: ClassVar[Text] = _("Yes")
    is_dangerous: ClassVar[bool] = True
    back: ClassVar[str] = "home"
    back_takes_row: ClassVar[bool] = False

    def perform(self, row: Row) -> Text:
        """Do it and return what is then said. A `ValidationError` is shown as the reason why not."""
        raise NotImplementedError

    def back_url(self) -> str:
        return reverse(self.back, args=[self.kwargs["pk"]] if self.back_takes_row else [])

    def success_url(self) -> str:
        return self.back_url()

    def get_question(self) -> Text:
        return self.question

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        question = self.get_question()
        if not question:
            return HttpResponseNotAllowed(["POST"])
        return self.render({"row": self.row, "question": question, "back_url": self.back_url()})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        row = self.row
        try:
            messages.success(request, self.perform(row))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(self.back_url())
        return HttpResponseRedirect(self.success_url())
