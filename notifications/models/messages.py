"""Messages, the attempts to send them, and what came back.

A message's state only moves along TRANSITIONS; every writer states the states it may come from
(delivery/states.py), so that a late or doubled fact changes nothing.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from merchants.ownership import Owned
from notifications.models.configuration import Rule, TemplateVersion
from notifications.models.gateways import GatewayAccount
from notifications.models.kinds import Category, ChannelKind
from notifications.outcomes import ErrorClass, ReceiptKind
from orders.events import Lane
from orders.models import Customer, Event, Order


class State(models.TextChoices):
    PLANNED = "planned", _("Planned")
    DUE = "due", _("Due")
    HELD = "held", _("Held")
    SENDING = "sending", _("Being sent")
    RETRY = "retry", _("To be tried again")
    UNKNOWN = "unknown", _("Outcome unknown")
    ACCEPTED = "accepted", _("Accepted by the gateway")
    DELIVERED = "delivered", _("Delivered")
    SEEN = "seen", _("Seen")
    UNDELIVERED = "undelivered", _("Not delivered")
    FAILED = "failed", _("Failed")
    DROPPED = "dropped", _("Not sent")


_S = State
# What may be decided when the time of a message has come.
_DECIDED = frozenset({_S.SENDING, _S.HELD, _S.DROPPED, _S.FAILED})
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.PLANNED: _DECIDED | {_S.DUE},
    _S.DUE: _DECIDED,
    # An earlier attempt may have arrived although it was thought refused: then there is no other.
    _S.HELD: _DECIDED | {_S.DUE, _S.ACCEPTED, _S.DELIVERED, _S.UNDELIVERED, _S.SEEN},
    _S.RETRY: _DECIDED | {_S.DUE, _S.ACCEPTED, _S.DELIVERED, _S.UNDELIVERED, _S.SEEN},
    _S.SENDING: frozenset(
        {_S.ACCEPTED, _S.RETRY, _S.FAILED, _S.UNKNOWN, _S.DELIVERED, _S.UNDELIVERED, _S.SEEN}
    ),
    _S.UNKNOWN: frozenset({_S.ACCEPTED, _S.RETRY, _S.FAILED, _S.DELIVERED, _S.UNDELIVERED, _S.SEEN}),
    _S.ACCEPTED: frozenset({_S.DELIVERED, _S.UNDELIVERED, _S.SEEN}),
    _S.DELIVERED: frozenset({_S.SEEN}),
    # A carrier may give up in one report and succeed in the next: proof of arrival wins, in any order.
    _S.UNDELIVERED: frozenset({_S.DELIVERED, _S.SEEN}),
    _S.SEEN: frozenset(),
    _S.FAILED: frozenset({_S.ACCEPTED, _S.DELIVERED, _S.UNDELIVERED, _S.SEEN}),
    _S.DROPPED: frozenset(),
}
# Waiting for their time; a worker takes them when it has come.
OPEN = (_S.PLANNED, _S.DUE, _S.HELD, _S.RETRY)
# Nothing more will be tried.
FINAL = (_S.DELIVERED, _S.SEEN, _S.UNDELIVERED, _S.FAILED, _S.DROPPED)


# The recipient of a message that tries a gateway out: it takes that account and no other.
DRILL = "drill"


class Message(Owned):
    """One thing told to one recipient on one channel.

    One event × rule × recipient × channel × step is one message, for ever. `step` counts the
    deliberate repetitions (a ladder's next rung, a resend by hand). Messages without an event are
    test sends. `gates` lists the answers of the gates, first when planned and last when sent:
    [{at, gate, answer, reason, until}]. `reason` is the code of the last refusal (notifications.reasons).
    """

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, null=True, related_name="messages", db_index=False
    )
    rule = models.ForeignKey(
        Rule, on_delete=models.PROTECT, null=True, related_name="messages", db_index=False
    )
    order = models.ForeignKey(Order, on_delete=models.CASCADE, null=True, related_name="messages")
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="messages")
    recipient = models.CharField(_("recipient"), max_length=120)
    channel = models.CharField(_("channel"), max_length=10, choices=ChannelKind)
    step = models.PositiveSmallIntegerField(default=0)
    category = models.CharField(_("category"), max_length=15, choices=Category)
    lane = models.CharField(_("lane"), max_length=6, choices=Lane, default=Lane.URGENT)
    template = models.CharField(_("template"), max_length=60)
    template_version = models.ForeignKey(
        TemplateVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    language = models.CharField(_("language"), max_length=12, blank=True)
    address = models.CharField(_("address"), max_length=254, blank=True)
    country = models.CharField(max_length=2, blank=True)
    timezone = models.CharField(max_length=64, blank=True)

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DUE)
    due_at = models.DateTimeField(_("due"), default=clock.now)
    expires_at = models.DateTimeField(_("useful until"), null=True)
    # When somebody looks what became of it: while it is being sent, and while that is unknown.
    look_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(_("reason"), max_length=40, blank=True, default="")
    error = models.CharField(
        max_length=20, blank=True, default="", choices=[(e.value, e.value) for e in ErrorClass]
    )
    gates = models.JSONField(default=list)

    gateway = models.ForeignKey(
        GatewayAccount, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    subject = models.CharField(_("subject"), max_length=250, blank=True, default="")
    body = models.TextField(_("text"), blank=True, default="")
    parts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "rule", "recipient", "channel", "step"], name="message_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["lane", "due_at"],
                name="message_open",
                condition=models.Q(state__in=["planned", "due", "held", "retry"]),
            ),
            models.Index(
                fields=["look_at"],
                name="message_under_way",
                condition=models.Q(state__in=["sending", "unknown"]),
            ),
            models.Index(
                fields=["merchant", "look_at"], name="message_unknown", condition=models.Q(state="unknown")
            ),
            models.Index(
                fields=["merchant", "-finished_at"],
                name="message_given_up",
                condition=models.Q(reason="unknown_outcome"),
            ),
            models.Index(fields=["merchant", "-id"], name="message_of_merchant"),
            models.Index(fields=["merchant", "channel", "address", "-id"], name="message_to_address"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.template} {self.state}"


class Attempt(Owned):
    """One try to send one message, written before the first byte leaves.

    `id.hex` is our reference at the gateway (32 characters). `provider_id` is the vendor's. Of a drill,
    `exchanges` keeps what went over the wire, without secrets: [{method, url, headers, body, status,
    answer, milliseconds}].
    """

    class Outcome(models.TextChoices):
        STARTED = "started", _("Started")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        UNKNOWN = "unknown", _("Unknown")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    gateway = models.ForeignKey(
        GatewayAccount, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    # What several attempts that left in one request share; it is the first one's id.
    batch = models.UUIDField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.STARTED)
    error = models.CharField(max_length=20, blank=True, default="")
    code = models.CharField(max_length=80, blank=True, default="")
    text = models.CharField(max_length=500, blank=True, default="")
    provider_id = models.CharField(max_length=100, blank=True, default="")
    exchanges = models.JSONField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="attempt_once")]
        indexes = [
            models.Index(fields=["provider_id"], name="attempt_provider", condition=~models.Q(provider_id=""))
        ]

    def __str__(self) -> str:
        return f"{self.message_id} #{self.number} {self.outcome}"


class Receipt(Owned):
    """A fact that came back from the world, saved before anything is done about it."""

    gateway = models.ForeignKey(
        GatewayAccount, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=10, choices=ChannelKind)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in ReceiptKind])
    dedupe = models.CharField(max_length=200)
    reference = models.CharField(max_length=40, blank=True, default="")
    provider_id = models.CharField(max_length=100, blank=True, default="")
    address = models.CharField(max_length=254, blank=True, default="")
    code = models.CharField(max_length=80, blank=True, default="")
    text = models.CharField(max_length=1000, blank=True, default="")
    error = models.CharField(max_length=20, blank=True, default="")
    received_at = models.DateTimeField(default=clock.now)
    # A reply that a person of the team has read.
    read_at = models.DateTimeField(null=True)
    # Receipts may come before the answer to the request they belong to: they are looked at again.
    look_at = models.DateTimeField(default=clock.now, null=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, related_name="receipts")

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = [models.UniqueConstraint(fields=["merchant", "dedupe"], name="receipt_once")]
        indexes = [
            models.Index(fields=["look_at"], name="receipt_to_do", condition=~models.Q(look_at=None)),
            models.Index(fields=["merchant", "-id"], name="receipt_reply", condition=models.Q(kind="reply")),
            models.Index(
                fields=["merchant", "-id"],
                name="receipt_unread",
                condition=models.Q(kind="reply", read_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference or self.provider_id or self.address}"


class SandboxDelivery(models.Model):
    """What the sandbox shows instead of a phone or a mailbox."""

    merchant = models.ForeignKey("merchants.Merchant", on_delete=models.CASCADE, null=True, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, related_name="+")
    channel = models.CharField(max_length=10, choices=ChannelKind)
    address = models.CharField(max_length=254, db_index=True)
    sender = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        verbose_name = _("sandbox delivery")
        verbose_name_plural = _("sandbox deliveries")

    def __str__(self) -> str:
        return f"{self.channel} {self.address}"
