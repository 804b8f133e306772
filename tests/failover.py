"""Two gateways, one of which fails in every way in turn, while orders keep coming.

`run()` places orders at a steady pace through the failing gateway's moods (tests/stub_gateway.py), lets
all settle and counts. `python -m tests.failover` is the long form; tests/flows/test_failover.py the short.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos import Outcome, Scene, judge
from tests.postgres import postgres

MOODS = ("well", "refuses", "busy", "5xx", "hangs", "mute", "late", "well")
# An answer may take longer than an account needs to be seen hanging; receipts are missed soon.
PATIENT = {"LONGEST_ANSWER_SECONDS": "6", "SENDING_SECONDS": "15", "SLOW_RECEIPT_SECONDS": "3"}
# How soon a text that may go another way has to be accepted (seconds).
SOON = 10.0
SHARE = 0.99


@dataclass
class Failover:
    """What came of it: the count, and how soon texts were accepted."""

    outcome: Outcome
    # Of those that policy let go another way: how many, how many of them soon; and the slowest.
    free: int = 0
    soon: int = 0
    slowest: float = 0.0
    # What had no known outcome for a while, and was asked about before anything else.
    asked: int = 0
    switched: int = 0
    by_mood: dict[str, Counter[str]] = field(default_factory=dict)
    news: list[list[str]] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.soon / self.free if self.free else 0.0

    def __str__(self) -> str:
        moods = "\n".join(f"  {mood}: {dict(counts)}" for mood, counts in self.by_mood.items())
        told = Counter(" ".join(words) for words in self.news)
        return (
            f"{self.outcome}\n"
            f"{self.soon} of {self.free} ({self.share:.2%}) accepted within {SOON:.0f} s of their first try,"
            f" the slowest after {self.slowest:.1f} s\n"
            f"{self.asked} more were unknown at first and asked about; {self.switched} went another way\n"
            f"{moods}\nthe team heard: {dict(told)}"
        )


def run(*, messages: int, url: str, seconds_each: float, limit: float = 300) -> Failover:
    """Place `messages` orders over all moods, `seconds_each`, wait for all to settle, and count."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="orderbell_failover_") as folder:
        scene = Scene(Path(folder), url=url, database=None, seed=1)
        scene.environment |= PATIENT
        try:
            scene.ask("manage.py", "migrate", "--verbosity=0")
            tokens = json.loads(scene.ask("-m", "tests.chaos_shop", "make", "Failing", "Healthy"))
            ports = {name: scene.start_stub(name, token, 1) for name, token in tokens.items()}
            scene.start_web()
            for _ in range(2):
                scene.start_workers()
            _set(ports["Healthy"], "well")
            turns = _through_the_moods(scene, ports["Failing"], messages, seconds_each)
            _set(ports["Failing"], "well")
            while json.loads(scene.ask("-m", "tests.chaos_shop", "open"))["open"]:
                if time.monotonic() - began > limit:
                    break
                time.sleep(1)
            report = json.loads(scene.ask("-m", "tests.chaos_shop", "report"))
            pace = json.loads(scene.ask("-m", "tests.chaos_shop", "pace"))
            news = json.loads(scene.ask("-m", "tests.chaos_shop", "news"))
            taken = (Path(folder) / "taken").read_text().split()
        finally:
            scene.end()
            if os.environ.get("CHAOS_LOG"):
                Path(os.environ["CHAOS_LOG"]).write_text((Path(folder) / "log").read_text())
    outcome = judge(report, taken, kills=Counter(), seconds=time.monotonic() - began)
    return _weigh(outcome, pace, news, turns)


def _set(port: int, mood: str) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/moods/{mood}", timeout=5) as answer:
        answer.read()


def _through_the_moods(
    scene: Scene, port: int, messages: int, seconds_each: float
) -> list[tuple[float, str]]:
    """Place the orders, mood by mood; return when each mood began. Each begins with a trusted account."""
    turns = []
    each = messages // len(MOODS)
    for part, mood in enumerate(MOODS):
        scene.ask("-m", "tests.chaos_shop", "trust")
        _set(port, mood)
        turns.append((time.time(), mood))
        ends = time.monotonic() + seconds_each
        placer = scene.python(
            *("-m", "tests.chaos_shop", "place", str(part), str(each), str(seconds_each / each))
        )
        scene.placers.append(placer)
        if placer.wait(timeout=300) != 0:
            raise RuntimeError(f"orders were not placed:\n{(scene.home / 'log').read_text()[-4000:]}")
        time.sleep(max(0.0, ends - time.monotonic()))
    return turns


def _weigh(
    outcome: Outcome, pace: list[dict[str, Any]], news: list[list[str]], turns: list[tuple[float, str]]
) -> Failover:
    found = Failover(outcome, news=news)
    for row in pace:
        mood = next(name for at, name in reversed(turns) if at <= row["began"] or at == turns[0][0])
        counts = found.by_mood.setdefault(mood, Counter())
        counts["by " + row["ways"][-1]] += 1
        found.switched += row["ways"][0] != row["ways"][-1]
        if row["was_unknown"]:
            found.asked += 1
            counts["asked about first"] += 1
            continue
        seconds = row.get("seconds", float("inf"))
        found.free += 1
        found.soon += seconds <= SOON
        found.slowest = max(found.slowest, seconds)
    return found


def main() -> None:
    messages = int(os.environ.get("FAILOVER_MESSAGES", "5000"))
    with postgres() as server:
        found = run(messages=messages, url=server.url, seconds_each=15, limit=600)
    sys.stdout.write(f"{found}\n")
    outcome = found.outcome
    for line in [*outcome.lost, *outcome.twice, *outcome.unforeseen][:20]:
        sys.stdout.write(f"  {line}\n")
    is_well = not (outcome.lost or outcome.twice or outcome.unforeseen) and found.share >= SHARE
    raise SystemExit(not is_well)


if __name__ == "__main__":
    main()
