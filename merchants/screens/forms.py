"""Forms: make a row or change one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.forms.models import ModelFormMetaclass
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant
from merchants.ownership import across_merchants
from merchants.screens.base import Row, RowScreen, Text

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm


class MerchantFormMetaclass(ModelFormMetaclass):
    """Make a form's class while no merchant is chosen: its choices are empty until it is used."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Any:
        with across_merchants():
            made: Any = super().__new__(mcs, name, bases, attrs)
        for field in made.base_fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
                field.queryset = field.queryset.none()
        return made


class MerchantForm(ModelForm, metaclass=MerchantFormMetaclass):
    """A model's form whose choices and uniqueness are the merchant's own. Made inside a scope.

    To narrow a choice further, set `self.fields[…].queryset` after `super().__init__()`.
    """

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant = merchant
        if self.instance._state.adding and hasattr(self.instance, "merchant_id"):
            self.instance.merchant = merchant
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
                field.queryset = field.queryset.model._default_manager.all()

    def _get_validation_exclusions(self) -> set[str]:
        # A name that is taken in this shop is an error beside the field, not one of the database.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"merchant"}


class FormScreen(RowScreen[Row]):
    """A form for a new row, or with `pk` in the URL for a present one."""

    template_name = "screens/form.html"
    form_class: ClassVar[type[forms.BaseForm]]
    back: ClassVar[str] = "home"
    button: ClassVar[Text] = _("Save")
    saved: ClassVar[Text] = _("Saved.")
    intro: ClassVar[Text] = ""

    @property
    def is_new(self) -> bool:
        return "pk" not in self.kwargs

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return what the form is made with besides its data."""
        if not issubclass(self.form_class, MerchantForm):
            return {}
        return {"merchant": self.merchant} | ({} if self.is_new else {"instance": self.row})

    def get_form(self) -> forms.BaseForm:
        posted = (self.request.POST, self.request.FILES) if self.request.method == "POST" else ()
        return self.form_class(*posted, **self.get_form_kwargs())

    def get_context(self, form: forms.BaseForm) -> dict[str, Any]:
        return {}

    def back_url(self) -> str:
        """Return where Cancel leads."""
        return reverse(self.back)

    def success_url(self, row: Any) -> str:
        """Return where a saved form leads."""
        return self.back_url()

    def save(self, form: Any) -> Any:
        """Keep what was entered and return the row. A `ValidationError` is shown, the input kept."""
        return form.save()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show(self.get_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form()
        if form.is_valid():
            try:
                row = self.save(form)
            except forms.ValidationError as error:
                form.add_error(None, error)
            else:
                return self.done(row)
        return self.show(form, status=422)

    def done(self, row: Any) -> HttpResponseBase:
        """Say that it is saved and go on."""
        messages.success(self.request, self.saved)
        return HttpResponseRedirect(self.success_url(row))

    def show(self, form: forms.BaseForm, *, status: int = 200) -> HttpResponseBase:
        context = {"form": form, "back_url": self.back_url(), "button": self.button, "intro": self.intro}
        return self.render({**context, **self.get_context(form)}, status=status)
