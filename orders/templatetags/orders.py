"""Money as the reader writes it."""

from __future__ import annotations

from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency
from django import template
from django.utils import translation

register = template.Library()


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """Return an amount with its currency (ISO 4217), in the notation of the language in force."""
    if amount is None:
        return "—"
    locale = Locale.parse(translation.to_locale(translation.get_language() or "en"), sep="_")
    return format_currency(amount, currency, locale=locale)
