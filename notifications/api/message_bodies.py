"""A message as callers read it: a line of a list, and the whole story."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from notifications.models import Attempt, Category, ChannelKind, Message, State
from notifications.outcomes import ErrorClass, ReceiptKind
from notifications.reasons import Reason
from notifications.routing import Obstacle
from orders.events import EventKind, Lane


def words_of(reason: str) -> str:
    """Return the sentence for a reason's code, in the language in force; empty for none."""
    return str(Reason(reason).label) if reason in Reason.values else ""


class ReasonField(serializers.CharField):
    """The sentence for the reason whose code stands beside it."""

    def to_representation(self, value: Any) -> str:
        return words_of(value)


class MessageSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    order = serializers.CharField(source="order.number", default=None, help_text="The order's number.")
    customer = serializers.CharField(
        source="customer.external_id", default=None, help_text="The customer's external ID."
    )
    event = serializers.ChoiceField(
        source="event.kind", choices=EventKind.choices, default=None, help_text="None: a test."
    )
    recipient = serializers.CharField(help_text="customer, user:<number>, email:<address>, phone:<number>")
    channel = serializers.ChoiceField(choices=ChannelKind.choices)
    address = serializers.CharField()
    language = serializers.CharField()
    category = serializers.ChoiceField(choices=Category.choices)
    lane = serializers.ChoiceField(choices=Lane.choices)
    step = serializers.IntegerField(help_text="Counts the repetitions that somebody asked for.")
    state = serializers.ChoiceField(choices=State.choices)
    reason = serializers.CharField(help_text="A stable code; empty when nothing was in the way.")
    reason_text = ReasonField(source="reason")
    error = serializers.CharField(help_text="Of which class the vendor's refusal was, if it refused.")
    created_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class EventOfMessageSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=EventKind.choices)
    occurred_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()


class RuleOfMessageSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class TemplateOfMessageSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    id = serializers.UUIDField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)


class GatewayOfMessageSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField()


class PassedSerializer(serializers.Serializer[Any]):
    """A gateway that would have come first, and why it did not."""

    gateway = serializers.UUIDField()
    why = serializers.ChoiceField(choices=[one.value for one in Obstacle])


class AskingSerializer(serializers.Serializer[Any]):
    """One asking of the gates; the last that was asked decided, all in `allowed` let it pass."""

    when = serializers.CharField(help_text="planned, sent or resent")
    at = serializers.DateTimeField()
    allowed = serializers.ListField(child=serializers.CharField())
    answer = serializers.ChoiceField(choices=["allow", "hold", "drop"])
    gate = serializers.CharField(help_text="Which gate did not allow it; empty: all did.")
    reason = serializers.CharField()
    reason_text = serializers.CharField()
    detail = serializers.CharField(help_text="More about the reason, such as the values that are missing.")
    until = serializers.DateTimeField(allow_null=True)
    passed = PassedSerializer(many=True)
    resend_of = serializers.UUIDField(allow_null=True)


class ExchangeSerializer(serializers.Serializer[Any]):
    """One request and its answer, secrets crossed out."""

    method = serializers.CharField()
    url = serializers.CharField()
    headers = serializers.DictField(child=serializers.CharField())
    body = serializers.CharField()
    status = serializers.IntegerField(help_text="0: there was no answer, and `answer` says why.")
    answer = serializers.CharField()
    milliseconds = serializers.IntegerField()


class AttemptSerializer(serializers.Serializer[Any]):
    """One try; `code` and `text` are the vendor's own words."""

    number = serializers.IntegerField()
    reference = serializers.CharField(source="id.hex", help_text="Our reference at the gateway.")
    gateway = GatewayOfMessageSerializer(allow_null=True)
    outcome = serializers.ChoiceField(choices=Attempt.Outcome.choices)
    error = serializers.ChoiceField(choices=[one.value for one in ErrorClass], allow_blank=True)
    code = serializers.CharField()
    text = serializers.CharField()
    provider_id = serializers.CharField()
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    exchanges = ExchangeSerializer(
        many=True, allow_null=True, help_text="What went over the wire, when a gateway was tried out."
    )


class ReceiptSerializer(serializers.Serializer[Any]):
    """What came back: the carrier's reports, replies, opens and clicks."""

    kind = serializers.ChoiceField(choices=[one.value for one in ReceiptKind])
    code = serializers.CharField()
    text = serializers.CharField()
    error = serializers.CharField()
    received_at = serializers.DateTimeField()


class MessageStorySerializer(MessageSerializer):
    """Why it was sent or not, and what came of it."""

    event = EventOfMessageSerializer(allow_null=True)  # type: ignore[assignment]  # here with its times
    rule = RuleOfMessageSerializer(allow_null=True)
    template = serializers.SerializerMethodField()
    gateway = GatewayOfMessageSerializer(allow_null=True)
    country = serializers.CharField()
    expires_at = serializers.DateTimeField(allow_null=True)
    subject = serializers.CharField()
    body = serializers.CharField(help_text="As it was sent, without the signature; empty before that.")
    parts = serializers.IntegerField(help_text="Of a text message.")
    gates = serializers.SerializerMethodField()
    attempts = AttemptSerializer(many=True)
    receipts = ReceiptSerializer(many=True)

    @extend_schema_field(TemplateOfMessageSerializer)
    def get_template(self, message: Message) -> dict[str, Any]:
        version = message.template_version
        told = (
            {"id": version.template_id, "version": version.number}
            if version
            else {"id": None, "version": None}
        )
        return dict(TemplateOfMessageSerializer({"code": message.template} | told).data)

    @extend_schema_field(AskingSerializer(many=True))
    def get_gates(self, message: Message) -> list[dict[str, Any]]:
        return [_asking(kept) for kept in message.gates]


def _asking(kept: dict[str, Any]) -> dict[str, Any]:
    """Return one asking in full: what is not kept is empty."""
    texts = {name: kept.get(name, "") for name in ("when", "answer", "gate", "reason", "detail")}
    return texts | {
        "at": kept.get("at"),
        "allowed": kept.get("allowed", []),
        "reason_text": words_of(kept.get("reason", "")),
        "until": kept.get("until"),
        "passed": kept.get("passed", []),
        "resend_of": kept.get("of"),
    }
