"""The page on which a customer says what they want to hear, how, in which language and when not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from notifications import links
from notifications.consent import opt_in, opt_out
from notifications.consent.services import LASTING
from notifications.models import Category, ChannelKind, Message, OptOut, OptOutSource, Preferences
from notifications.pages.doors import address_on, again, door, mask, page
from orders.models import Customer

# What the two categories mean to somebody who buys things.
WORDS = {
    Category.TRANSACTIONAL: _("News of my orders"),
    Category.MARKETING: _("Offers and recommendations"),
}


@door(links.PREFERENCES)
def preferences(request: HttpRequest, message: Message) -> HttpResponse:
    """Show the choices (GET) or keep them (POST)."""
    if request.method != "POST":
        form = PreferencesForm(message=message)
        return page(
            request, "pages/preferences.html", message, form=form, is_saved=request.GET.get("saved") == "1"
        )
    form = PreferencesForm(request.POST, message=message)
    if not form.is_valid():
        return page(request, "pages/preferences.html", message, status=400, form=form)
    form.save()
    return again(request, saved="1")


class PreferencesForm(forms.Form):
    """A box for each channel and category, ticked when the person hears it.

    A person we know keeps their choices in `Preferences`, wherever their address moves. Of somebody
    else (a fixed address, a team member) only the address is known: its opt-outs are the choices.
    """

    language = forms.ChoiceField(label=_("Language"), required=False)
    quiet_from = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, *args: Any, message: Message, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.message = message
        self.customer: Customer | None = message.customer
        self.choices = Preferences.objects.filter(customer=self.customer).first() if self.customer else None
        self.channels = [(channel, address_on(channel, message)) for channel in ChannelKind]
        self.channels = [(channel, address) for channel, address in self.channels if address]
        self.sources = self._opt_outs()
        refused = set(self.choices.refused) if self.choices else set()
        for channel, category in self._pairs():
            source = self.sources.get((channel, category))
            self.fields[f"{channel}:{category}"] = forms.BooleanField(
                label=WORDS[category],
                required=False,
                initial=source is None and f"{channel}:{category}" not in refused,
                disabled=source in LASTING,
            )
        if self.customer is None:
            for name in ("language", "quiet_from", "quiet_until"):
                del self.fields[name]
        else:
            self._offer_languages(self.customer.language)
            for name in ("quiet_from", "quiet_until"):
                self.fields[name].initial = getattr(self.choices, name, None)

    def _pairs(self) -> Iterator[tuple[ChannelKind, Category]]:
        return ((channel, category) for channel, _address in self.channels for category in Category)

    def _opt_outs(self) -> dict[tuple[str, str], str]:
        rows = OptOut.objects.filter(
            merchant=self.message.merchant_id, address__in=[address for _channel, address in self.channels]
        )
        return {(row.channel, row.category): row.source for row in rows}

    def _offer_languages(self, current: str) -> None:
        codes = [code for code, _name in settings.LANGUAGES]
        names = [(code, get_language_info(code)["name_local"]) for code in codes]
        if current not in codes:
            names.insert(0, (current, current or _("As the shop writes")))
        field = self.fields["language"]
        field.choices = names  # type: ignore[attr-defined]  # a ChoiceField, declared above
        field.initial = current

    def groups(self) -> list[dict[str, Any]]:
        """Return what the page shows: a group of boxes for each channel."""
        return [
            {
                "label": channel.label,
                "masked": mask(address),
                "boxes": [self[f"{channel}:{category}"] for category in Category],
                "is_blocked": any(self.sources.get((channel, category)) in LASTING for category in Category),
            }
            for channel, address in self.channels
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        is_broken = {"quiet_from", "quiet_until"} & set(self.errors)
        if not is_broken and (cleaned.get("quiet_from") is None) != (cleaned.get("quiet_until") is None):
            missing = "quiet_from" if cleaned.get("quiet_from") is None else "quiet_until"
            self.add_error(missing, _("Name both hours, or neither."))
        return cleaned

    @transaction.atomic
    def save(self) -> None:
        """Keep the choices; a box ticked again takes back the opt-outs that the person may take back."""
        refused = set(self.choices.refused) if self.choices else set()
        for channel, category in self._pairs():
            name = f"{channel}:{category}"
            if self.cleaned_data[name]:
                refused.discard(name)
                self._hear(channel, category)
            else:
                refused.add(name)
                self._hear_no_more(channel, category)
        if self.customer is not None:
            Preferences.objects.update_or_create(
                customer=self.customer,
                defaults={
                    "merchant_id": self.message.merchant_id,
                    "refused": sorted(refused),
                    "quiet_from": self.cleaned_data["quiet_from"],
                    "quiet_until": self.cleaned_data["quiet_until"],
                },
            )
            Customer.objects.filter(pk=self.customer.pk).update(language=self.cleaned_data["language"])

    def _hear(self, channel: str, category: str) -> None:
        if (channel, category) in self.sources:
            opt_in(
                self.message.merchant_id,
                channel=channel,
                address=address_on(channel, self.message),
                categories=[category],
                sources=set(OptOutSource) - LASTING,
            )

    def _hear_no_more(self, channel: str, category: str) -> None:
        if self.customer is None:
            opt_out(
                self.message.merchant_id,
                channel=channel,
                address=address_on(channel, self.message),
                category=category,
                source=OptOutSource.LINK,
            )
