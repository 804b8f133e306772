"""What each worker's process has once: an event loop, open connections, a memory of how gateways fare."""

from __future__ import annotations

import os

import uvloop
from django.conf import settings

from notifications.channels.registry import CHANNELS
from notifications.delivery.watching import Watch
from notifications.outbound import World


class Engine:
    """The event loop and the open connections of this process, and what it knows of the gateways."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.loop = uvloop.new_event_loop()
        self.world = World(
            private_networks=settings.PRIVATE_NETWORKS, longest=settings.DELIVERY["longest_answer_seconds"]
        )
        self.watch = Watch()
        self.loop.run_until_complete(self.world.__aenter__())

    def close(self) -> None:
        for channel in CHANNELS.values():
            self.loop.run_until_complete(channel.close())
        self.loop.run_until_complete(self.world.__aexit__(None, None, None))
        self.loop.close()


_engine: Engine | None = None


def engine() -> Engine:
    """Return the engine of this process, made when first needed (never carried over a fork)."""
    global _engine
    if _engine is None or _engine.pid != os.getpid():
        _engine = Engine()
    return _engine
