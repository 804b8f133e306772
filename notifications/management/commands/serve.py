"""Start everything on this machine: database, demo shop, web and workers, until Ctrl-C."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Any, Self

from cryptography.fernet import Fernet
from django import db
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from merchants.ownership import across_merchants
from notifications import queueing
from notifications.clusters import Lanes, die_with_parent, spare_the_collector
from notifications.management.web import web
from orders.events import Lane
from orders.models import Event


class Command(BaseCommand):
    help = "Run Orderbell on this machine: web and workers in the foreground (what `make run` calls)."
    requires_system_checks: list[str] = []  # not before the settings are whole

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = keep_secrets(settings.VAR_DIR) | {"DEBUG": "0", "SANDBOX_PAGE": "1"}
        wanted["LOG_LEVEL"] = os.environ.get("LOG_LEVEL", "WARNING")
        if any(os.environ.get(name) != value for name, value in wanted.items()):
            # The settings of this process were read without them: begin again.
            os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | wanted)  # noqa: S606  # ourselves
        host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
        refuse_a_taken_port(host, port)
        with Group() as group:
            group.start("prepare", prepare)  # what is loaded for it goes with its process
            self.check()  # and loads what web and workers will share
            group.wait_for_end()
            server = web(f"{host}:{port}", workers=int(os.environ.get("WEB_WORKERS", "1")))
            lanes = Lanes(Lane.values)
            queueing.wake(Lane.URGENT)
            spare_the_collector()
            group.start("web", server.run)
            group.start("work", lanes.run_until_told)
            if group.wait_until(partial(is_listening, host, port)) and group.wait_until(is_served):
                self.stdout.write(welcome(demo_shop(), f"http://{host}:{port}"))
                self.stdout.flush()
            group.wait()
        raise SystemExit(0 if group.is_told else 1)


def prepare() -> None:
    """Bring the database, the static files and the demo shop into being, or up to date."""
    call_command("migrate", interactive=False, verbosity=0)
    collect_static()
    if not demo_file().exists():
        call_command("demo", output=str(demo_file()))


def keep_secrets(var: Path) -> dict[str, str]:
    """Return the secrets of this installation: given by the environment, else made once and kept."""
    path = var / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    made = {"SECRET_KEY": secrets.token_urlsafe(48), "FIELD_KEYS": Fernet.generate_key().decode()} | kept
    if made != kept:
        path.touch(mode=0o600)
        path.write_text(json.dumps(made))
    return {name: os.environ.get(name) or value for name, value in made.items()}


def collect_static() -> None:
    """Collect the static files if any has changed: to hash and compress them all takes seconds."""
    files = [
        [name, storage.size(name), storage.get_modified_time(name).timestamp()]
        for finder in get_finders()
        for name, storage in finder.list([])
    ]
    stamp: Path = settings.VAR_DIR / "static.json"
    if not stamp.exists() or json.loads(stamp.read_text()) != files:
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(json.dumps(files))


def demo_file() -> Path:
    return Path(settings.VAR_DIR / "demo.json")


def demo_shop() -> dict[str, Any]:
    """Return the logins and the key of the demo shop, as they were when it was made."""
    shop: dict[str, Any] = json.loads(demo_file().read_text())
    return shop


def welcome(demo: dict[str, Any], address: str) -> str:
    lines = ["", f"Orderbell is running at {address}/", ""]
    lines += [
        f"  log in   {login['email']}  {login['password']}   ({login['role']})" for login in demo["logins"]
    ]
    lines += [
        f"  sandbox  {address}/sandbox/",
        f"  API key  {demo['api_key']}",
        "",
        "Post an order and look at the sandbox:",
        "",
        f"  curl -sS {address}/api/v1/orders/ \\",
        f"    -H 'Authorization: Bearer {demo['api_key']}' -H 'Content-Type: application/json' \\",
        """    -d '{"number":"'T$RANDOM$RANDOM'","currency":"CNY","total":"268.00","status":"paid",""",
        """         "customer":{"external_id":"lin","name":"林小雨","phone":"13800138000",""",
        """                     "email":"lin@example.com","language":"zh-hans","country":"CN"},""",
        """         "items":[{"sku":"TEA-1","name":"明前龙井 250g","quantity":1,"unit_price":"268.00"}]}'""",
        "",
        "Ctrl-C stops everything.",
        "",
    ]
    return "\n".join(lines)


def refuse_a_taken_port(host: str, port: int) -> None:
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        raise CommandError(
            f"Cannot listen at {host}:{port}: {error.strerror}. Set PORT to a free one."
        ) from error


def is_listening(host: str, port: int) -> bool:
    with contextlib.suppress(OSError):
        socket.create_connection((host, port), timeout=1).close()
        return True
    return False


def is_served() -> bool:
    """Say whether workers are there: wake-ups are answered and what happened is planned."""
    with across_merchants():
        return (
            queueing.waiting_since(Lane.URGENT) is None and not Event.objects.filter(planned_at=None).exists()
        )


class Group:
    """Processes that live and end together: all end when one does, or when this process is told to.

    They are forked, so that what is loaded here is in memory once.
    """

    def __init__(self) -> None:
        self.processes: list[BaseProcess] = []
        self.is_told = False

    def __enter__(self) -> Self:
        for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(one, self._stop)
        return self

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.is_told = True

    def start(self, name: str, work: Callable[[], None]) -> BaseProcess:
        db.connections.close_all()  # no two processes may speak over one
        process = multiprocessing.get_context("fork").Process(target=_be, args=(work,), name=name)
        process.start()
        self.processes.append(process)
        return process

    @property
    def is_running(self) -> bool:
        return not self.is_told and all(process.is_alive() for process in self.processes)

    def wait_until(self, is_so: Callable[[], bool]) -> bool:
        """Wait until something is so; return whether that happened while all were running."""
        while self.is_running:
            if is_so():
                return True
            time.sleep(0.1)
        return False

    def wait_for_end(self) -> None:
        """Wait for the end of the only process; raise SystemExit if it failed or we are told to end."""
        (process,) = self.processes
        while self.is_running:
            time.sleep(0.05)
        if self.is_told or process.exitcode:
            raise SystemExit(0 if self.is_told else process.exitcode or 1)
        self.processes.clear()

    def wait(self) -> None:
        while self.is_running:
            time.sleep(0.2)

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.join(30)
            process.kill()
            process.join()


def _be(work: Callable[[], None]) -> None:
    """Be a process of the group: in a session of its own, so that Ctrl-C reaches it through us, once."""
    os.setsid()
    die_with_parent()
    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(one, signal.SIG_DFL)
    work()
