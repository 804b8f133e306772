"""B8: the memory of web and workers as `manage.py serve` starts them, idle after one message."""

from __future__ import annotations

import http.client
import json
import shutil
import sys
import time
from pathlib import Path

from bench.bed import Bed, rounds, say
from bench.latency import order_of
from bench.processes import OURS, StepFailed, descendants, environment, free_port, running, wait_for_port
from bench.report import Claim, Series

IDLE_SECONDS = 20


def measure(bed: Bed) -> None:
    total = Series("memory", "MB")
    parts: dict[str, Series] = {}

    def once() -> None:
        found = _serve(bed)
        total.values.append(sum(found.values()))
        for name, megabytes in found.items():
            parts.setdefault(name, Series(name, "MB")).values.append(megabytes)
        say(f"    {total.values[-1]:.0f} MB: " + ", ".join(f"{name} {mb:.0f}" for name, mb in found.items()))

    rounds([("manage.py serve", once)])
    bed.claims.append(Claim("B8 memory, all", "SQLite", total, most=400))
    bed.claims += [Claim(f"B8 memory, {name}", "SQLite", one) for name, one in parts.items()]


def _serve(bed: Bed) -> dict[str, float]:
    """Start everything anew, send one message, wait; return megabytes by part."""
    var, port = bed.home / "served", free_port()
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir()
    kept = {name: OURS[name] for name in ("DJANGO_SETTINGS_MODULE", "PRIVATE_NETWORKS")}
    settings = {"HOST": "127.0.0.1", "PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    # As `make run` does; `serve` makes its secrets and goes on without DEBUG.
    place = environment(kept, settings, {"ORDERBELL_VAR": str(var), "DEBUG": "1"})
    command = (sys.executable, "manage.py", "serve")
    with running(*command, environment=place, log=bed.home / "orderbell.log") as serve:
        wait_for_port(port, of=serve)
        key = json.loads((var / "demo.json").read_text())["api_key"]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        body = json.dumps(order_of("8613800138000", "MEMORY-1"))
        connection.request("POST", "/api/v1/orders/", body, headers)
        status = connection.getresponse().status
        if status != 201:
            raise StepFailed(f"the API answered {status}")
        connection.close()
        time.sleep(IDLE_SECONDS)
        return _by_part(serve.pid)


def _by_part(root: int) -> dict[str, float]:
    found = {"serve": _megabytes(root), "web": 0.0, "work": 0.0}
    children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    for name, child in zip(("web", "work"), map(int, children), strict=True):
        found[name] += sum(map(_megabytes, [child, *descendants(child)]))
    return found


def _megabytes(pid: int) -> float:
    """Return a process's proportional share of memory (PSS), in MB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise StepFailed(f"the kernel says nothing of the memory of {pid}")
