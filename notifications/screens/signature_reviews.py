"""A signature at a gateway."""

from __future__ import annotations

from typing import Any

from django.urls import path

from notifications import reviewing
from notifications.models import Signature, VendorSignature
from notifications.reviewing.terms import reviews
from notifications.screens.review_forms import NoteForm, SubmitForm
from notifications.screens.review_pages import (
    AskScreen,
    AtGateway,
    ReviewScreen,
    SubmitScreen,
    WithdrawScreen,
)


class OfSignature(AtGateway[Signature]):
    model = Signature
    review_model = VendorSignature
    section = "signatures"
    names = "signature"
    home = "signature_edit"


class SignatureReview(OfSignature, ReviewScreen[Signature]):
    form_class = NoteForm

    def note(self, data: dict[str, Any]) -> VendorSignature:
        return reviewing.note_signature(self.row, gateway=self.account, data=data, by=self.request.user)


class SignatureSubmit(OfSignature, SubmitScreen[Signature]):
    form_class = SubmitForm

    def get_form_kwargs(self) -> dict[str, Any]:
        vendor = reviews(self.account)
        kept = {f"field_{name}": value for name, value in self.review.fields.items()}
        return {"wanted": vendor.signature_fields if vendor else (), "initial": kept}

    def submit(self, entered: dict[str, Any]) -> VendorSignature:
        return reviewing.submit_signature(self.row, gateway=self.account, by=self.request.user, **entered)


class SignatureAsk(OfSignature, AskScreen[Signature]):
    pass


class SignatureWithdraw(OfSignature, WithdrawScreen[Signature]):
    pass


_AT = "settings/signatures/<uuid:pk>/at/<uuid:gateway>/"
urlpatterns = [
    path(_AT, SignatureReview.as_view(), name="signature_review"),
    path(f"{_AT}submit/", SignatureSubmit.as_view(), name="signature_submit"),
    path(f"{_AT}ask/", SignatureAsk.as_view(), name="signature_ask"),
    path(f"{_AT}withdraw/", SignatureWithdraw.as_view(), name="signature_withdraw"),
]
