"""The bodies of signatures, templates, rules, gateways and opt-outs.

They describe what is taken and give back what is there. What may be kept is said by
`notifications.configuring`, for screens and scripts alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone as clock
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from merchants.api.authentication import caller
from merchants.api.serializers import StrictSerializer
from merchants.models import Scope
from notifications import links
from notifications.conditions import FIELDS, OPERATORS
from notifications.configuring.routes import MOST_GATEWAYS
from notifications.gateways.registry import GATEWAYS
from notifications.health import Standing, standing_of
from notifications.models import Category, ChannelKind, GatewayAccount, OptOutSource, Rule
from orders.events import EventKind


def text(most: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(**{"max_length": most, "required": False, "allow_blank": True} | options)


def choice(choices: Iterable[Any], **options: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=list(choices), **{"required": False} | options)


def countries() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=2),
        required=False,
        help_text="ISO 3166-1 alpha-2; empty: everywhere.",
    )


class SignatureSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(read_only=True)
    text = text(12, required=True, help_text="2 to 12 letters, digits or Chinese characters, without 【】.")
    channel = choice(ChannelKind.choices, help_text="Only text messages carry one: sms.")
    countries = countries()
    is_default = serializers.BooleanField(required=False)
    created_at = serializers.DateTimeField(read_only=True)


class TemplateSerializer(serializers.Serializer[Any]):
    """`code`, `event`, `channel` and `language` stay as they are; other words make a new version."""

    id = serializers.UUIDField(read_only=True)
    code = text(60, required=True)
    event = choice(EventKind.choices, required=True)
    channel = choice(ChannelKind.choices, required=True)
    language = text(12, required=True, help_text="BCP 47, such as en or zh-Hans.")
    category = choice(Category.choices)
    subject = text(200)
    body = text(20_000, required=True)
    is_active = serializers.BooleanField(required=False)
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


@extend_schema_field({})
class AnyField(serializers.JSONField):
    """Whatever JSON can say."""


class ConditionSerializer(serializers.Serializer[Any]):
    field = choice(FIELDS, required=True)
    operator = choice(OPERATORS, required=True)
    value = AnyField(required=False, help_text="What is compared with; is_set and is_empty need none.")


class RuleSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(read_only=True)
    name = text(100, required=True)
    event = choice(EventKind.choices, required=True)
    match = choice(Rule.Match.choices)
    conditions = ConditionSerializer(many=True, required=False)
    recipients = serializers.ListField(
        child=serializers.CharField(),
        help_text="customer, role:<role>, email:<address>, phone:<number>",
    )
    channels = serializers.ListField(
        child=choice(ChannelKind.choices), help_text="In the order of preference."
    )
    strategy = choice(Rule.Strategy.choices)
    template = text(60, required=True, help_text="The code of a template about the same event.")
    delay_seconds = serializers.IntegerField(required=False, min_value=0)
    is_active = serializers.BooleanField(required=False)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class GatewaySerializer(serializers.Serializer[Any]):
    """Credentials go in and never come out: `credentials_set` names those that are there."""

    id = serializers.UUIDField(read_only=True)
    kind = choice(GATEWAYS, required=True)
    name = text(60, required=True)
    endpoint = text(300, help_text="Empty: the vendor's own.")
    credentials = serializers.DictField(child=serializers.CharField(), required=False, write_only=True)
    credentials_set = serializers.SerializerMethodField()
    sender = text(20)
    countries = countries()
    priority = serializers.IntegerField(required=False, min_value=0, help_text="Lowest first.")
    is_active = serializers.BooleanField(required=False)
    sources = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        help_text="Addresses and networks from which receipts and replies are taken; empty: any.",
    )
    per_second = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, help_text="Most texts a second; null: the vendor's own."
    )
    balance_floor = serializers.DecimalField(
        max_digits=14,
        decimal_places=2,
        required=False,
        allow_null=True,
        help_text="The team hears of a balance below it.",
    )
    canary_phone = text(20, help_text="A text goes there every so often, to show that the way is open.")
    canary_minutes = serializers.IntegerField(
        required=False, min_value=0, max_value=1440, help_text="How often; 0: never, else 5 to 1440."
    )
    push_url = serializers.SerializerMethodField(
        help_text="Where the vendor is to send receipts and replies; told to keys that may change settings."
    )
    state = serializers.SerializerMethodField(help_text="What can be expected of it now.")
    paused_until = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="It rests until then and takes nothing."
    )
    paused_reason = serializers.CharField(read_only=True)
    doubted_until = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="Others are preferred until then: its receipts stay away."
    )
    balance = serializers.DecimalField(max_digits=14, decimal_places=2, read_only=True, allow_null=True)
    balance_unit = serializers.CharField(
        read_only=True, help_text="ISO 4217; empty: the balance is a number of texts."
    )
    balance_at = serializers.DateTimeField(read_only=True, allow_null=True)
    reported_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="When it last sent a receipt."
    )
    created_at = serializers.DateTimeField(read_only=True)

    def get_credentials_set(self, gateway: GatewayAccount) -> list[str]:
        return sorted(name for name, value in gateway.credentials.items() if value)

    @extend_schema_field(serializers.ChoiceField(choices=[one.value for one in Standing]))
    def get_state(self, gateway: GatewayAccount) -> str:
        return standing_of(gateway, now=clock.now()).value

    def get_push_url(self, gateway: GatewayAccount) -> str | None:
        # Who knows it can tell us what became of messages.
        may_change = Scope.SETTINGS_WRITE in caller(self.context["request"]).scopes
        return links.push_url(gateway) if may_change else None


class RouteSerializer(serializers.Serializer[Any]):
    """The route that says most of a text counts; where none speaks of it, `priority` decides."""

    id = serializers.UUIDField(read_only=True)
    country = text(2, help_text="ISO 3166-1 alpha-2; empty: any.")
    category = serializers.ChoiceField(
        choices=Category.choices, required=False, allow_blank=True, help_text="Empty: any."
    )
    gateways = serializers.ListField(
        child=serializers.UUIDField(),
        min_length=1,
        max_length=MOST_GATEWAYS,
        help_text="The preferred first.",
    )
    updated_at = serializers.DateTimeField(read_only=True)


class OptOutSerializer(StrictSerializer):
    id = serializers.UUIDField(read_only=True)
    channel = choice(ChannelKind.choices, required=True)
    address = text(
        254, required=True, allow_blank=False, help_text="A phone in any spelling, or a mail address."
    )
    category = choice(Category.choices, required=True)
    reason = text(200)
    source = serializers.ChoiceField(choices=OptOutSource.choices, read_only=True)  # type: ignore[assignment]  # our body's word, and an attribute of every field
    created_at = serializers.DateTimeField(read_only=True)


class OptOutChangeSerializer(StrictSerializer):
    """Whom it concerns and what stays as it is: delete it, and post another."""

    reason = text(200)


class DraftSerializer(StrictSerializer):
    """About which order, and which words to try in place of the template's own."""

    order = text(64, help_text="An order's number; left out: a made-up order.")
    subject = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    body = serializers.CharField(required=False, trim_whitespace=False)


