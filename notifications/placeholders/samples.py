"""One believable order, told in Chinese or English: what previews and checks are made with."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


# Stands in until a message has given an order its own.
QUERY_CODE = "K7M3QX"

_MERCHANT = {
    "en": {"name": "Willow Lane", "country": "GB", "timezone": "Europe/London", "currency": "GBP"},
    "zh": {"name": "山间茶铺", "country": "CN", "timezone": "Asia/Shanghai", "currency": "CNY"},
}
_CUSTOMER = {
    "en": {"name": "Emma Clarke", "phone": "+447700900123", "country": "GB", "region": "London"},
    "zh": {"name": "李娜", "phone": "+8613800138000", "country": "CN", "region": "浙江"},
}
_ITEMS = {
    "en": (("Linen shirt", 1, "49.00"), ("Canvas tote", 2, "18.50"), ("Wool socks", 1, "12.00")),
    "zh": (("明前龙井 250克", 1, "168.00"), ("白瓷盖碗", 2, "45.00"), ("桂花乌龙", 1, "58.00")),
}
_SHIPMENT = {
    "en": {"carrier": "Royal Mail", "tracking_number": "RM123456789GB", "courier_name": "Tom Reed"},
    "zh": {"carrier": "顺丰速运", "tracking_number": "SF1234567890123", "courier_name": "王师傅"},
}
_PLACES = {"en": ("Locker 7, High Street", "+447700900456"), "zh": ("幸福里菜鸟驿站", "13900139000")}


def sample_facts(kind: str, *, language: str) -> dict[str, Any]:
    """Return the facts of a sample order as an event of this kind would bring them."""
    tongue = "zh" if language.lower().startswith("zh") else "en"
    status = kind.partition(".")[2]
    merchant = _MERCHANT[tongue]
    items: list[dict[str, Any]] = [
        {"sku": f"S-{n}", "name": name, "quantity": pieces, "unit_price": Decimal(price), "kind": "physical"}
        for n, (name, pieces, price) in enumerate(_ITEMS[tongue], 1)
    ]
    total = sum((item["unit_price"] * item["quantity"] for item in items), Decimal(0))
    place, courier_phone = _PLACES[tongue]
    return {
        "merchant": merchant
        | {
            "language": language,
            "support_url": "https://shop.example.com/help",
            "support_phone": "4008001234",
            "query_url": "https://shop.example.com/q/1a2b3c4d5e6/",
        },
        "order": {
            "number": "20261012-0815" if tongue == "zh" else "WL-10482",
            "query_code": QUERY_CODE,
            "status": status if kind.startswith("order.") else "paid",
            "currency": merchant["currency"],
            "total": total,
            "placed_at": _at(12, 1, 30),
            "payment_due_at": _at(12, 3),
            "source": "shop",
            "language": language,
            "attributes": {},
        },
        "customer": _CUSTOMER[tongue]
        | {
            "external_id": "c-1001",
            "email": "sample@example.com",
            "language": language,
            "timezone": merchant["timezone"],
        },
        "items": items,
        "shipment": _SHIPMENT[tongue]
        | {
            "status": status if kind.startswith("shipment.") else "dispatched",
            "eta": _at(14, 9),
            "window_start": _at(14, 6),
            "window_end": _at(14, 8),
            "courier_phone": courier_phone,
            "location": place,
            "reason": "weather",
            "delay_hours": 24,
        },
        "return": {
            "status": status if kind.startswith("return.") else "requested",
            "reason": "size",
            "items": [{"sku": "S-1", "name": items[0]["name"], "quantity": 1}],
            "window_start": _at(16, 2),
            "window_end": _at(16, 4),
            "refund_amount": items[0]["unit_price"],
        },
        "event": {
            "kind": kind,
            "occurred_at": _at(12, 2),
            "data": {
                "sku": "S-1",
                "name": items[0]["name"],
                "quantity": 5,
                "expires_at": "2026-10-19T00:00:00+08:00",
                "gateway": {"en": "Main line", "zh": "主通道"}[tongue],
                "why": "hanging",
                "detail": "time-out",
                "until": "2026-10-12T10:30:00+08:00",
                "balance": "88.00",
                "unit": "CNY",
                "scope": "domestic",
                "period": "day",
                "used": 800,
                "most": 1000,
                "state": "approved",
                "reason": {"en": "Clear and complete", "zh": "内容规范"}[tongue],
                "summary": {"en": "Heavy rain from Friday", "zh": "周五起有暴雨"}[tongue],
            },
        },
        "links": {
            "unsubscribe": "https://shop.example.com/u/sample",
            "preferences": "https://shop.example.com/p/sample",
        },
    }
