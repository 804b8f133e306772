"""Tencent Cloud SMS (sms, 2021-01-11): SendSms, PullSmsSendStatusByPhoneNumber, reports and replies.

Tencent takes no idempotency key. Our reference travels as `SessionContext`, one for all numbers of a
request, and comes back in reports and pulls only where the vendor has enabled that; without, the
SerialNo finds them. A request has one template, one signature and one list of parameters for all its
numbers, which are all of the mainland or all of abroad. Each number has its own result; should the
vendor refuse a whole request for a reason that lies in one number, they are sent one by one.

Reports and replies are switched on in the vendor's console, with the address that Orderbell shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from notifications.gateways.base import Account, Exchange, Gateway, Push, Sent, Text
from notifications.gateways.batching import batches_of, one_by_one
from notifications.gateways.tencent_answers import read_answer, read_packages, read_statuses
from notifications.gateways.tencent_batches import shared
from notifications.gateways.tencent_pushes import read_pushes
from notifications.gateways.tencent_signing import ENDPOINT, call
from notifications.gateways.terms import Balance, Credential, Limit, Settling
from notifications.outbound import Request, Response
from notifications.outcomes import ErrorClass, ReceiptFacts, Result

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# The vendor's hours and days; he names no zone.
SHANGHAI = timezone(timedelta(hours=8))
# No package is good for longer.
PACKAGES_SINCE = timedelta(days=3 * 366)
OF_ONE_NUMBER = frozenset({ErrorClass.RECIPIENT, ErrorClass.OPTED_OUT, ErrorClass.RATE_RECIPIENT})
_DAY, _CHINA = 24 * 3600, frozenset({"CN"})


class Tencent(Gateway):
    kind: ClassVar[str] = "tencent"
    label: ClassVar[StrOrPromise] = _("Tencent Cloud SMS 腾讯云")
    credentials: ClassVar[tuple[Credential, ...]] = (
        Credential("secret_id", _("SecretId"), is_secret=False),
        Credential("secret_key", _("SecretKey")),
        Credential("sdk_app_id", _("SDK AppID of the SMS application"), is_secret=False),
        Credential("region", _("Region (empty: ap-guangzhou)"), is_secret=False, is_required=False),
    )
    default_endpoint: ClassVar[str] = ENDPOINT
    batch_size: ClassVar[int] = 200
    needs_template: ClassVar[bool] = True
    takes_template: ClassVar[bool] = True
    adds_signature: ClassVar[bool] = True
    can_ask: ClassVar[bool] = True
    tells_balance: ClassVar[bool] = True
    settling: ClassVar[Settling] = Settling(ask_every=300)
    # China's carriers allow a number ten notices and three advertisements a day. That a new account may send
    # a number only two texts a day is a setting in the vendor's console: when they are used up he says so.
    limits: ClassVar[tuple[Limit, ...]] = (
        Limit(3000, 1),
        Limit(1, 30, per=("phone", "template")),
        Limit(10, _DAY, per=("phone",), categories=frozenset({"transactional"}), countries=_CHINA),
        Limit(3, _DAY, per=("phone",), categories=frozenset({"marketing"}), countries=_CHINA),
    )

    def spell_variable(self, name: str, number: int) -> str:
        return "{" + str(number) + "}"

    def batches(self, texts: Sequence[Text]) -> list[list[Text]]:
        return batches_of(texts, size=self.batch_size, alike=shared)

    async def send(
        self, texts: Sequence[Text], account: Account, exchange: Exchange, *, now: datetime
    ) -> list[Result]:
        send = partial(super().send, account=account, exchange=exchange, now=now)
        results = await send(texts)
        first = results[0]
        if len(texts) == 1 or first.error not in OF_ONE_NUMBER or any(one != first for one in results):
            return results
        return await one_by_one(texts, send=send)

    def build(self, texts: Sequence[Text], account: Account, *, now: datetime, nonce: str = "") -> Request:
        first = texts[0]
        session = first.reference if len(texts) == 1 else first.batch_reference
        together = {(shared(text), text.batch_reference) for text in texts}
        if len(together) > 1 or not session:
            raise ValueError("texts that travel together must come from batches()")
        is_mainland, template, signature, params = shared(first)
        fields: dict[str, Any] = {
            "PhoneNumberSet": [text.phone for text in texts],
            "SmsSdkAppId": account.credentials.get("sdk_app_id", ""),
            "TemplateId": template,
            "SignName": signature,
            "TemplateParamSet": list(params),
            "SessionContext": session,
            "SenderId": "" if is_mainland else account.sender,
        }
        return call("SendSms", {name: value for name, value in fields.items() if value}, account, now=now)

    def parse(self, texts: Sequence[Text], response: Response) -> list[Result]:
        return read_answer(texts, response)

    def build_ask(self, sent: Sent, account: Account, *, now: datetime, nonce: str = "") -> Request:
        fields = {
            "BeginTime": int(sent.started_at.timestamp()) - 60,  # clocks differ
            "Offset": 0,
            "Limit": 100,
            "PhoneNumber": sent.phone,
            "SmsSdkAppId": account.credentials.get("sdk_app_id", ""),
        }
        return call("PullSmsSendStatusByPhoneNumber", fields, account, now=now)

    def parse_ask(self, sent: Sent, response: Response) -> Result:
        return read_statuses(sent, response)

    def build_balance(self, account: Account, *, now: datetime, nonce: str = "") -> Request:
        # The end must lie before the vendor's now; both are whole hours.
        begin, end = now - PACKAGES_SINCE, now - timedelta(seconds=1)
        fields = {
            "SmsSdkAppId": account.credentials.get("sdk_app_id", ""),
            "Limit": 500,
            "Offset": 0,
            "BeginTime": begin.astimezone(SHANGHAI).strftime("%Y%m%d%H"),
            "EndTime": end.astimezone(SHANGHAI).strftime("%Y%m%d%H"),
        }
        return call("SmsPackagesStatistics", fields, account, now=now)

    def parse_balance(self, response: Response) -> Balance:
        # The one look at the clock: expired packages are listed too, and the answer tells no time.
        return read_packages(response, now=datetime.now(UTC))

    def parse_push(self, push: Push) -> list[ReceiptFacts]:
        return read_pushes(push.body)

    def answer_push(self) -> tuple[int, str, bytes]:
        return 200, "application/json", b'{"result":0,"errmsg":"OK"}'
