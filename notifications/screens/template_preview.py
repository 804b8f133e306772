"""The preview beside the editor: a phone or a mail, what is wrong, what could be better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from merchants.models import Merchant
from merchants.places import country_name
from merchants.roles import Right
from merchants.screens.base import RowScreen
from notifications import facts, templates
from notifications.gateways.registry import GATEWAYS
from notifications.linting import Finding, Severity, marked
from notifications.models import Category, ChannelKind, Template
from notifications.placeholders import for_event
from notifications.rendering import Source, TemplateErrors
from notifications.screens.template_forms import OrderForm
from orders.events import EventKind

# A mail carries its styles in its tags. It is shown in a frame without scripts, forms or an origin.
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "frame-ancestors": [SELF],
    "form-action": [NONE],
    "base-uri": [NONE],
}


def placeholders(event: str, *, is_mail: bool) -> list[dict[str, str]]:
    """Return what a template for this event may say, named in both languages, ready to be put in."""
    is_chinese = (get_language() or "").startswith("zh")
    found = []
    for one in for_event(event):
        if one.html and not is_mail:
            continue
        labels = (one.label_zh, one.label) if is_chinese else (one.label, one.label_zh)
        snippet = f"{{{one.label_zh}}}" if is_chinese else f"{{{{ {one.name} }}}}"
        found.append({"snippet": snippet, "label": labels[0], "other": labels[1], "name": one.name})
    return found


def looked_at(source: Source, *, merchant: Merchant, category: str, order: Any = None) -> dict[str, Any]:
    """Return what the preview's template shows of a text: the preview, or the problems."""
    about = facts.of_order(order, kind=source.event) if order else None
    try:
        shown = templates.preview(source, merchant=merchant, category=category, facts=about)
    except TemplateErrors as fault:
        problems = [
            {
                "text": templates.problem_text(one),
                "field": one.field,
                "line": one.line,
                "excerpt": one.excerpt,
            }
            for one in fault.problems
        ]
        return {"problems": problems}
    return {
        "preview": shown,
        "is_mail": source.channel == ChannelKind.EMAIL,
        "findings": [_told(one) for one in shown.findings],
        "pieces": marked(source.body, shown.findings) if any(one.spans for one in shown.findings) else [],
    }


def _told(finding: Finding) -> dict[str, Any]:
    """Return an objection in words, and by whom it is made."""
    vendors = [str(GATEWAYS[kind].label) for kind in finding.gateways if kind in GATEWAYS]
    return {
        "text": templates.finding_text(finding),
        "advice": templates.finding_advice(finding),
        "is_error": finding.severity is Severity.ERROR,
        "by": " · ".join([*vendors, *map(country_name, finding.countries)]),
    }


class Preview(RowScreen[Template]):
    """Show what was typed so far; of a template that is there, or with no `pk` of a new one."""

    template_name = "notifications/templates/preview.html"
    model = Template
    right = Right.CONFIGURE
    http_method_names = ["post"]

    def source(self, given: Mapping[str, Any]) -> tuple[Source, str]:
        """Return the text to show, and its category."""
        subject, body = str(given.get("subject", "")), str(given.get("body", "")).replace("\r\n", "\n")
        if "pk" in self.kwargs:
            source = templates.source_of(self.row, subject=subject, body=body)
        else:
            event, channel = given.get("event"), given.get("channel")
            if event not in EventKind.values or channel not in ChannelKind.values:
                raise Http404
            language = str(given.get("language", ""))[:35] or self.merchant.language
            source = Source(str(channel), str(event), language, subject, body)
        category = str(given.get("category"))
        return source, category if category in Category.values else Category.TRANSACTIONAL

    def order_of(self, given: Mapping[str, Any]) -> tuple[Any, list[str]]:
        form = OrderForm({"order": given.get("order", "")})
        if form.is_valid():
            return form.cleaned_data["order"], []
        return None, [str(error) for error in form.errors["order"]]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        source, category = self.source(request.POST)
        order, wrong = self.order_of(request.POST)
        if not source.body.strip():
            # Whoever has not begun yet has done nothing wrong.
            return self.render({"is_empty": True, "order_errors": wrong})
        found = looked_at(source, merchant=self.merchant, category=category, order=order)
        return self.render(found | {"order_errors": wrong})


@method_decorator(xframe_options_sameorigin, name="dispatch")
@method_decorator(csp(MAIL_POLICY), name="dispatch")
class MailPreview(Preview):
    """Show a mail as it is, for the frame of the preview: as typed (POST), or as it stands (GET)."""

    right = Right.SEE
    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.page(templates.source_of(self.row), category=self.row.category)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        source, category = self.source(request.POST)
        order, _wrong = self.order_of(request.POST)
        return self.page(source, category=category, order=order)

    def page(self, source: Source, *, category: str, order: Any = None) -> HttpResponse:
        found = looked_at(source, merchant=self.merchant, category=category, order=order)
        shown = found.get("preview")
        html = shown.html if shown and shown.html else _("There is nothing to show yet.")
        return HttpResponse(html, headers={"Cache-Control": "no-store"})
