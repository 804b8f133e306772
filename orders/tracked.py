"""Events, and rows whose change of status writes one.

`save()` is the whole rule: a status that changes is checked under a row lock against what the
database holds, and its Event row is written in the same transaction. It holds for every way in
(API, admin, import, shell), since `update()` and `bulk_create()` refuse a status.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from merchants.ownership import Owned
from orders.events import EventKind, Lane, Silence

# A merchant's `news_hours` is no shorter: what is younger is news to everybody.
SURELY_NEWS = timedelta(hours=1)


class Event(Owned):
    """Something that happened: never changed, except that it is planned once.

    `dedupe` names an event that must exist once only (a sweep's finding, a poster's own id).
    """

    kind = models.CharField(_("kind"), max_length=40, choices=EventKind)
    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, null=True, related_name="events")
    shipment = models.ForeignKey(
        "orders.Shipment", on_delete=models.CASCADE, null=True, related_name="events", db_index=False
    )
    order_return = models.ForeignKey(
        "orders.Return", on_delete=models.CASCADE, null=True, related_name="events", db_index=False
    )
    customer = models.ForeignKey(
        "orders.Customer", on_delete=models.CASCADE, null=True, related_name="events"
    )
    data = models.JSONField(default=dict)
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"), default=clock.now)
    lane = models.CharField(max_length=6, choices=Lane, default=Lane.URGENT)
    silence = models.CharField(max_length=8, choices=Silence, default="", blank=True)
    dedupe = models.CharField(max_length=160, null=True)
    planned_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [models.UniqueConstraint(fields=["merchant", "dedupe"], name="event_once")]
        indexes = [
            models.Index(
                fields=["lane", "recorded_at"], name="event_unplanned", condition=models.Q(planned_at=None)
            ),
            models.Index(fields=["merchant", "-id"]),
            models.Index(fields=["shipment"], name="event_of_shipment", condition=~models.Q(shipment=None)),
            models.Index(
                fields=["order_return"], name="event_of_return", condition=~models.Q(order_return=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; what happened too long ago for its merchant is kept in silence."""
        if self._state.adding and not self.silence and self._is_old():
            self.silence = Silence.OLD
        super().save(*args, **kwargs)

    def _is_old(self) -> bool:
        age = self.recorded_at - self.occurred_at
        return age > SURELY_NEWS and age > timedelta(hours=self.merchant.news_hours)


class StatusQuerySet(models.QuerySet[Any]):
    """Refuses to change a status behind the back of `save()`: no event would be written."""

    def update(self, **fields: Any) -> int:
        if "status" in fields:
            raise TypeError("A status changes through save(), which writes its event; update() would not.")
        return super().update(**fields)

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("Rows with a status are made one by one with save(), which writes their event.")

    def bulk_update(self, objs: Any, fields: Any, *args: Any, **kwargs: Any) -> int:
        if "status" in fields:
            raise TypeError(
                "A status changes through save(), which writes its event; bulk_update() would not."
            )
        return super().bulk_update(objs, fields, *args, **kwargs)


StatusManager = models.Manager.from_queryset(StatusQuerySet)


