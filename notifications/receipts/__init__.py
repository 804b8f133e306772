"""What comes back from the world: kept at the door, worked off by a worker."""

from notifications.receipts.keeping import keep
from notifications.receipts.work import next_look, work_off

__all__ = ["keep", "next_look", "work_off"]
