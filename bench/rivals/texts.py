"""One task a message: read the row, render, call the gateway, write the row."""

from __future__ import annotations

import os
import time
from functools import cache
from urllib.parse import quote, urlencode

import redis
import urllib3
from django.conf import settings
from django.db.models import Max, Min
from django.template import Context, Engine
from django_q.tasks import async_task

from bench.rivals.celeryapp import app
from bench.rivals.models import Text

TEMPLATE = Engine().from_string(
    "【Bench】{{ name }}，您的订单{{ number }}已收到付款{{ total }}，"
    "我们正在为您备货，有进展会马上通知您。感谢您的惠顾！"
)


@cache
def pool(pid: int) -> urllib3.PoolManager:
    """Return the connections of a process (never carried over a fork)."""
    return urllib3.PoolManager(maxsize=4)


def url_of(text: Text) -> str:
    """Return a call as long as ours."""
    query = {
        "username": "bench",
        "password": "bench",
        "to": text.phone,
        "text": TEMPLATE.render(Context({"name": text.name, "number": text.number, "total": text.total})),
        "charset": "UTF-8",
        "coding": "2",
        "dlr-mask": "31",
        "dlr-url": f"http://127.0.0.1:8000/hooks/kannel/{'x' * 43}/?ref={text.pk:032d}&type=%d&fid=%F",
    }
    return f"http://127.0.0.1:{settings.SINK_PORT}/cgi-bin/sendsms?{urlencode(query, quote_via=quote)}"


def send(pk: int) -> None:
    """The task."""
    text = Text.objects.get(pk=pk)
    if text.state != "due":
        return
    answer = pool(os.getpid()).request("GET", url_of(text), retries=False, timeout=15)
    text.state = "accepted" if answer.status == 202 else "failed"
    text.tries += 1
    text.answer = answer.data.decode()
    text.sent_at = time.time()
    text.save(update_fields=["state", "tries", "answer", "sent_at"])


def enqueue_celery(count: str) -> float:
    """As a step: save the texts and queue a task for each; return the seconds that took."""
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    began = time.perf_counter()
    texts = _save(int(count))
    with app.producer_or_acquire() as producer:
        for text in texts:
            send_by_celery.apply_async((text.pk,), producer=producer)
    return time.perf_counter() - began


def enqueue_q(count: str) -> float:
    """As a step: the same for django-q2."""
    began = time.perf_counter()
    for text in _save(int(count)):
        async_task("bench.rivals.texts.send", text.pk)
    return time.perf_counter() - began


@app.task(name="send", ignore_result=True)  # type: ignore[untyped-decorator]  # Celery has no types
def send_by_celery(pk: int) -> None:
    send(pk)


def wait(count: str) -> float:
    """As a step: wait until all are sent; return the rate from the first to the last."""
    deadline = time.monotonic() + 900
    while Text.objects.filter(state="accepted").count() < int(count):
        if time.monotonic() > deadline:
            raise TimeoutError(f"only {Text.objects.filter(state='accepted').count()} of {count} were sent")
        time.sleep(0.5)
    span = Text.objects.aggregate(first=Min("sent_at"), last=Max("sent_at"))
    return (int(count) - 1) / float(span["last"] - span["first"])


def trickle(count: str) -> dict[str, float]:
    """As a step: queue one text at a time on an idle system; return when, by number."""
    began = {}
    for number in range(int(count)):
        time.sleep(0.15 + number % 7 / 50)
        phone = f"86139{number:08d}"
        began[phone] = time.monotonic()
        text = Text.objects.create(phone=f"+{phone}", name="林小雨", number=f"T{number}", total="¥268.00")
        send_by_celery.delay(text.pk)
    time.sleep(2)
    return began


def _save(count: int) -> list[Text]:
    texts = [
        Text(phone=f"+86138{number:08d}", name="林小雨", number=f"{number:012x}", total="¥268.00")
        for number in range(count)
    ]
    return Text.objects.bulk_create(texts, batch_size=1000)
