"""B1 and B2: 20,000 paid orders to accepted texts, by single calls and by batches.

The single calls are held against queues with one task a message, and against the bare loop.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import partial

from bench.bed import Bed, Contender, databases, rounds, say
from bench.databases import Database, Sqlite
from bench.processes import RIVALS, ROOT, HttpSink, http_sink, running, step
from bench.report import Claim, Series, figure

# What the embedded size starts for a lane, and two for the two cores of the grown one; the rivals have two.
WORKERS = {"SQLite": 1, "PostgreSQL": 2}
BULL = {"processes": 2, "concurrency": 100}


@dataclass
class Run:
    """The sink, the counts, and the figures as they come in."""

    bed: Bed
    sink: HttpSink
    count: int
    rivals_count: int
    figures: dict[str, Series] = field(default_factory=dict)

    def note(self, name: str, value: float, *, sent: int) -> None:
        """Keep a figure, if the sink has seen each message once."""
        requests = self.sink.taken()["requests"]
        if requests != sent:
            raise RuntimeError(f"{name}: {sent} messages, but the sink took {requests}")
        self.keep(name, value)

    def keep(self, name: str, value: float, *, unit: str = "/s") -> None:
        series = self.figures.setdefault(name, Series(name, unit))
        series.values.append(value)
        say(f"    {name}: {figure(value, unit)}")

    def series(self, name: str) -> Series:
        return self.figures.setdefault(name, Series(name, "/s"))


def measure(bed: Bed) -> None:
    count, rivals_count = (5_000, 800) if bed.is_quick else (20_000, 3_000)
    with http_sink() as sink:
        run = Run(bed, sink, count, rivals_count)
        contenders: list[Contender] = []
        for database in databases(bed):
            _prepare(run, database)
            for work in ("whole", "sending"):
                contenders.append((f"{work} on {database.name}", partial(_ours, run, database, work)))
        contenders.append(("bare aiohttp loop", partial(_raw, run)))
        skipped = _rivals(run, contenders)
        rounds(contenders)
    bed.claims += _claims(run, skipped)


def measure_batches(bed: Bed) -> None:
    """B2: the same work where the vendor takes a hundred texts in one request."""
    count = 5_000 if bed.is_quick else 20_000
    with http_sink(takes_batches=True) as sink:
        run = Run(bed, sink, count, 0)
        contenders: list[Contender] = []
        for database in databases(bed):
            _prepare(run, database, way="batches")
            for work in ("whole", "sending"):
                contenders.append((f"{work} on {database.name}", partial(_ours, run, database, work)))
        rounds(contenders)
    for database in databases(bed):
        is_grown = not isinstance(database, Sqlite)
        add = partial(Claim, database=database.name)
        bed.claims.append(add("B2 whole", ours=run.series(f"whole {database.name}")))
        sending = run.series(f"sending {database.name}")
        bed.claims.append(add("B2 sending", ours=sending, least=5000 if is_grown else None))
        for work in ("whole", "sending"):
            cpu = run.series(f"{work} {database.name} CPU")
            bed.claims.append(add(f"B2 {work}, CPU of the workers a message", ours=cpu))


def _prepare(run: Run, database: Database, *, way: str = "sms") -> None:
    """Make the databases that each run copies: `saved` has events, `planned` has due messages."""
    say(f"  {run.count:,} orders are saved on {database.name}")
    saved = run.bed.ours(database.make("saved"))
    step("bench.b1", "make", run.count, run.sink.port, way, environment=saved)
    planned = run.bed.ours(database.copy("planned", of="saved"))
    step("bench.b1", "plan", WORKERS[database.name], environment=planned)


def _ours(run: Run, database: Database, work: str) -> None:
    url = database.copy("run", of={"whole": "saved", "sending": "planned"}[work])
    told = step("bench.b1", "run", work, run.count, WORKERS[database.name], environment=run.bed.ours(url))
    run.note(f"{work} {database.name}", told["rate"], sent=run.count)
    run.keep(f"{work} {database.name} CPU", told["cpu"], unit="ms")


def _raw(run: Run) -> None:
    command = [sys.executable, "-m", "bench.rivals.raw", str(run.sink.port), str(run.count)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    run.note("bare aiohttp loop", float(done.stdout), sent=run.count)


def _rivals(run: Run, contenders: list[Contender]) -> dict[str, str]:
    """Add the rivals that are here; return why the others are not."""
    skipped: dict[str, str] = {}
    no_venv = "" if run.bed.has_rivals else "skipped: no .venv-bench (make bench makes it)"
    no_redis = "" if run.bed.redis else "skipped: no redis-server"
    node, modules = shutil.which("node"), RIVALS / "node/node_modules/bullmq"
    no_node = "" if node and modules.exists() else "skipped: no node, or npm could not install BullMQ"
    if not no_venv:
        run.bed.make_rivals_database()
        contenders.append(("django-q2", partial(_queue, run, "django-q2")))
    if not (no_venv or no_redis):
        contenders.append(("Celery", partial(_queue, run, "Celery")))
    if not (no_redis or no_node):
        contenders.append(("BullMQ", partial(_bull, run)))
    for name, reason in (
        ("django-q2", no_venv),
        ("Celery", no_venv or no_redis),
        ("BullMQ", no_redis or no_node),
    ):
        if reason:
            skipped[name] = reason
            say(f"  {name} {reason}")
    return skipped


def _queue(run: Run, name: str) -> None:
    """Measure one task a message: queue them all, then let two workers of the rival work them off."""
    settings = {"SINK_PORT": str(run.sink.port), "REDIS_URL": run.bed.redis or ""}
    theirs = run.bed.theirs(run.bed.postgres.copy("rivals_run", of="rivals"), **settings)
    python = str(RIVALS / "bin/python")
    celery = (
        *(python, "-m", "celery", "-A", "bench.rivals.celeryapp", "worker", "-c", "2", "-l", "error"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    )
    enqueue, worker = {
        "Celery": ("enqueue_celery", celery),
        "django-q2": ("enqueue_q", (python, "-m", "django", "qcluster")),
    }[name]
    count = run.rivals_count
    seconds = step("bench.rivals.texts", enqueue, count, environment=theirs, is_rival=True)
    with running(*worker, environment=theirs, log=run.bed.home / "rivals.log"):
        rate = step("bench.rivals.texts", "wait", count, environment=theirs, is_rival=True)
    run.note(f"{name} sending", rate, sent=count)
    run.keep(f"{name} whole", count / (seconds + count / rate))


def _bull(run: Run) -> None:
    port = (run.bed.redis or "").rpartition(":")[2].partition("/")[0]
    count = run.rivals_count * 5
    command = [
        "node",
        "bench/rivals/bull.cjs",
        port,
        run.sink.port,
        count,
        BULL["processes"],
        BULL["concurrency"],
    ]
    env = run.bed.theirs("", NODE_PATH=str(RIVALS / "node/node_modules"))
    done = subprocess.run([*map(str, command)], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    run.note("BullMQ sending", told["sending"], sent=count)
    run.keep("BullMQ whole", told["whole"])


def _claims(run: Run, skipped: dict[str, str]) -> list[Claim]:
    claims = []
    for database in databases(run.bed):
        is_grown = not isinstance(database, Sqlite)
        whole, sending = (run.series(f"{work} {database.name}") for work in ("whole", "sending"))
        add = partial(Claim, database=database.name)
        claims.append(add("B1 whole", ours=whole, least=2500 if is_grown else None))
        claims.append(add("B1 sending", ours=sending, least=4000 if is_grown else None))
        bare = run.series("bare aiohttp loop")
        claims.append(add("B1 sending", ours=sending, baseline=bare, times=0.6 if is_grown else None))
        if is_grown:
            for name, times in (("Celery", 10.0), ("BullMQ", 1.8), ("django-q2", None)):
                reason = skipped.get(name, "")
                rival = None if reason else run.series(f"{name} sending")
                claims.append(add("B1 sending", ours=sending, baseline=rival, times=times, skipped=reason))
                if not reason:
                    claims.append(add("B1 whole", ours=whole, baseline=run.series(f"{name} whole")))
        for work in ("whole", "sending"):
            cpu = run.series(f"{work} {database.name} CPU")
            claims.append(add(f"B1 {work}, CPU of the workers a message", ours=cpu))
    return claims
