"""Open a shop from the command line."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from merchants.models import Merchant
from merchants.openings import ShopExists, open_shop
from merchants.places import country_choices, currency_choices, timezones


class Command(BaseCommand):
    help = "Make a merchant with an owner and an API key, with the presets in place; print the access once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--merchant", required=True, help="the shop's name")
        parser.add_argument(
            "--email", required=True, help="the owner's address; who has an account keeps its password"
        )
        parser.add_argument("--country", default="CN", help="ISO 3166 code")
        parser.add_argument("--language", default="zh-hans", help="of the shop and its owner")
        parser.add_argument("--timezone", default="Asia/Shanghai", help="IANA name")
        parser.add_argument("--currency", default="CNY", help="ISO 4217 code")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        known: dict[str, Collection[str]] = {
            "country": dict(country_choices()),
            "language": dict(settings.LANGUAGES),
            "timezone": timezones(),
            "currency": dict(currency_choices()),
        }
        for name, values in known.items():
            if options[name] not in values:
                raise CommandError(f"--{name}: there is no {options[name]!r}.")
        fields = {name: options[name] for name in known}
        try:
            shop = open_shop(Merchant(name=options["merchant"], **fields), email=options["email"])
        except ShopExists as error:
            raise CommandError(
                f"{options['email']} has a shop named {options['merchant']} already."
            ) from error
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        access = {
            "merchant": shop.merchant.name,
            "email": shop.owner.email,
            "password": shop.password,
            "api_key": shop.api_key,
        }
        if options["json"]:
            self.stdout.write(json.dumps(access, ensure_ascii=False))
            return
        for name, value in access.items():
            self.stdout.write(f"{name:10}{value if value is not None else '(unchanged)'}")
