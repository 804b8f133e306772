"""Send a test to oneself, and look at its story."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from merchants.screens import FormScreen
from merchants.screens.base import Row, Text
from notifications.models import Message
from notifications.testsend import CannotTest


class PhoneForm(forms.Form):
    address = forms.CharField(
        label=_("Your phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


class TrialScreen(FormScreen[Row]):
    """Ask where to, send, and go on to the message's story."""

    form_class: ClassVar[type[forms.BaseForm]] = PhoneForm
    button = _("Send")

    def send(self, form: Any) -> Message:
        """Send what was asked for. Raises `CannotTest`."""
        raise NotImplementedError

    def get_title(self) -> Text:
        return _("Send a test: %(what)s") % {"what": self.row}

    def back_url(self) -> str:
        return reverse(self.back, args=[self.kwargs["pk"]])

    def save(self, form: Any) -> Message:
        try:
            return self.send(form)
        except CannotTest as fault:
            is_about_address = fault.code in {"missing_address", "bad_phone", "bad_email"}
            error = forms.ValidationError(str(fault.detail), code=fault.code)
            raise (forms.ValidationError({"address": error}) if is_about_address else error) from fault

    def done(self, row: Message) -> HttpResponseBase:
        messages.success(
            self.request, _("The test is on its way. This is its story; load it again to follow.")
        )
        return HttpResponseRedirect(reverse("message_detail", args=[row.pk]))
