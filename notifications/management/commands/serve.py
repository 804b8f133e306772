"""Start everything on this machine: database, demo shop, web and workers, until Ctrl-C."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run Orderbell on this machine: web and workers in the foreground (what `make run` calls)."

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = keep_secrets(settings.VAR_DIR) | {"DEBUG": "0", "SANDBOX_PAGE": "1"}
        if any(os.environ.get(name) != value for name, value in wanted.items()):
            # The settings of this process were read without them: begin again.
            os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | wanted)  # noqa: S606  # ourselves
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        demo = make_demo()
        host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
        manage = [sys.executable, sys.argv[0]]
        web = [
            sys.executable,
            "-m",
            "gunicorn",
            "config.wsgi:application",
            f"--bind={host}:{port}",
            f"--workers={os.environ.get('WEB_WORKERS', '1')}",
            "--threads=4",
            "--no-control-socket",
            "--log-level=warning",
            "--preload",
        ]
        processes = [
            subprocess.Popen(command, start_new_session=True)  # noqa: S603  # our own commands
            for command in (web, [*manage, "work"])
        ]
        self.stdout.write(welcome(demo, f"http://{host}:{port}"))
        self.stdout.flush()
        raise SystemExit(wait(processes))


def keep_secrets(var: Path) -> dict[str, str]:
    """Return the secrets of this installation: given by the environment, else made once and kept."""
    path = var / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    made = {"SECRET_KEY": secrets.token_urlsafe(48), "FIELD_KEYS": Fernet.generate_key().decode()} | kept
    if made != kept:
        path.touch(mode=0o600)
        path.write_text(json.dumps(made))
    return {name: os.environ.get(name) or value for name, value in made.items()}


def make_demo() -> dict[str, Any]:
    """Make the demo shop at the first start; return its logins and key at every start."""
    path: Path = settings.VAR_DIR / "demo.json"
    if not path.exists():
        call_command("demo", output=str(path))
    shop: dict[str, Any] = json.loads(path.read_text())
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


def wait(processes: list[subprocess.Popen[bytes]]) -> int:
    """Wait until told to stop or until one of the processes ends; end them all. Return the exit code."""
    told = False

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal told
        told = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not told and all(process.poll() is None for process in processes):
        time.sleep(0.2)
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
    return 0 if told else 1
