"""Open the demo shops: teams, brands, wordings, rules, consent; then let their orders happen."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation

from merchants.models import ApiKey, Brand, Membership, Merchant, User
from merchants.openings import Opened, ShopExists, open_shop
from merchants.ownership import across_merchants, inside
from merchants.roles import Role
from notifications.configuring import save_rule, save_template
from notifications.consent import import_opt_outs, opt_out
from notifications.demo.people import COLLEAGUES, OPT_OUT_LIST, OPT_OUTS, OWNER, PREFERENCES
from notifications.demo.play import play, read
from notifications.demo.wordings import EXTRAS
from notifications.models import Preferences
from orders.models import Customer

TEA_SHOP = {"name": "叮当茶铺", "country": "CN", "timezone": "Asia/Shanghai", "currency": "CNY"}
LANTERN_SHOP = {
    "name": "Lantern & Loom",
    "country": "US",
    "timezone": "America/New_York",
    "currency": "USD",
    "language": "en",
}
BRANDS = {
    TEA_SHOP["name"]: {
        "accent": "#2f6b4f",
        "from_email": "hello@dingdang.example",
        "reply_to": "kefu@dingdang.example",
        "support_url": "https://dingdang.example/help",
        "support_phone": "400-000-0000",
        "postal_address": "杭州市西湖区龙井路 1 号",
        "footer": "叮当一声，好茶到家",
    },
    LANTERN_SHOP["name"]: {
        "accent": "#8a4b08",
        "from_email": "hello@lantern.example",
        "support_url": "https://lantern.example/help",
        "support_phone": "+1 202 555 0100",
        "postal_address": "1 Example Street, Richmond, VA",
        "footer": "Light and thread, made by hand",
    },
}


@transaction.atomic
def open_demo(*, now: datetime) -> dict[str, Any]:
    """Make the demo shops with everything in them; return who may log in, and the first shop's API key.

    All or nothing. Where the shops stand already their people get new passwords and there is a new
    key, for nobody can read the old ones; nothing else changes.
    """
    try:
        tea = open_shop(Merchant(**TEA_SHOP), email=OWNER, name_of_key="demo")
    except ShopExists:
        return _open_again()
    lantern = open_shop(Merchant(**LANTERN_SHOP), email=OWNER, name_of_key="demo")
    with inside(tea.merchant):
        logins = [_login(tea.owner, Role.OWNER, tea.password), *_hire(tea)]
        _brand(tea.merchant)
        _write_rules(tea)
        play(tea.merchant, read("tea", "abroad", "cards"), now=now)
        _mind_consent(tea)
    with inside(lantern.merchant):
        _brand(lantern.merchant)
        play(lantern.merchant, read("lantern"), now=now)
    return {"logins": logins, "api_key": tea.api_key}


def _open_again() -> dict[str, Any]:
    with across_merchants():
        members = Membership.objects.filter(merchant__name=TEA_SHOP["name"], user__email=OWNER)
        merchant = members.select_related("merchant").earliest("id").merchant
    known = (OWNER, *(colleague.email for colleague in COLLEAGUES))
    with inside(merchant):
        team = Membership.objects.filter(user__email__in=known).select_related("user").order_by("id")
        logins = [_login(member.user, Role(member.role), _new_password(member.user)) for member in team]
        _key, text = ApiKey.issue(merchant, name="demo")
    return {"logins": logins, "api_key": text}


def _login(user: User, role: Role, password: str | None) -> dict[str, str]:
    return {"email": user.email, "password": password or _new_password(user), "role": role.value}


def _new_password(user: User) -> str:
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.save(update_fields=["password"])
    return password


def _hire(shop: Opened) -> Iterable[dict[str, str]]:
    for colleague in COLLEAGUES:
        user, _is_new = User.objects.get_or_create(
            email=colleague.email, defaults={"first_name": colleague.name, "language": colleague.language}
        )
        Membership.objects.create(merchant=shop.merchant, user=user, role=colleague.role)
        yield _login(user, colleague.role, None)


def _brand(merchant: Merchant) -> None:
    brand = Brand.objects.get(merchant=merchant)
    for name, value in BRANDS[merchant.name].items():
        setattr(brand, name, value)
    brand.full_clean()
    brand.save()


def _write_rules(shop: Opened) -> None:
    for extra in EXTRAS:
        about = {"code": extra.code, "event": extra.event, "category": extra.category}
        for words in extra.wordings:
            data = about | {"channel": words.channel, "language": words.language, "body": words.body}
            if words.subject:
                data["subject"] = words.subject
            save_template(shop.merchant, data=data, by=shop.owner)
        rule = {"event": extra.event, "template": extra.code, "channels": extra.channels}
        save_rule(shop.merchant, data=rule | extra.rule, by=shop.owner)


def _mind_consent(shop: Opened) -> None:
    """Write down who does not want to hear what, and who rests when; the orders' people are there."""
    for channel, address, categories, source, reason in OPT_OUTS:
        for category in categories:
            opt_out(
                shop.merchant.pk,
                channel=channel,
                address=address,
                category=category,
                source=source,
                reason=reason,
            )
    # What is wrong with a row is said to whoever sends the list, in their language.
    with translation.override(shop.owner.language):
        import_opt_outs(shop.merchant, ContentFile(OPT_OUT_LIST.encode(), name="退订名单.csv"), by=shop.owner)
    for external_id, quiet_from, quiet_until, refused in PREFERENCES:
        Preferences.objects.create(
            merchant=shop.merchant,
            customer=Customer.objects.get(external_id=external_id),
            quiet_from=quiet_from and time.fromisoformat(quiet_from),
            quiet_until=quiet_until and time.fromisoformat(quiet_until),
            refused=list(refused),
        )
