"""Celery on Redis, tuned: connections kept, many tasks fetched ahead, no results, no gossip."""

from __future__ import annotations

import os

from celery import Celery

app = Celery("rivals", broker=os.environ.get("REDIS_URL", ""))
app.conf.update(
    imports=["bench.rivals.texts"],
    task_ignore_result=True,
    worker_prefetch_multiplier=64,
    broker_connection_retry_on_startup=True,
    CELERY_DB_REUSE_MAX=1_000_000_000,
)
