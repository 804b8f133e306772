"""互亿无线 ihuyi, texts to mainland China: Submit and GetNum, receipts and replies (ihuyi.com/api/sms.html).

One number per request. The API key never travels: the password of each request is a digest that covers
the account, the number, the text and the time. A text leaves whole, to be compared with what the vendor
has on file (4072 when nothing fits), or as the vendor's template and its variables. He puts the
signature of the account in front by himself.

He takes no reference of ours and cannot be asked. When the answer to a text is lost, so is the smsid
that its receipt would be known by: nothing can settle it. An unknown text is therefore given up at the
first look, and never sent again by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import md5
from typing import TYPE_CHECKING, ClassVar, Self
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from notifications.gateways.base import Account, Exchange, Gateway, Push, Text
from notifications.gateways.ihuyi_answers import read_answer, read_balance
from notifications.gateways.ihuyi_pushes import read_pushes
from notifications.gateways.terms import Balance, Credential, Limit, Settling
from notifications.outbound import Request, Response
from notifications.outcomes import ErrorClass, ReceiptFacts, Result, refused
from notifications.segments import with_signature

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_DAY = 24 * 3600


class Ihuyi(Gateway):
    kind: ClassVar[str] = "ihuyi"
    label: ClassVar[StrOrPromise] = _("ihuyi 互亿无线")
    credentials: ClassVar[tuple[Credential, ...]] = (
        Credential("apiid", _("APIID"), is_secret=False),
        Credential("apikey", _("APIKEY")),
        Credential(
            "receipt_fields",
            _("Names in its receipts and replies, such as: id=smsid, status=report, delivered=DELIVRD"),
            is_secret=False,
            is_required=False,
        ),
        Credential(
            "receipt_answer", _("What it wants to hear when it reports"), is_secret=False, is_required=False
        ),
    )
    default_endpoint: ClassVar[str] = "https://106.ihuyi.com/webservice/sms.php"
    adds_signature: ClassVar[bool] = True
    takes_template: ClassVar[bool] = True
    tells_balance: ClassVar[bool] = True
    settling: ClassVar[Settling] = Settling(ask_after=120, deadline=120)
    # 4010 and 4081, 4082. The first of them also keeps to 4080, two a second, and far away from 408.
    limits: ClassVar[tuple[Limit, ...]] = (Limit(1, 60, per=("phone",)), Limit(5, _DAY, per=("phone",)))

    def __init__(self, *, receipt_fields: str = "", receipt_answer: str = "") -> None:
        self.receipt_fields = receipt_fields
        self.receipt_answer = receipt_answer or "0"

    def for_account(self, account: Account) -> Self:
        names = ("receipt_fields", "receipt_answer")
        return type(self)(**{name: account.credentials.get(name, "") for name in names})

    def spell_variable(self, name: str, number: int) -> str:
        return "【变量】"

    async def send(
        self, texts: Sequence[Text], account: Account, exchange: Exchange, *, now: datetime
    ) -> list[Result]:
        (text,) = texts
        if not self.reaches(text.phone):
            return [refused(ErrorClass.RECIPIENT, text="This gateway sends to mainland China only.")]
        return await super().send(texts, account, exchange, now=now)

    def reaches(self, phone: str) -> bool:
        """Say whether a number can be spelled for this interface.

        Without its plus, a number from abroad may well be somebody else's in China.
        """
        return phone.startswith("+86")

    def phone_out(self, phone: str) -> str:
        """Return a number as this interface wants it: eleven digits."""
        return phone.removeprefix("+86")

    def phone_in(self, digits: str) -> str:
        """Return E.164 for a number, which comes bare or with 86 or 0086 in front."""
        digits = digits.removeprefix("00")
        return "+86" + (digits.removeprefix("86") if len(digits) > 11 else digits)

    def build(self, texts: Sequence[Text], account: Account, *, now: datetime, nonce: str = "") -> Request:
        (text,) = texts
        fields = {"mobile": self.phone_out(text.phone), "content": self._content(text)}
        if text.template_code:
            fields["templateid"] = text.template_code
        return self._call("Submit", fields, account, now=now)

    def parse(self, texts: Sequence[Text], response: Response) -> list[Result]:
        return [read_answer(response)] * len(texts)

    def build_balance(self, account: Account, *, now: datetime, nonce: str = "") -> Request:
        return self._call("GetNum", {}, account, now=now)

    def parse_balance(self, response: Response) -> Balance:
        return read_balance(response)

    def parse_push(self, push: Push) -> list[ReceiptFacts]:
        return read_pushes(push, kind=self.kind, names=self.receipt_fields, phone_in=self.phone_in)

    def answer_push(self) -> tuple[int, str, bytes]:
        return 200, "text/plain; charset=utf-8", self.receipt_answer.encode("utf-8", "replace")

    def _content(self, text: Text) -> str:
        if text.template_code:
            # The bar is what divides the variables.
            return "|".join(str(value).replace("|", "｜") for value in text.params.values())
        return text.body if self.adds_signature else with_signature(text.body, text.signature)

    def _call(self, method: str, fields: Mapping[str, str], account: Account, *, now: datetime) -> Request:
        apiid, apikey = (account.credentials.get(name, "") for name in ("apiid", "apikey"))
        time = str(int(now.timestamp()))
        covered = (apiid, apikey, fields.get("mobile", ""), fields.get("content", ""), time)
        password = md5("".join(covered).encode(), usedforsecurity=False).hexdigest()
        form = {"account": apiid, "password": password, **fields, "time": time, "format": "json"}
        # The vendor prints his address with the method behind it, and so it may have been entered.
        address = (account.endpoint or self.default_endpoint).split("?")[0]
        return Request(
            "POST",
            f"{address}?method={method}",
            {"Content-Type": "application/x-www-form-urlencoded"},
            urlencode(form).encode(),
        )
