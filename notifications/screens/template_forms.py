"""The forms around a template: its words, a test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant
from merchants.screens.languages import LanguageField
from notifications.models import Category, ChannelKind, Template
from notifications.screens import rule_words
from orders.models import Order

WORDS = {"spellcheck": "true", "data-takes-placeholders": "yes"}


class TemplateForm(forms.Form):
    """What a template says. What it is known by is asked only of a new one."""

    event = forms.ChoiceField(label=_("Event"), choices=rule_words.event_choices)
    channel = forms.ChoiceField(label=_("Channel"), choices=ChannelKind.choices)
    language = LanguageField(label=_("Language"), max_length=35)
    code = forms.CharField(
        label=_("Code"),
        max_length=60,
        help_text=_("The name by which rules find it, the same on every channel and in every language."),
    )
    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)
    subject = forms.CharField(label=_("Subject"), max_length=400, widget=forms.TextInput(attrs=WORDS))
    body = forms.CharField(
        label=_("Text"),
        max_length=40_000,
        strip=False,
        widget=forms.Textarea(attrs=WORDS | {"rows": 12}),
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        template: Template | None,
        merchant: Merchant,
        proposed: Mapping[str, str] | None = None,
    ) -> None:
        initial: dict[str, Any] = {"language": merchant.language} | dict(proposed or {})
        if template:
            initial = {name: getattr(template, name) for name in ("category", "subject", "body")}
        super().__init__(data, files, initial=initial)
        self.template = template
        if template:
            for name in ("event", "channel", "language", "code"):
                del self.fields[name]
        if self.chosen("channel") == ChannelKind.SMS:
            del self.fields["subject"]

    def chosen(self, name: str) -> str:
        """Return what an identity field says now, whether kept, entered or proposed."""
        if self.template:
            return str(getattr(self.template, name))
        value = self.data.get(name) if self.is_bound else self.initial.get(name)
        first: dict[str, str] = {"event": "order.created", "channel": ChannelKind.SMS.value}
        return str(value or first.get(name, ""))

    @property
    def is_mail(self) -> bool:
        return self.chosen("channel") == ChannelKind.EMAIL

    @property
    def identity(self) -> list[forms.BoundField]:
        return [self[name] for name in ("event", "channel", "language", "code") if name in self.fields]


class OrderNumberField(forms.CharField):
    """The number of an order of the merchant whose scope is open; cleaned to the order, or None."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "label": _("Order"),
            "required": False,
            "max_length": 64,
            "help_text": _("The number of one of your orders. Empty: a made-up one."),
        }
        super().__init__(**defaults | kwargs)

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        if not number:
            return None
        order = Order.objects.filter(number=number).select_related("customer", "merchant__brand").first()
        if order is None:
            raise forms.ValidationError(_("There is no order of this number."), code="unknown_order")
        return order


class OrderForm(forms.Form):
    """Which order a preview is about."""

    order = OrderNumberField()


class TestForm(forms.Form):
    """Where a test goes, and which order it is about."""

    order = OrderNumberField()

    def __init__(self, *args: Any, channel: str, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_mail = channel == ChannelKind.EMAIL
        kind = (
            {"type": "email", "autocomplete": "email"} if is_mail else {"type": "tel", "autocomplete": "tel"}
        )
        self.fields["address"] = forms.CharField(
            label=_("Your address") if is_mail else _("Your phone"),
            max_length=254,
            initial=email if is_mail else "",
            widget=forms.TextInput(attrs=kind),
        )
        self.order_fields(["address", "order"])
