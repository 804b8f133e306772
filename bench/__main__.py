"""Measure: `python -m bench [b1 b2 b3 b4 b8] [--quick]`; README.md says what and how."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import latency, mails, memory, texts
from bench.bed import ROUNDS, Bed, say
from bench.databases import Sqlite, postgres_server
from bench.processes import ROOT, redis_server
from bench.report import table

WORKS = {
    "b1": texts.measure,
    "b2": texts.measure_batches,
    "b3": mails.measure,
    "b4": latency.measure,
    "b8": memory.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Orderbell and its rivals.")
    parser.add_argument("works", nargs="*", metavar="work", help=f"which of {', '.join(WORKS)} (all)")
    parser.add_argument(
        "--quick", action="store_true", help="a few minutes: less of everything, rough figures"
    )
    options = parser.parse_args()
    if unknown := set(options.works) - set(WORKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    load = os.getloadavg()[0]
    if load > 0.5:
        say(f"The machine has other work to do (load {load:.1f}): the figures are rough.")
    with (
        tempfile.TemporaryDirectory(prefix="orderbell_bench_") as folder,
        postgres_server() as postgres,
        redis_server() as redis,
    ):
        bed = Bed(Path(folder), postgres, Sqlite(Path(folder)), redis, options.quick)
        try:
            for name in options.works or WORKS:
                say(f"{name.upper()}")
                WORKS[name](bed)
        finally:
            about = _about(bed, load)
            if bed.claims:
                print(table(bed.claims))
                _keep(bed, about)
    return 0 if all(claim.is_met is not False for claim in bed.claims) else 1


def _about(bed: Bed, load: float) -> dict[str, Any]:
    """Tell what the figures were taken on, without naming the machine."""
    redis = shutil.which("redis-server")
    version = (
        subprocess.run([redis, "--version"], capture_output=True, text=True, check=True).stdout
        if redis
        else ""
    )
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "commit": commit.stdout.strip(),
        "is_quick": bed.is_quick,
        "rounds": ROUNDS,
        "cores": os.cpu_count(),
        "load_before": round(load, 2),
        "load_after": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "postgresql": bed.postgres.ask("SHOW server_version"),
        "postgresql_syncs": bed.postgres.ask("SHOW fsync"),
        "sqlite": sqlite3.sqlite_version,
        "redis": version.partition("v=")[2].partition(" ")[0],
    }


def _keep(bed: Bed, about: dict[str, Any]) -> None:
    """Write the results; a quick run's stay out of the repository."""
    end = "tmp" if bed.is_quick else "json"
    path = ROOT / "bench/results" / f"{about['at'][:10]}-{about['cores']}cores.{end}"
    path.parent.mkdir(exist_ok=True)
    told = about | {"claims": [claim.as_json() for claim in bed.claims]}
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    say(f"Written to {path.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
