"""Orderbell as `make run` starts it, with the demo shop, on a port and in a folder of its own."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from bench.processes import descendants, free_port
from tests.chaos import kill

ROOT = Path(__file__).resolve().parent.parent.parent
# On an idle machine fifteen seconds; the rest of the suite may keep both cores busy.
PATIENCE = 300


@dataclass(frozen=True)
class Office:
    """Where it answers, who may log in, and a key to its API."""

    address: str
    logins: Mapping[str, tuple[str, str]]
    api_key: str

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API and return its answer; raise with the whole answer where it refuses."""
        request = Request(
            f"{self.address}/api/v1/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"},
            method=method,
        )
        try:
            with urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error

    def mails(self, address: str) -> list[str]:
        """Return the subjects of what came to a mailbox of the sandbox, newest first."""
        with urlopen(
            f"{self.address}/sandbox/messages.json?channel=email&address={address}", timeout=30
        ) as answer:
            return [message["subject"] for message in json.load(answer)["messages"]]


@contextmanager
def shared(start: Callable[[], AbstractContextManager[Office]], *, folder: Path) -> Iterator[Office]:
    """Start an office, or join the one that another process has started with the same folder.

    Who started it ends it, once all who joined have left.
    """
    access = folder / "office.json"
    with ExitStack() as stack:
        door = stack.enter_context((folder / "office.door").open("w"))
        inside = stack.enter_context((folder / "office.inside").open("w"))
        fcntl.flock(door, fcntl.LOCK_EX)
        is_ours = not access.exists()
        if is_ours:
            access.write_text(json.dumps(asdict(stack.enter_context(start()))))
        fcntl.flock(inside, fcntl.LOCK_SH)
        here = Office(**json.loads(access.read_text()))
        fcntl.flock(door, fcntl.LOCK_UN)
        yield here
        if is_ours:
            fcntl.flock(door, fcntl.LOCK_EX)
            access.unlink()
            fcntl.flock(door, fcntl.LOCK_UN)
            fcntl.flock(inside, fcntl.LOCK_EX)


@contextmanager
def office(home: Path, *, database_url: str) -> Iterator[Office]:
    """Run everything while the block runs; state and logs are kept under `home`."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | {
        "DEBUG": "1",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": address,
        "ORDERBELL_VAR": str(home / "var"),
        "DATABASE_URL": database_url,
    }
    with (home / "log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait(port, running, home / "log")
        demo = json.loads((home / "var" / "demo.json").read_text())
        logins = {login["role"]: (login["email"], login["password"]) for login in demo["logins"]}
        yield Office(address, logins, demo["api_key"])
    finally:
        _end(running)


def _wait(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and running.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"Orderbell did not start:\n{log.read_text()[-4000:]}")


def _end(running: subprocess.Popen[bytes]) -> None:
    everything = descendants(running.pid)
    running.terminate()
    try:
        running.wait(15)
    except subprocess.TimeoutExpired:
        for pid in [*everything, running.pid]:
            kill(pid)
        running.wait()
