"""The names of statuses and reasons inside a sentence, as (English, Chinese)."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

ORDER_STATUS: Words = {
    "created": ("waiting for payment", "待付款"),
    "paid": ("paid", "已付款"),
    "payment_failed": ("payment failed", "付款失败"),
    "flagged": ("being checked", "审核中"),
    "approved": ("approved", "已通过审核"),
    "cancelled": ("cancelled", "已取消"),
    "completed": ("completed", "已完成"),
}

SHIPMENT_STATUS: Words = {
    "dispatched": ("dispatched", "已发货"),
    "in_transit": ("in transit", "运输中"),
    "at_hub": ("at a hub", "已到达转运中心"),
    "customs": ("in customs", "清关中"),
    "customs_cleared": ("cleared by customs", "已清关"),
    "out_for_delivery": ("out for delivery", "派送中"),
    "ready_for_pickup": ("ready for pickup", "待自提"),
    "delayed": ("delayed", "延误"),
    "failed_attempt": ("delivery attempt failed", "派送未成功"),
    "delivered": ("delivered", "已送达"),
    "signed": ("signed for", "已签收"),
}

RETURN_STATUS: Words = {
    "requested": ("requested", "已申请"),
    "approved": ("approved", "已同意"),
    "rejected": ("declined", "未通过"),
    "pickup_scheduled": ("pickup scheduled", "已预约取件"),
    "picked_up": ("picked up", "已取件"),
    "inspected": ("inspected", "已验收"),
    "refunded": ("refunded", "已退款"),
}

# Reasons are free text; these tags, which carriers and shops send, are put into words.
DELAY_REASON: Words = {
    "traffic": ("heavy traffic", "道路拥堵"),
    "weather": ("bad weather", "恶劣天气"),
    "customs": ("customs checks", "海关查验"),
    "volume": ("high parcel volume", "包裹量大"),
    "holiday": ("a public holiday", "节假日"),
    "address": ("an unclear address", "地址不详"),
}

RETURN_REASON: Words = {
    "size": ("the size does not fit", "尺码不合适"),
    "quality": ("a quality problem", "质量问题"),
    "damaged": ("damaged on the way", "运输破损"),
    "wrong_item": ("a wrong item", "发错商品"),
    "not_as_described": ("not as described", "与描述不符"),
    "changed_mind": ("a change of mind", "不想要了"),
}

GATEWAY_TROUBLE: Words = {
    "refused": ("its vendor refuses the account", "通道拒绝了该账号的请求"),
    "failing": ("it fails too often", "通道频繁出错"),
    "hanging": ("it does not answer", "通道没有响应"),
    "slow": ("its delivery receipts stay away", "迟迟没有送达回执"),
}

LIMIT_SCOPE: Words = {"domestic": ("at home", "国内"), "international": ("abroad", "国际")}
LIMIT_PERIOD: Words = {"day": ("a day", "每日"), "month": ("a month", "每月")}
LIMIT_UNIT: Words = {"day": ("day", "天"), "month": ("month", "月")}

REVIEW_STATE: Words = {
    "submitted": ("submitted", "审核中"),
    "approved": ("approved", "已通过"),
    "rejected": ("rejected", "未通过"),
    "filed": ("filed with carriers", "运营商报备中"),
    "usable": ("usable", "可使用"),
}