class SegmentsSerializer(serializers.Serializer[Any]):
    """The size of a text message, signature included."""

    units = serializers.IntegerField()
    per_part = serializers.IntegerField()
    parts = serializers.IntegerField()
    alphabet = serializers.CharField()


class FindingSerializer(serializers.Serializer[Any]):
    severity = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()
    advice = serializers.CharField(help_text="What to do instead.")
    spans = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
        help_text="Where it stands in the body: start and end, in characters. Empty: the text as a whole.",
    )
    gateways = serializers.ListField(
        child=serializers.CharField(), help_text="The kinds of gateways that object."
    )
    countries = serializers.ListField(
        child=serializers.CharField(),
        help_text="The countries whose carriers object, ISO 3166-1 alpha-2. Without either: anybody may.",
    )


class PreviewSerializer(serializers.Serializer[Any]):
    subject = serializers.CharField()
    text = serializers.CharField()
    html = serializers.CharField(help_text="Of a mail.")
    signature = serializers.CharField(help_text="Put in front of a text message, in 【】.")
    segments = SegmentsSerializer(allow_null=True, help_text="Of a text message.")
    findings = FindingSerializer(many=True)
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="What the order does not say; a made-up value stands in."
    )


class TrialSerializer(StrictSerializer):
    phone = text(40, required=True, allow_blank=False)


class SentTrialSerializer(serializers.Serializer[Any]):
    message = serializers.UUIDField()
    url = serializers.CharField(help_text="Where its story is.")
