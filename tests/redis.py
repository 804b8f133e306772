"""A Redis of one's own for a test: `with redis() as server:`."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.needs import need


class Redis:
    """One throw-away server on a unix socket: started, crashed and started again at will."""

    def __init__(self, folder: Path) -> None:
        self.program = need("redis-server")
        self.folder = folder
        self.socket = folder / "redis.sock"
        self.start()

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        command = [self.program, "--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self.process = subprocess.Popen([*command, "--dir", str(self.folder)], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not self.socket.exists():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("redis-server did not start")
            time.sleep(0.02)

    def crash(self) -> None:
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)


@contextmanager
def redis() -> Iterator[Redis]:
    """Start a Redis; it ends and forgets with the block."""
    with tempfile.TemporaryDirectory(prefix="orderbell_redis_") as folder:
        server = Redis(Path(folder))
        try:
            yield server
        finally:
            server.crash()