class Tracked(Owned):
    """A row whose change of status is an event.

    `occurred_at` (when the change happened, now if unset), `is_bulk` (it came with many others)
    and `event_data` (more facts for the message) may be set on the instance before saving.
    """

    event_group: ClassVar[str]
    # The fields whose change is news, and those that every save writes beside what it was asked to.
    watched: ClassVar[tuple[str, ...]] = ("status",)
    always_saved: ClassVar[frozenset[str]] = frozenset()

    occurred_at: datetime | None = None
    is_bulk: bool = False
    event_data: dict[str, Any] | None = None
    # The event that the last save() wrote (the last one of several), if any; whether it made the row.
    event: Event | None = None
    was_made: bool = False
    _loaded: Mapping[str, Any] = MappingProxyType({})

    objects = ScopedManager(merchant="merchant", _manager_class=StatusManager)

    class Meta:
        abstract = True

    status: Any

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any
    ) -> Self:
        instance = super().from_db(db, field_names, values, **kwargs)
        instance._remember(cls.watched)
        return instance

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        names = None if fields is None else list(fields)
        super().refresh_from_db(using=using, fields=names, from_queryset=from_queryset)
        self._remember(self.watched if names is None else names)

    def _remember(self, names: Collection[str]) -> None:
        """Take the watched fields among `names` for what the database holds."""
        known = {
            name: self.__dict__[name] for name in self.watched if name in names and name in self.__dict__
        }
        self._loaded = {**self._loaded, **known}

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save, and write the event of a changed status in the same transaction.

        Raises `IllegalTransition` (nothing is changed) when the status in the database may not
        be followed by the new one. A status that somebody else already set makes no event; one that
        was not touched here is not written, so that a stale copy cannot turn it back. Late news is
        kept as an event, and changes nothing else.
        """
        self.event = None
        is_new = self.was_made = self._state.adding
        # A new row fails by the database's word only, for which its caller needs a savepoint anyway.
        with transaction.atomic(savepoint=not is_new):
            if is_new:
                self.occurred_at = self.occurred_at or self._first_moment()
                super().save(*args, update_fields=update_fields, **kwargs)
                self._remember(self.watched)
                self._record_all(self._first_kinds())
            else:
                self._save_change(self._named(update_fields), **kwargs)
        self.occurred_at, self.event_data = None, None

    def _named(self, update_fields: Iterable[str] | None) -> set[str]:
        """Return the names of the fields that this save is about."""
        if update_fields is not None:
            return {*update_fields, *self.always_saved}
        deferred = self.get_deferred_fields()
        fields = self._meta.concrete_fields
        return {field.name for field in fields if not field.primary_key and field.attname not in deferred}

    def _save_change(self, named: set[str], **kwargs: Any) -> None:
        kinds: list[str] = []
        if "status" not in named or self.status == self._loaded.get("status"):
            named.discard("status")
            kinds = self._unmoved_kinds(named)
        else:
            rows: models.QuerySet[Any] = type(self)._base_manager.select_for_update()
            current = rows.only("status").get(pk=self.pk).status
            if self._is_late(current):
                self.event = self.record(f"{self.event_group}.{self.status}", silence=Silence.LATE)
                self.refresh_from_db()
                return
            if current != self.status:
                kinds = self._moved_kinds(current)
        super().save(update_fields=named, **kwargs)
        self._remember(named)
        self._record_all(kinds)

    def _record_all(self, kinds: Iterable[str]) -> None:
        for kind in kinds:
            self.event = self.record(kind)

    def _first_kinds(self) -> list[str]:
        return [f"{self.event_group}.{self.status}"]

    def _unmoved_kinds(self, named: set[str]) -> list[str]:
        """Return the kinds of news in a save that leaves the status."""
        return []

    def _moved_kinds(self, current: str) -> list[str]:
        """Return the kinds of news in a save that changes the status from `current`."""
        raise NotImplementedError

    def _is_late(self, current: str) -> bool:
        return False

    def _links(self) -> dict[str, Any]:
        """Return what the event points at: order, shipment, order_return, customer ids."""
        raise NotImplementedError

    def _first_moment(self) -> datetime:
        """Return when a new row came to be, as far as nobody says otherwise."""
        return clock.now()

    def _moment(self) -> datetime:
        """Return when the news that is being saved happened."""
        return self.occurred_at or clock.now()

    def record(self, kind: str, *, silence: str = Silence.NONE, dedupe: str | None = None) -> Event:
        """Write an event about this row (inside the caller's transaction)."""
        # Naming the merchant itself, where it is at hand, saves the event from asking for its news_hours.
        is_known = "merchant" in self._state.fields_cache
        event = Event(
            **{"merchant": self.merchant} if is_known else {"merchant_id": self.merchant_id},
            kind=EventKind(kind),
            data=self.event_data or {},
            occurred_at=self._moment(),
            lane=Lane.BULK if self.is_bulk else Lane.URGENT,
            silence=silence,
            dedupe=dedupe,
            **self._links(),
        )
        event.save(force_insert=True)
        return event
