"""The screens about a signature or a template at one gateway: how it stands, hand in, ask, take back."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from merchants.roles import Right
from merchants.screens import ActionScreen, FormScreen
from merchants.screens.base import Row, RowScreen, Text
from notifications import reviewing
from notifications.configuring import InvalidSettings
from notifications.models import GatewayAccount, Review, VendorSignature, VendorTemplate
from notifications.screens.refusals import beside_fields
from notifications.screens.reviews import TONES, carriers_of, gateway_of, is_behind, life_line


class AtGateway(RowScreen[Row]):
    """What all of them share: the account of the shop that the URL names, the row's review there.

    `names` is what their URLs begin with, `home` the page of the row itself.
    """

    right = Right.CONFIGURE
    names: ClassVar[str]
    home: ClassVar[str]
    review_model: ClassVar[type[VendorSignature] | type[VendorTemplate]]

    @cached_property
    def account(self) -> GatewayAccount:
        found: GatewayAccount = get_object_or_404(GatewayAccount.objects.all(), pk=self.kwargs["gateway"])
        gateway_of(found)
        return found

    @cached_property
    def review(self) -> Any:
        """Return the row's review at this account; one that is not kept yet is a draft."""
        at = {self.names: self.row, "gateway": self.account}
        found = self.review_model.objects.filter(**at).first() or self.review_model(
            merchant=self.merchant, **at
        )
        found.gateway = self.account
        setattr(found, self.names, self.row)
        return found

    def get_title(self) -> Text:
        return f"{self.row} · {self.account}"

    def address(self, name: str) -> str:
        return reverse(f"{self.names}_{name}", args=[self.kwargs["pk"], self.kwargs["gateway"]])

    def back_url(self) -> str:
        return self.address("review")


class ReviewScreen(AtGateway[Row], FormScreen[Row]):
    """Show where it stands, and take what a person notes by hand."""

    template_name = "notifications/reviews/review.html"
    saved = _("Noted.")

    def get_form_kwargs(self) -> dict[str, Any]:
        names = self.form_class.base_fields  # type: ignore[attr-defined]  # every form class has them
        return {"initial": {name: getattr(self.review, name) for name in names}}

    def get_context(self, form: forms.BaseForm) -> dict[str, Any]:
        review = self.review
        vendor = reviewing.reviews(self.account)
        is_leaving = reviewing.is_waiting_to_leave(review)
        return {
            "row": self.row,
            "review": review,
            "line": life_line(review),
            "state": Review(review.state).label,
            "tone": TONES[review.state],
            "carriers": carriers_of(review) if isinstance(review, VendorSignature) else [],
            "is_changed": is_behind(review),
            "is_leaving": is_leaving,
            "submit_url": self.address("submit") if vendor and review.state != Review.SUBMITTED else "",
            "ask_url": self.address("ask")
            if review.state != Review.DRAFT and not is_leaving and reviewing.can_ask(review)
            else "",
            "withdraw_url": self.address("withdraw") if review.state != Review.DRAFT else "",
            "has_interface": vendor is not None,
        }

    def back_url(self) -> str:
        return reverse(self.home, args=[self.kwargs["pk"]])

    def note(self, data: dict[str, Any]) -> Any:
        raise NotImplementedError

    def save(self, form: Any) -> Any:
        with beside_fields(form):
            return self.note(form.cleaned_data)

    def success_url(self, row: Any) -> str:
        return self.address("review")


class SubmitScreen(AtGateway[Row], FormScreen[Row]):
    """Ask what the vendor wants to know and have it handed in."""

    template_name = "notifications/reviews/submit.html"
    button = _("Hand in")
    saved = _("It is handed in within moments. Load this page again to follow.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._elsewhere() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._elsewhere() or super().post(request, *args, **kwargs)

    def _elsewhere(self) -> HttpResponseBase | None:
        """Lead back where the vendor has no interface, or has it already."""
        if self.review.state == Review.SUBMITTED:
            messages.error(self.request, _("It is with the vendor already."))
        elif reviewing.reviews(self.account) is None:
            messages.error(self.request, _("This vendor has no interface for reviews: use its console."))
        else:
            return None
        return HttpResponseRedirect(self.address("review"))

    def get_context(self, form: forms.BaseForm) -> dict[str, Any]:
        return {"row": self.row, "review": self.review, "is_in_use": reviewing.is_in_use(self.review)}

    def submit(self, entered: dict[str, Any]) -> Any:
        raise NotImplementedError

    def save(self, form: Any) -> Any:
        with beside_fields(form, names=form.names()):
            return self.submit(form.entered())

    def success_url(self, row: Any) -> str:
        return self.address("review")


class AskScreen(AtGateway[Row], ActionScreen[Row]):
    """Have the vendor asked at once."""

    def perform(self, row: Row) -> Text:
        try:
            reviewing.ask_now(self.review)
        except InvalidSettings as fault:
            raise ValidationError([str(error.message) for error in fault.errors]) from fault
        return _("The vendor is being asked. Load this page again in a moment.")


class WithdrawScreen(AtGateway[Row], ActionScreen[Row]):
    """Make it a draft again, on our side."""

    question = _(
        "Make it a draft again? The vendor is not told: what was handed in stays in the vendor's console."
    )
    button = _("Make it a draft")

    def perform(self, row: Row) -> Text:
        reviewing.withdraw(self.review)
        return _("It is a draft again.")
