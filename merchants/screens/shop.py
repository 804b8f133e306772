"""The shop itself, and how its messages and pages look."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from merchants.images import NotAnImage, read_image
from merchants.models import Brand, Merchant
from merchants.places import country_choices, currency_choices, timezones
from merchants.roles import Right
from merchants.screens import FormScreen
from merchants.screens.forms import ModelForm

LOGO_BYTES = 512 * 1024
LOGO_PIXELS = (16, 4096)


class ShopForm(ModelForm):
    country = forms.ChoiceField(label=_("Country"), choices=country_choices)
    timezone = forms.ChoiceField(label=_("Time zone"), choices=lambda: [(zone, zone) for zone in timezones()])
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("In which customers are written to whose own language is unknown."),
    )

    class Meta:
        model = Merchant
        fields = ("name", "country", "timezone", "currency", "language", "news_hours")
        help_texts = {
            "news_hours": _("Older news, such as from an import, is recorded and listed but told to nobody.")
        }


class ShopEdit(FormScreen[Merchant]):
    model = Merchant
    form_class = ShopForm
    right = Right.CONFIGURE
    section = "shop"
    title = _("Shop")
    back = "shop"
    saved = _("The shop is saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        # A copy: a refused form does not change the name in the page's corner.
        return {"instance": Merchant.objects.get(pk=self.merchant.pk)}


class BrandForm(ModelForm):
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_("PNG, JPEG or WebP, up to 512 KB."),
    )
    support_url = forms.URLField(label=_("Support link"), required=False, assume_scheme="https")

    class Meta:
        model = Brand
        fields = (
            "logo",
            "accent",
            "tone",
            "from_name",
            "from_email",
            "reply_to",
            "support_url",
            "support_phone",
            "postal_address",
            "footer",
        )
        widgets = {"accent": forms.TextInput(attrs={"type": "color"})}

    def clean_logo(self) -> Any:
        """Take a picture for what its bytes say; its name and type are the sender's claim."""
        logo = self.cleaned_data["logo"]
        if not isinstance(logo, UploadedFile):  # unchanged, or removed
            return logo
        if (logo.size or 0) > LOGO_BYTES:
            size = filesizeformat(logo.size or 0)
            raise forms.ValidationError(
                _("The file has %(size)s, allowed are 512 KB."), code="too_large", params={"size": size}
            )
        try:
            image = read_image(logo.read())
        except NotAnImage as error:
            raise forms.ValidationError(
                _("This is no PNG, JPEG or WebP picture."), code="no_image"
            ) from error
        logo.seek(0)
        least, most = LOGO_PIXELS
        if not all(least <= side <= most for side in (image.width, image.height)):
            raise forms.ValidationError(
                _("It measures %(width)s × %(height)s pixels; each side must have %(least)s to %(most)s."),
                code="dimensions",
                params={"width": image.width, "height": image.height, "least": least, "most": most},
            )
        logo.name = f"logo.{image.kind}"
        return logo


class BrandEdit(FormScreen[Brand]):
    model = Brand
    form_class = BrandForm
    template_name = "screens/brand.html"
    right = Right.CONFIGURE
    section = "brand"
    title = _("Brand")
    back = "brand"
    saved = _("The brand is saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        # A logo that is replaced stays on disk: mails that were sent show it.
        brand = Brand.objects.filter(merchant=self.merchant).first() or Brand(merchant=self.merchant)
        return {"instance": brand}

    def get_context(self, form: forms.BaseForm) -> dict[str, Any]:
        return {"logo": Brand.objects.filter(merchant=self.merchant).values_list("logo", flat=True).first()}
