"""Hand in at a gateway all templates that are missing there: look, say what is asked once, press once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from merchants.places import language_name
from merchants.roles import Right
from merchants.screens import FormScreen
from notifications import reviewing
from notifications.models import GatewayAccount, Review, VendorTemplate
from notifications.reviewing.missing import HandedIn, Missing
from notifications.screens.refusals import beside_fields
from notifications.screens.review_forms import PREFIX, SubmitForm
from notifications.screens.reviews import gateway_of


class HandInAll(FormScreen[GatewayAccount]):
    """The templates in the languages that the address names, else in the usual ones."""

    model = GatewayAccount
    form_class = SubmitForm
    template_name = "notifications/reviews/hand_in.html"
    right = Right.CONFIGURE
    section = "reviews"
    title = _("Hand in all that are missing")
    back = "review_list"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._elsewhere() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._elsewhere() or super().post(request, *args, **kwargs)

    def _elsewhere(self) -> HttpResponseBase | None:
        gateway_of(self.row)
        if reviewing.reviews(self.row):
            return None
        messages.error(self.request, _("This vendor has no interface for reviews: use its console."))
        return HttpResponseRedirect(self.back_url())

    @cached_property
    def languages(self) -> dict[str, bool]:
        """Return the languages there are, and which of them are ticked."""
        usual = reviewing.languages_at(self.row)
        named = set(self.request.GET.getlist("languages")) & usual.keys()
        return {one: one in named for one in usual} if named else usual

    @property
    def ticked(self) -> list[str]:
        return [one for one, is_ticked in self.languages.items() if is_ticked]

    @cached_property
    def missing(self) -> Missing:
        return reviewing.missing_at(self.row, languages=self.ticked)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask what the vendor wants to know of all of them; what was said the last time is filled in."""
        vendor = reviewing.reviews(self.row)
        wanted = [one for one in vendor.template_fields if not one.is_per_template] if vendor else []
        former = VendorTemplate.objects.filter(gateway=self.row).exclude(fields={}).order_by("-updated_at")
        said = former.values_list("fields", flat=True).first() or {}
        return {"wanted": wanted, "initial": {PREFIX + name: value for name, value in said.items()}}

    def get_context(self, form: forms.BaseForm) -> dict[str, Any]:
        vendor = reviewing.reviews(self.row)
        there = sum(one.is_there for one in self.missing.skipped)
        return {
            "row": self.row,
            "choices": [(one, language_name(one), ticked) for one, ticked in self.languages.items()],
            "ready": self.missing.ready,
            "there": there,
            "refused": [one for one in self.missing.skipped if not one.is_there],
            "seconds": vendor.seconds_between if vendor else 0,
            "a_day": vendor.templates_a_day if vendor else 0,
        }

    def save(self, form: Any) -> HandedIn:
        if len(self.missing.ready) > self._shown():
            raise forms.ValidationError(
                _("There are more by now: look again, and press the button once more.")
            )
        with beside_fields(form, names=form.names()):
            data = form.entered() | {"languages": self.ticked}
            return reviewing.submit_missing(self.row, data=data, by=self.request.user)

    def _shown(self) -> int:
        """Return how many the button spoke of."""
        told = self.request.POST.get("count", "")
        return int(told) if told.isascii() and told.isdigit() and len(told) < 6 else 0

    def done(self, row: HandedIn) -> HttpResponseBase:
        count, others = len(row.submitted), len(row.skipped)
        words = ngettext("%(count)d template is handed in.", "%(count)d templates are handed in.", count)
        sentences = [words % {"count": count}]
        if others:
            words = ngettext("%(count)d is not.", "%(count)d are not.", others)
            sentences.append(words % {"count": others})
        (messages.success if count else messages.warning)(self.request, " ".join(sentences))
        return HttpResponseRedirect(
            f"{self.back_url()}?state={Review.SUBMITTED}" if count else self.back_url()
        )


urlpatterns = [
    path("settings/gateways/<uuid:pk>/submit-templates/", HandInAll.as_view(), name="gateway_hand_in"),
]
