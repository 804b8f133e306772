"""互亿无线 ihuyi, texts abroad: the domestic interface at another address, under an account of its own.

A number is its country code, a space, and the rest. Nothing is put in front of a text, so we do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import phonenumbers
from django.utils.translation import gettext_lazy as _

from notifications.gateways.ihuyi import Ihuyi
from notifications.gateways.terms import Limit

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class IhuyiInternational(Ihuyi):
    kind: ClassVar[str] = "ihuyi_intl"
    label: ClassVar[StrOrPromise] = _("ihuyi 互亿无线, international")
    default_endpoint: ClassVar[str] = "https://api.isms.ihuyi.com/webservice/isms.php"
    adds_signature: ClassVar[bool] = False
    # The vendor prints limits for China only.
    limits: ClassVar[tuple[Limit, ...]] = ()

    def reaches(self, phone: str) -> bool:
        return True

    def phone_out(self, phone: str) -> str:
        digits = phone.removeprefix("+")
        try:
            code = str(phonenumbers.parse(phone).country_code)
        except phonenumbers.NumberParseException:
            return digits  # the vendor refuses it: 406
        return f"{code} {digits.removeprefix(code)}"

    def phone_in(self, digits: str) -> str:
        return "+" + digits.removeprefix("00")
