"""The demo shops' people: who works there, who does not want to hear, who rests when."""

from __future__ import annotations

from dataclasses import dataclass

from merchants.roles import Role

OWNER = "owner@dingdang.example"


@dataclass(frozen=True, slots=True)
class Colleague:
    email: str
    name: str
    role: Role
    language: str = "zh-hans"


COLLEAGUES = (
    Colleague("operator@dingdang.example", "小叶", Role.OPERATOR),
    Colleague("support@dingdang.example", "阿铃", Role.SUPPORT),
    Colleague("finance@dingdang.example", "老账", Role.FINANCE),
    Colleague("viewer@dingdang.example", "Guest", Role.VIEWER, "en"),
)

BOTH = ("transactional", "marketing")
MARKETING = ("marketing",)
# Channel, address, categories, source, reason: one of every source, but for the list that is read in.
OPT_OUTS = (
    ("email", "chloe@example.com", MARKETING, "link", ""),
    ("sms", "+8615500155000", MARKETING, "reply", "R"),
    ("sms", "+8618500185000", BOTH, "reply", "TD"),
    ("email", "purchase@huang.example", MARKETING, "hand", "采购部来电要求"),
    ("email", "zolc@example.org", BOTH, "bounce", "550 5.1.1 no such user"),
    ("email", "j.muessig@example.org", BOTH, "complaint", "abuse report"),
    ("sms", "+8615100151000", BOTH, "vendor", "MOBILE_IN_BLACKLIST"),
    ("sms", "+886912345678", MARKETING, "api", ""),
)
# Read in as a merchant would; the last row but one cannot be a number.
OPT_OUT_LIST = """手机号,类别,原因
138 0013 8002,营销,门店登记
13600136000,营销,电话要求
15300153000,全部,投诉处理
12345,营销,登记有误
13300133000,,
"""
# Customer, quiet from, quiet until, refused.
PREFERENCES: tuple[tuple[str, str | None, str | None, tuple[str, ...]], ...] = (
    ("ouyang", "21:30", "08:30", ()),
    ("xiaoman", "22:00", "07:00", ("sms:marketing",)),
    ("sh-7001", "20:00", "09:00", ("email:marketing",)),
    ("wc-312", None, None, ("sms:transactional",)),
    ("zhou-q", "09:00", "17:30", ()),
    ("sh-7005", "18:00", "10:00", ()),
)
