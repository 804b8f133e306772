"""What may be said of our own sending: gateways, limits, reviews."""

from __future__ import annotations

from notifications.placeholders import values, words
from notifications.placeholders.placeholder import Placeholder

OWN_NEWS: tuple[Placeholder, ...] = (
    Placeholder("gateway.name", "Gateway", "通道名称", values.from_event("gateway"), ("gateway",)),
    Placeholder(
        "gateway.why",
        "What is wrong with it",
        "通道异常原因",
        values.word_from_event("why", words.GATEWAY_TROUBLE),
        ("gateway",),
    ),
    Placeholder("gateway.detail", "Its own words", "通道返回内容", values.from_event("detail"), ("gateway",)),
    Placeholder(
        "gateway.until", "Tried again from", "通道恢复时间", values.time_from_event("until"), ("gateway",)
    ),
    Placeholder("gateway.balance", "What is left", "通道余额", values.balance, ("gateway",)),
    Placeholder("allowance.used", "Parts used", "已用条数", values.from_event("used"), ("limit",)),
    Placeholder("allowance.most", "Parts allowed", "额度条数", values.from_event("most"), ("limit",)),
    Placeholder(
        "allowance.scope",
        "At home or abroad",
        "额度范围",
        values.word_from_event("scope", words.LIMIT_SCOPE),
        ("limit",),
    ),
    Placeholder(
        "allowance.period",
        "A day or a month",
        "额度周期",
        values.word_from_event("period", words.LIMIT_PERIOD),
        ("limit",),
    ),
    Placeholder(
        "allowance.unit",
        "Day or month",
        "周期单位",
        values.word_from_event("period", words.LIMIT_UNIT),
        ("limit",),
    ),
    Placeholder("review.name", "What was reviewed", "审核对象", values.from_event("name"), ("review",)),
    Placeholder("review.gateway", "Reviewed by", "审核通道", values.from_event("gateway"), ("review",)),
    Placeholder(
        "review.state",
        "What was decided",
        "审核结果",
        values.word_from_event("state", words.REVIEW_STATE),
        ("review",),
    ),
    Placeholder("review.reason", "The vendor's reason", "审核说明", values.from_event("reason"), ("review",)),
)
