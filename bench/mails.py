"""B3: 5,000 branded mails, HTML and text, by SMTP, against django-post-office sending the very words."""

from __future__ import annotations

import json
from functools import partial

from bench.bed import Bed, Contender, databases, rounds, say
from bench.databases import Database
from bench.processes import mail_sink, step
from bench.report import Claim, Series
from bench.texts import WORKERS

# Who renders, and how many threads each of its two processes has.
WAYS = [("sender", 5), ("inserter", 5), ("inserter", 2)]


class Run:
    """The counts, and the figures as they come in."""

    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.count, self.rivals_count = (2_000, 1_000) if bed.is_quick else (5_000, 5_000)
        self.figures: dict[str, Series] = {}

    def keep(self, name: str, value: float) -> None:
        self.series(name).values.append(value)
        say(f"    {name}: {value:,.0f}/s")

    def series(self, name: str) -> Series:
        return self.figures.setdefault(name, Series(name, "/s"))


def measure(bed: Bed) -> None:
    run = Run(bed)
    contenders: list[Contender] = []
    words = bed.home / "words.json"
    for database in databases(bed):
        say(f"  {run.count:,} orders are saved on {database.name}")
        saved = bed.ours(database.make("saved"))
        step("bench.b1", "make", run.count, 9, "email", environment=saved)
        planned = bed.ours(database.copy("planned", of="saved"))
        step("bench.b1", "plan", WORKERS[database.name], environment=planned)
        for work in ("whole", "sending"):
            contenders.append((f"{work} on {database.name}", partial(_ours, run, database, work)))
    size = step("bench.b3", "sample", words, environment=bed.ours(bed.sqlite.copy("run", of="saved")))
    say(f"  a mail holds {size:,} bytes of words and HTML")
    if bed.has_rivals:
        bed.make_rivals_database()
        theirs = bed.theirs(bed.postgres.url("rivals"))
        step("bench.rivals.mails", "prepare", words, environment=theirs, is_rival=True)
        contenders += [(f"django-post-office, {_name(way)}", partial(_theirs, run, *way)) for way in WAYS]
    rounds(contenders)
    bed.claims += _claims(run)


def _ours(run: Run, database: Database, work: str) -> None:
    url = database.copy("run", of={"whole": "saved", "sending": "planned"}[work])
    with mail_sink() as (port, sink):
        ours = run.bed.ours(url, EMAIL_URL=f"smtp://127.0.0.1:{port}")
        told = step("bench.b1", "run", work, run.count, WORKERS[database.name], environment=ours)
        _check(sink.communicate()[0], run.count)
    run.keep(f"{work} {database.name}", told["rate"])


def _theirs(run: Run, way: str, threads: int) -> None:
    url = run.bed.postgres.copy("rivals_run", of="rivals")
    with mail_sink() as (port, sink):
        theirs = run.bed.theirs(url, EMAIL_PORT=str(port), POST_OFFICE_THREADS=str(threads))
        count = run.rivals_count
        told = step("bench.rivals.mails", "run", way, count, environment=theirs, is_rival=True)
        _check(sink.communicate()[0], count)
    for work in ("whole", "sending"):
        run.keep(f"{work}, {_name((way, threads))}", told[work])


def _check(told: str, count: int) -> None:
    """Hold the run to one mail for each recipient."""
    received = json.loads(told.splitlines()[-1])
    if len(received) != count or set(received.values()) != {1}:
        raise RuntimeError(
            f"{count} mails, but {len(received)} recipients and {sum(received.values())} mails"
        )


def _name(way: tuple[str, int]) -> str:
    who, threads = way
    return f"{who} renders, {threads} threads"


def _claims(run: Run) -> list[Claim]:
    claims = []
    best: dict[str, Series | None] = {"whole": None, "sending": None}
    for work in best if run.bed.has_rivals else ():
        found = max((run.series(f"{work}, {_name(way)}") for way in WAYS), key=lambda one: one.median)
        best[work] = Series(f"django-post-office ({found.name.partition(', ')[2]})", "/s", found.values)
    skipped = "" if run.bed.has_rivals else "skipped: no .venv-bench (make bench makes it)"
    for database in databases(run.bed):
        for work, name in (("whole", "B3 insert and send"), ("sending", "B3 sending")):
            ours = run.series(f"{work} {database.name}")
            times = 2.5 if (work, database.name) == ("whole", "PostgreSQL") else None
            claims.append(Claim(name, database.name, ours, best[work], times=times, skipped=skipped))
    return claims
