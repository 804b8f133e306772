"""The processes that the measurements need: steps of ours and of the rivals, Redis, sinks."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RIVALS = ROOT / ".venv-bench"
# What production has. The keys open nothing but what a run makes.
OURS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DEBUG": "0",
    "SECRET_KEY": "bench-" + "x" * 50,
    "FIELD_KEYS": "YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtLTE=",
    "PUBLIC_URL": "http://127.0.0.1:8000",
    "PRIVATE_NETWORKS": "127.0.0.0/8",
    "API_RATE": "1000000/min",
}
THEIRS = {"DJANGO_SETTINGS_MODULE": "bench.rivals.settings"}
SETTINGS_OF_OTHERS = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "LOG_LEVEL", "LANE_WORKERS", "ORDERBELL_VAR"}

# A step that takes longer has gone wrong; ours are done in a minute, the slowest rival in five.
STEP_SECONDS = 1200


class StepFailed(RuntimeError):
    """A process that a measurement needs did not do its work; the message says what it wrote."""


@contextmanager
def redis_server() -> Iterator[str | None]:
    """Yield the URL of a Redis that keeps nothing, or None where there is no such program."""
    program = shutil.which("redis-server")
    if not program:
        yield None
        return
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with running(*command, environment=dict(os.environ), log=None):
        wait_for_port(port)
        yield f"redis://127.0.0.1:{port}/0"


class HttpSink:
    """A gateway that takes everything, in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin
        assert process.stdout
        self._said, self._says = process.stdin, process.stdout
        self.port = int(self._says.readline())

    def taken(self) -> dict[str, Any]:
        """Return what came in since the last call: `requests`, and `arrivals` by number."""
        self._said.write("\n")
        self._said.flush()
        told: dict[str, Any] = json.loads(self._says.readline())
        return told


@contextmanager
def http_sink(*, has_stamps: bool = False, takes_batches: bool = False) -> Iterator[HttpSink]:
    module = "bench.batch_sink" if takes_batches else "bench.http_sink"
    command = [sys.executable, "-m", module, *(["--stamps"] if has_stamps else [])]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield HttpSink(process)
    finally:
        process.kill()
        process.wait()


@contextmanager
def mail_sink() -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Yield a mail server's port and its process; its input's end makes it tell what it has."""
    command = [sys.executable, "-m", "bench.sinks"]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    try:
        yield int(process.stdout.readline()), process
    finally:
        process.kill()
        process.wait()


def environment(*settings: dict[str, str]) -> dict[str, str]:
    """Return this process's environment without what may set up Orderbell, and with `settings`."""
    inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS_OF_OTHERS}
    for one in settings:
        inherited |= one
    return inherited


def step(
    module: str, function: str, *arguments: object, environment: dict[str, str], is_rival: bool = False
) -> Any:
    """Run a function to its end in a process of its own and return what it returned."""
    python = str(RIVALS / "bin/python") if is_rival else sys.executable
    process = subprocess.Popen(
        [python, "-m", "bench.step", module, function, *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said, complained = process.communicate(timeout=STEP_SECONDS)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)  # it and the workers that it forked
        raise
    if process.returncode:
        raise StepFailed(f"{module}.{function} failed:\n{said[-1000:]}\n{complained[-3000:]}")
    return json.loads(said.splitlines()[-1])


@contextmanager
def running(
    *command: str, environment: dict[str, str], log: Path | None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server for as long as the block lasts; it and all that it started end with it."""
    out = log.open("ab") if log else subprocess.DEVNULL
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True
    )
    try:
        yield process
    except StepFailed as fault:
        if log:
            fault.add_note(log.read_text(errors="replace")[-3000:])
        raise
    finally:
        below = descendants(process.pid)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pid in below:
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)
        if not isinstance(out, int):
            out.close()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def descendants(pid: int) -> list[int]:
    """Return the processes under `pid`."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(child) for child in task.read_text().split()]
        except OSError:
            continue
        for child in children:
            found += [child, *descendants(child)]
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, *, of: subprocess.Popen[bytes] | None = None, seconds: float = 120) -> None:
    """Return when somebody listens. Raises `StepFailed` when time is up, or the process `of` has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and (of is None or of.poll() is None):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise StepFailed(f"nobody listens at port {port}")
