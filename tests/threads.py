"""Do things at the same time, each in its own thread with its own database connection."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

from django.db import connections

from merchants.ownership import across_merchants

Answer = TypeVar("Answer")


def at_once(count: int, act: Callable[[int], Answer]) -> list[Any]:
    """Call `act(0)` … `act(count - 1)` together; return what each gave or raised.

    The test needs `django_db(transaction=True)`, for the threads see only what is committed.
    """
    start = Barrier(count)

    def run(place: int) -> Answer | Exception:
        try:
            with across_merchants():
                start.wait(timeout=30)
                return act(place)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
