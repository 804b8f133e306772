"""One's own account: name, language, password, second factor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from merchants.models import User
from merchants.screens import FormScreen
from merchants.screens.forms import ModelForm


class AccountForm(ModelForm):
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("as the browser asks")), *settings.LANGUAGES]
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "language")


class AccountEdit(FormScreen[User]):
    model = User
    template_name = "screens/account.html"
    form_class = AccountForm
    section = "account"
    title = _("Your account")
    back = "account"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"instance": self.request.user}
