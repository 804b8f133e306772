"""The gateways we know, by kind. A new vendor is one module and one line here."""

from __future__ import annotations

from notifications.gateways.aliyun import Aliyun
from notifications.gateways.aliyun_reviewing import AliyunReviewing
from notifications.gateways.base import Gateway
from notifications.gateways.ihuyi import Ihuyi
from notifications.gateways.ihuyi_intl import IhuyiInternational
from notifications.gateways.kannel import Kannel
from notifications.gateways.reviewing import Reviewing
from notifications.gateways.sandbox import Sandbox
from notifications.gateways.sns import Sns
from notifications.gateways.tencent import Tencent
from notifications.gateways.tencent_reviewing import TencentReviewing
from notifications.gateways.twilio import Twilio
from notifications.gateways.vonage import Vonage

GATEWAYS: dict[str, Gateway] = {
    gateway.kind: gateway
    for gateway in (
        Sandbox(),
        Aliyun(),
        Tencent(),
        Ihuyi(),
        IhuyiInternational(),
        Twilio(),
        Vonage(),
        Sns(),
        Kannel(),
    )
}
# Whose reviews of signatures and templates have an API; those of others are kept by hand.
REVIEWING: dict[str, Reviewing] = {Aliyun.kind: AliyunReviewing(), Tencent.kind: TencentReviewing()}
