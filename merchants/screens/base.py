"""What all screens share: the merchant's scope, the right, the page around."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from django.views import View
from django_htmx.http import HttpResponseClientRedirect

from merchants.ownership import inside
from merchants.roles import Right

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from merchants.middleware import MerchantRequest
    from merchants.models import Membership, Merchant

    Text = str | _StrPromise
else:
    Text = str | Promise

Row = TypeVar("Row", bound=Model)
Tone = Literal["good", "bad", "wait", "info", "plain"]


@dataclass(frozen=True)
class Column:
    """One column of a list or one fact of a detail.

    `value` and `csv` are a dotted path (methods are called) or a function of the row; `csv` stands in the
    export instead of `value`. `link` is a URL name that takes the row's pk, or a function that returns an
    address. `badge` is a function that returns the tone in which the value is shown.
    """

    label: Text
    value: str | Callable[[Any], Any]
    link: str | Callable[[Any], str | None] | None = None
    badge: Callable[[Any], Tone] | None = None
    align: Literal["start", "end"] = "start"
    csv: str | Callable[[Any], Any] | None = None

    def of(self, row: Any) -> Any:
        return follow(row, self.value)

    def of_csv(self, row: Any) -> Any:
        return follow(row, self.csv or self.value)

    def cell(self, row: Any) -> dict[str, Any]:
        """Return what the template shows of this column for a row."""
        link = self.link
        href = reverse(link, args=[row.pk]) if isinstance(link, str) else link(row) if link else None
        value = shown(self.of(row))
        return {
            "label": self.label,
            "value": value,
            "is_short": is_short(str(value)),
            "href": href,
            "tone": self.badge(row) if self.badge else None,
            "align": self.align,
        }


def follow(row: Any, path: str | Callable[[Any], Any]) -> Any:
    """Return the value at a dotted path from a row; None where the path ends early."""
    if not isinstance(path, str):
        return path(row)
    value = row
    for name in path.split("."):
        value = getattr(value, name, None)
        if callable(value):
            value = value()
    return value


def shown(value: Any) -> Any:
    """Return a value as a person reads it."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, (list, tuple)):
        return pgettext("between words of a list", ", ").join(str(item) for item in value) or "—"
    return value


def is_short(text: str) -> bool:
    """Say whether a text stays on one line of a table: a time, a number, a word or two."""
    return len(text) <= (19 if text.isascii() else 8)


@dataclass(frozen=True)
class Action:
    """A button above a list or a detail. On a detail its URL takes the row's pk, unless `is_general`.

    `when` hides it where it makes no sense. With `is_post` it acts at once, without a page between.
    """

    label: Text
    url: str
    right: Right = Right.SEE
    tone: Literal["primary", "danger", "plain"] = "plain"
    icon: str = ""
    is_post: bool = False
    is_general: bool = False
    when: Callable[[Any], bool] | None = None

    def shown_for(self, membership: Membership, row: Any = None) -> dict[str, Any] | None:
        """Return the button for this person and row, None when it is not theirs or makes no sense."""
        if not membership.can(self.right) or (self.when and not self.when(row)):
            return None
        href = reverse(self.url, args=[row.pk] if row is not None and not self.is_general else [])
        tone = {"primary": "btn-primary", "danger": "btn-outline-danger", "plain": ""}[self.tone]
        return {"label": self.label, "href": href, "tone": tone, "icon": self.icon, "is_post": self.is_post}


class Screen(View):
    """A page of the back office, seen inside `request.merchant` by who holds `right`."""

    template_name: ClassVar[str] = "screens/page.html"
    title: ClassVar[Text] = ""
    section: ClassVar[str] = ""
    right: ClassVar[Right] = Right.SEE
    actions: ClassVar[Sequence[Action]] = ()

    request: MerchantRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer inside the merchant, rendering included; log in first, 403 without the right."""
        if not request.user.is_authenticated:
            login = redirect_to_login(request.get_full_path())
            # A list that refreshes itself would put the login page into its place.
            return HttpResponseClientRedirect(login.url) if request.headers.get("HX-Request") else login
        if self.request.merchant is None:
            return TemplateResponse(request, "screens/no_shop.html", status=403)
        with inside(self.merchant):
            if not self.membership.can(self.right):
                raise PermissionDenied(str(self.right.label))
            response = super().dispatch(request, *args, **kwargs)
            if isinstance(response, TemplateResponse):
                response.render()
            # What a shop sees stays on no shared computer after the log-out.
            add_never_cache_headers(response)
            return response

    @property
    def merchant(self) -> Merchant:
        return self.request.merchant

    @property
    def membership(self) -> Membership:
        return self.request.membership

    def get_title(self) -> Text:
        return self.title

    def get_actions(self) -> list[dict[str, Any]]:
        """Return the buttons above the content that this person may press."""
        return [button for action in self.actions if (button := action.shown_for(self.membership))]

    def render(self, context: Mapping[str, Any] | None = None, *, status: int = 200) -> TemplateResponse:
        """Return the page, with what the layout needs."""
        page = {
            "screen": self,
            "title": self.get_title(),
            "section": self.section,
            "actions": self.get_actions(),
        }
        return TemplateResponse(self.request, self.template_name, {**page, **(context or {})}, status=status)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render()


class RowScreen(Screen, Generic[Row]):
    """A screen about one row of `model`, which the URL names by `pk`; 404 if the shop has none such."""

    model: ClassVar[type[Model]]

    def get_queryset(self) -> QuerySet[Row]:
        queryset: QuerySet[Row] = self.model._default_manager.all()  # type: ignore[assignment]
        return queryset

    def get_row(self) -> Row:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    @property
    def row(self) -> Row:
        """Return the row, read once."""
        if not hasattr(self, "_row"):
            self._row = self.get_row()
        return self._row
