"""What the demo shops say beyond the recipes, and the rules that say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Wording:
    """One template: channel, language, subject (mail only), body."""

    channel: str
    language: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Extra:
    """A rule with its templates; `rule` holds the fields that do not follow from them."""

    code: str
    event: str
    category: str
    wordings: tuple[Wording, ...]
    rule: dict[str, Any]

    @property
    def channels(self) -> list[str]:
        return list(dict.fromkeys(wording.channel for wording in self.wordings))


EXTRAS = (
    Extra(
        code="team-large-order",
        event="order.created",
        category="transactional",
        wordings=(
            Wording(
                "email",
                "zh-hans",
                "大额订单 {订单号}：{订单金额}",
                "<p>{客户姓名} 的订单 <strong>{订单号}</strong> 金额为 <strong>{订单金额}</strong>，"
                "请核对收款与发票信息。</p>{商品明细}",
            ),
            Wording(
                "email",
                "en",
                "Large order {order.number}: {order.total}",
                "<p>Order <strong>{order.number}</strong> by {customer.name} comes to "
                "<strong>{order.total}</strong>. Please check payment and invoice.</p>{order.items_table}",
            ),
        ),
        rule={
            "name": "大额订单提醒财务",
            "recipients": ["role:finance"],
            "conditions": [
                {"field": "order.total", "operator": "gte", "value": 5000},
                {"field": "order.currency", "operator": "eq", "value": "CNY"},
            ],
        },
    ),
    Extra(
        code="team-long-delay",
        event="shipment.delayed",
        category="transactional",
        wordings=(
            Wording(
                "email",
                "zh-hans",
                "订单 {订单号} 延误 {延误时长}，请主动联系客户",
                "<p>订单 <strong>{订单号}</strong>（{客户姓名}）"
                "{% if shipment.reason %}因{延误原因}{% endif %}延误约{延误时长}。"
                "请主动联系客户，必要时给予补偿。</p>",
            ),
            Wording(
                "email",
                "en",
                "Order {order.number} is {shipment.delay_hours} late: please call",
                "<p>Order <strong>{order.number}</strong> ({customer.name}) is late by about "
                "{shipment.delay_hours}{% if shipment.reason %} because of {shipment.reason}{% endif %}. "
                "Please get in touch before the customer does.</p>",
            ),
        ),
        rule={
            "name": "长时间延误提醒客服",
            "recipients": ["role:support", "role:operator"],
            "conditions": [{"field": "shipment.delay_hours", "operator": "gte", "value": 24}],
        },
    ),
    Extra(
        code="pay-soon",
        event="order.created",
        category="transactional",
        wordings=(
            Wording(
                "sms",
                "zh-hans",
                "",
                "您的订单{订单号}还差一步付款，共{订单金额}，商品已为您保留，请尽快完成。",
            ),
            Wording(
                "sms",
                "en",
                "",
                "Hi {customer.name}, one step left for your {merchant.name} order {order.number}: "
                "{order.total} to pay. We keep everything ready.",
            ),
        ),
        rule={
            "name": "下单20分钟未付款提醒",
            "recipients": ["customer"],
            "delay_seconds": HOUR // 3,
            "conditions": [{"field": "order.status", "operator": "eq", "value": "created"}],
        },
    ),
    Extra(
        code="new-teas",
        event="order.completed",
        category="marketing",
        wordings=(
            Wording(
                "sms",
                "zh-hans",
                "",
                "{客户姓名}，感谢惠顾！秋茶上新，老客户凭订单{订单号}享9折，期待再会。拒收请回复R",
            ),
            Wording(
                "sms",
                "en",
                "",
                "Hi {customer.name}, thank you for order {order.number}! Our autumn teas are here, "
                "10% off for you. Reply STOP to opt out",
            ),
            Wording(
                "email",
                "zh-hans",
                "秋茶上新，老客户9折",
                "<p>{客户姓名}，您好：</p><p>感谢您选购叮当茶铺（订单 {订单号}）。今年的秋茶到店了，"
                "老客户本周享 <strong>9 折</strong>，欢迎来尝。</p>",
            ),
            Wording(
                "email",
                "en",
                "The autumn teas are here: 10% off for you",
                "<p>Hi {customer.name},</p><p>Thank you for order {order.number}. This year's autumn teas "
                "have arrived, and this week you get <strong>10% off</strong>.</p>",
            ),
        ),
        rule={"name": "订单完成后的新茶推荐（营销）", "recipients": ["customer"]},
    ),
)
