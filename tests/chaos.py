"""Chaos: real workers, a real database, a gateway that misbehaves, and kill -9 at random.

`run()` places orders while workers, web server and (on PostgreSQL) the database are killed and
started again, then lets things settle and counts. `python -m tests.chaos` is the long form (make
chaos); tests/flows/test_chaos.py the short one.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bench.processes import descendants, free_port
from tests.postgres import postgres

ROOT = Path(__file__).resolve().parent.parent
# Everything that takes minutes in real life takes seconds here.
IMPATIENT = {
    "DEBUG": "1",
    "SENDING_SECONDS": "8",
    "ASK_AFTER_SECONDS": "4",
    "UNKNOWN_DEADLINE_SECONDS": "600",
    "LADDER_SECONDS": "1,1,2,2,3,3,5,5,8,8",
    "LONGEST_ANSWER_SECONDS": "2.5",
    "SWEEP_SECONDS": "1",
    "LOG_LEVEL": "ERROR",
    "PRIVATE_NETWORKS": "127.0.0.0/8",
    "SECRET_KEY": "chaos-" + "x" * 50,
}


class Database(Protocol):
    """A database server that can be crashed and started again."""

    def crash(self) -> None: ...
    def start(self) -> None: ...


@dataclass
class Outcome:
    """What came of it: how many orders, and what stands where."""

    orders: int
    states: Counter[str] = field(default_factory=Counter)
    taken: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    unforeseen: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.orders} orders, {self.taken} texts taken by the gateway in {self.seconds:.0f} s; "
            f"killed {dict(self.kills)}; states {dict(self.states)}; "
            f"lost {len(self.lost)}, twice {len(self.twice)}, "
            f"without a written attempt {len(self.unforeseen)}"
        )


class Scene:
    """The processes of one run, and the ways to hurt them."""

    def __init__(self, home: Path, *, url: str, database: Database | None, seed: int) -> None:
        self.home, self.database = home, database
        self.random = random.Random(seed)
        self.environment = os.environ | IMPATIENT | {"DATABASE_URL": url, "ORDERBELL_VAR": str(home)}
        self.kills: Counter[str] = Counter()
        self.workers: list[subprocess.Popen[bytes]] = []
        self.web: subprocess.Popen[bytes] | None = None
        self.stubs: list[subprocess.Popen[bytes]] = []
        self.placers: list[subprocess.Popen[bytes]] = []
        self.port = free_port()

    def python(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        with (self.home / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stderr=log,
                start_new_session=True,
                **options,
            )

    def ask(self, *arguments: str) -> str:
        """Run one of our own steps to its end and return what it printed."""
        for _ in range(20):
            process = self.python(*arguments, stdout=subprocess.PIPE)
            printed, _none = process.communicate(timeout=120)
            if process.returncode == 0:
                return printed.decode()
            time.sleep(0.5)
        raise RuntimeError(f"{arguments} failed:\n{(self.home / 'log').read_text()[-4000:]}")

    def start_stub(self, name: str, token: str, seed: int) -> int:
        """Start a gateway for an account of the shop; return its port."""
        url = f"http://127.0.0.1:{self.port}/hooks/aliyun/{token}/"
        stub = self.python(
            "-m", "tests.stub_gateway", str(self.home / "taken"), url, str(seed), stdout=subprocess.PIPE
        )
        self.stubs.append(stub)
        assert stub.stdout is not None
        with stub.stdout as said:
            port = int(json.loads(said.readline())["port"])
        self.ask("-m", "tests.chaos_shop", "connect", name, f"http://127.0.0.1:{port}/")
        return port

    def start_workers(self) -> None:
        self.workers.append(self.python("manage.py", "work"))

    def start_web(self) -> None:
        self.web = self.python(
            *("-m", "gunicorn", "config.wsgi:application", "--workers=1", "--threads=4"),
            *("--no-control-socket", "--log-level=error"),
            f"--bind=127.0.0.1:{self.port}",
        )

    def hurt(self) -> None:
        """Kill something with -9, and start it again if nobody else does."""
        kinds = ["worker"] * 6 + ["host"] * 2 + ["web"] + (["database"] if self.database else [])
        kind = self.random.choice(kinds)
        self.kills[kind] += 1
        if kind == "worker":
            victims = [pid for host in self.workers for pid in descendants(host.pid)]
            if victims:
                kill(self.random.choice(victims))
        elif kind == "host":
            host = self.workers.pop(self.random.randrange(len(self.workers)))
            for pid in [host.pid, *descendants(host.pid)]:
                kill(pid)
            host.wait()
            self.start_workers()
        elif kind == "web" and self.web:
            for pid in [self.web.pid, *descendants(self.web.pid)]:
                kill(pid)
            self.web.wait()
            self.start_web()
        elif self.database:
            self.database.crash()
            time.sleep(0.5)
            self.database.start()

    def end(self) -> None:
        for process in [*self.workers, *self.placers, *self.stubs, *filter(None, [self.web])]:
            for pid in [*descendants(process.pid), process.pid]:
                kill(pid)
            process.wait()


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def run(
    *, messages: int, url: str, database: Database | None = None, seed: int = 1, limit: float = 300
) -> Outcome:
    """Place `messages` orders amid the chaos, wait for all to settle (`limit` seconds at most), and count."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="orderbell_chaos_") as folder:
        home = Path(folder)
        scene = Scene(home, url=url, database=database, seed=seed)
        try:
            scene.ask("manage.py", "migrate", "--verbosity=0")
            tokens = json.loads(scene.ask("-m", "tests.chaos_shop", "make", "Stub"))
            scene.start_stub("Stub", tokens["Stub"], seed)
            scene.start_web()
            for _ in range(2):
                scene.start_workers()
            for part in range(2):
                place = ["-m", "tests.chaos_shop", "place", str(part), str(messages // 2)]
                scene.placers.append(scene.python(*place))
            settled, calm = False, False
            while not settled and time.monotonic() - began < limit:
                if not calm:
                    time.sleep(scene.random.uniform(0.3, 1.2))
                    scene.hurt()
                    calm = all(placer.poll() is not None for placer in scene.placers) and bool(
                        sum(scene.kills.values()) >= 12
                    )
                else:
                    time.sleep(1)
                    settled = json.loads(scene.ask("-m", "tests.chaos_shop", "open"))["open"] == 0
            if any(placer.returncode != 0 for placer in scene.placers):
                raise RuntimeError(f"orders were not placed:\n{(home / 'log').read_text()[-4000:]}")
            report = json.loads(scene.ask("-m", "tests.chaos_shop", "report"))
            taken = (home / "taken").read_text().split() if (home / "taken").exists() else []
        finally:
            scene.end()
            if os.environ.get("CHAOS_LOG"):
                Path(os.environ["CHAOS_LOG"]).write_text((home / "log").read_text())
    return judge(report, taken, kills=scene.kills, seconds=time.monotonic() - began)


def judge(report: dict[str, Any], taken: list[str], *, kills: Counter[str], seconds: float) -> Outcome:
    """Hold what the database says against what the gateway took."""
    outcome = Outcome(report["orders"], kills=kills, seconds=seconds, taken=len(taken))
    attempts: dict[str, str] = report["attempts"]
    times = Counter(attempts.get(reference, f"? {reference}") for reference in taken)
    outcome.unforeseen = [reference for reference in taken if reference not in attempts]
    outcome.twice = [message for message, count in times.items() if count > 1]
    for message, state in report["messages"].items():
        outcome.states[state] += 1
        was_taken = times[message] > 0
        is_right = (
            was_taken
            if state in {"accepted", "delivered"}
            else not was_taken and state in {"failed", "dropped"} and report["reasons"][message]
        )
        if not is_right:
            outcome.lost.append(f"{message} {state} {report['reasons'][message]} taken={was_taken}")
    outcome.lost += [f"order {number} has no message" for number in report["without"]]
    return outcome


def main() -> None:
    messages, seed = int(os.environ.get("CHAOS_MESSAGES", "20000")), int(time.time())
    with postgres() as server:
        outcome = run(messages=messages, url=server.url, database=server, seed=seed, limit=1800)
    sys.stdout.write(f"{outcome}\n")
    for line in [*outcome.lost, *outcome.twice, *outcome.unforeseen][:20]:
        sys.stdout.write(f"  {line}\n")
    raise SystemExit(bool(outcome.lost or outcome.twice or outcome.unforeseen))


if __name__ == "__main__":
    main()
