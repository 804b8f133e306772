"""B4: from the API call to the arrival at the gateway, one order at a time on an idle system."""

from __future__ import annotations

import http.client
import json
import sys
import time
from collections.abc import Iterable
from contextlib import ExitStack
from functools import partial
from itertools import count
from statistics import quantiles
from typing import Any

from bench.bed import Bed, Contender, rounds, say
from bench.databases import Database
from bench.processes import RIVALS, HttpSink, StepFailed, free_port, http_sink, running, step, wait_for_port
from bench.report import Claim, Series

WARM_UP = 10
_numbers = count(1)


class Run:
    """The sink, and the latencies of each round by place."""

    def __init__(self, bed: Bed, sink: HttpSink) -> None:
        self.bed, self.sink = bed, sink
        self.calls = 70 if bed.is_quick else 200
        self.figures: dict[str, Series] = {}
        self.keys: dict[str, str] = {}

    def keep(self, name: str, seconds: Iterable[float]) -> None:
        cuts = quantiles([1000 * one for one in seconds], n=100, method="inclusive")
        for figure, value in (("p50", cuts[49]), ("p99", cuts[98])):
            self.figures.setdefault(f"{name} {figure}", Series(name, "ms")).values.append(value)
        say(f"    {name}: p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms")


def measure(bed: Bed) -> None:
    with http_sink(has_stamps=True) as sink:
        run = Run(bed, sink)
        contenders: list[Contender] = []
        for database in (bed.sqlite, bed.postgres):
            saved = bed.ours(database.make("shop"))
            run.keys[database.name] = step("bench.b4", "make", sink.port, environment=saved)
            contenders.append((f"{database.name} alone", partial(_ours, run, database, None)))
        if bed.redis:
            contenders.append(("PostgreSQL with Redis", partial(_ours, run, bed.postgres, bed.redis)))
        if bed.redis and bed.has_rivals:
            bed.make_rivals_database()
            contenders.append(("Celery", partial(_celery, run)))
        rounds(contenders)
    bed.claims += _claims(run)


def _ours(run: Run, database: Database, redis: str | None) -> None:
    place = f"{database.name} with Redis" if redis else f"{database.name} alone"
    port, log = free_port(), run.bed.home / "orderbell.log"
    url = database.copy("run", of="shop")
    ours = run.bed.ours(url, REDIS_URL=redis or "", PUBLIC_URL=f"http://127.0.0.1:{port}")
    web = (
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application", f"--bind=127.0.0.1:{port}"),
        *("--workers=1", "--threads=4", "--no-control-socket", "--log-level=warning", "--preload"),
    )
    with ExitStack() as stack:
        for command in (web, (sys.executable, "manage.py", "work")):
            stack.enter_context(running(*command, environment=ours, log=log))
        wait_for_port(port)
        caller = Caller(port, run.keys[database.name])
        for _ in range(WARM_UP):
            caller.time_one(run.sink)
        run.keep(place, [caller.time_one(run.sink) for _ in range(run.calls)])
        run.keep(f"{place}, until the API answered", caller.answered[WARM_UP:])


class Caller:
    """A shop that posts orders over one kept connection."""

    def __init__(self, port: int, key: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.answered: list[float] = []
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def time_one(self, sink: HttpSink) -> float:
        """Post an order; return the seconds from before the call to the text's arrival."""
        number = next(_numbers)
        phone = f"86138{number:08d}"
        body = json.dumps(order_of(phone, f"L{number:08d}"))
        # Not in step with anything that looks at intervals.
        time.sleep(0.03 + number % 17 / 130)
        began = time.monotonic()
        self.connection.request("POST", "/api/v1/orders/", body, self.headers)
        answer = self.connection.getresponse()
        said = answer.read()
        self.answered.append(time.monotonic() - began)
        if answer.status != 201:
            raise StepFailed(f"the API answered {answer.status}: {said.decode()[:500]}")
        while time.monotonic() - began < 20:
            if arrived := sink.taken()["arrivals"].get(phone):
                return float(arrived) - began
            time.sleep(0.01)
        raise StepFailed("a text did not arrive within 20 s")


def order_of(phone: str, number: str) -> dict[str, Any]:
    """Return an order with three items as a shop posts it, paid."""
    return {
        "number": number,
        "status": "paid",
        "currency": "CNY",
        "total": "268.00",
        "customer": {
            "external_id": f"c{phone}",
            "name": "林小雨",
            "phone": f"+{phone}",
            "email": f"c{phone}@example.com",
            "language": "zh-hans",
            "country": "CN",
        },
        "items": [
            {"sku": f"TEA-{item}", "name": "明前龙井 250g", "quantity": 1, "unit_price": "88.00"}
            for item in range(3)
        ],
    }


def _celery(run: Run) -> None:
    settings = {"SINK_PORT": str(run.sink.port), "REDIS_URL": run.bed.redis or ""}
    theirs = run.bed.theirs(run.bed.postgres.copy("rivals_run", of="rivals"), **settings)
    command = (
        *(str(RIVALS / "bin/python"), "-m", "celery", "-A", "bench.rivals.celeryapp", "worker", "-c", "2"),
        *("-l", "error", "--without-gossip", "--without-mingle", "--without-heartbeat"),
    )
    with running(*command, environment=theirs, log=run.bed.home / "rivals.log"):
        warm_up = WARM_UP * 2  # it is still starting
        calls = run.calls + warm_up
        began = step("bench.rivals.texts", "trickle", calls, environment=theirs, is_rival=True)
    arrivals = run.sink.taken()["arrivals"]
    run.keep(
        "Celery, row to gateway, no API call",
        [arrivals[phone] - began[phone] for phone in list(began)[warm_up:]],
    )


def _claims(run: Run) -> list[Claim]:
    claims = []
    celery = "Celery, row to gateway, no API call"
    for place, database, middle, most in (
        ("SQLite alone", "SQLite", 80, None),
        ("PostgreSQL alone", "PostgreSQL", 80, None),
        ("PostgreSQL with Redis", "PostgreSQL, Redis", 40, 150),
    ):
        for figure, target in (("p50", middle), ("p99", most)):
            ours = run.figures.get(f"{place} {figure}")
            if ours is None:
                say(f"  {place} skipped: no redis-server")
                continue
            rival = run.figures.get(f"{celery} {figure}") if "Redis" in database else None
            claims.append(Claim(f"B4 {figure}", database, ours, rival, most=target))
            answered = run.figures[f"{place}, until the API answered {figure}"]
            claims.append(Claim(f"B4 {figure}, until the API answered", database, answered))
    return claims
