"""A gateway as cheap as can be: takes any HTTP request and says what Kannel says.

`python -m bench.http_sink` prints its port. To every line on its input it answers with what has come in
since the last: {"requests": …, "arrivals": {number: when}}, the time being that of the kernel's monotonic
clock, which all processes share. It looks for numbers (`to=`) only when called with `--stamps`.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time

import uvloop

ANSWER = b"0: Accepted for delivery"
REPLY = b"HTTP/1.1 202 Accepted\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (
    len(ANSWER),
    ANSWER,
)
_NUMBER = re.compile(rb"[?&]to=(?:%2B|\+)?([0-9]+)")


class Taken:
    """What has come in since it was last asked for."""

    def __init__(self, *, has_stamps: bool) -> None:
        self.has_stamps = has_stamps
        self.requests = 0
        self.arrivals: dict[str, float] = {}

    def note(self, head: bytes) -> None:
        self.requests += 1
        if self.has_stamps and (found := _NUMBER.search(head)):
            self.arrivals.setdefault(found[1].decode(), time.monotonic())

    def tell(self) -> None:
        """Print it on one line and forget it; at the end of the input, end."""
        if not sys.stdin.readline():
            sys.exit()
        sys.stdout.write(json.dumps({"requests": self.requests, "arrivals": self.arrivals}) + "\n")
        sys.stdout.flush()
        self.requests, self.arrivals = 0, {}


class Sink(asyncio.Protocol):
    """Answer every request head it sees; requests are GETs without a body."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.rest = b""

    def data_received(self, data: bytes) -> None:
        heads = (self.rest + data).split(b"\r\n\r\n")
        self.rest = heads.pop()
        for head in heads:
            self.taken.note(head)
            self.transport.write(REPLY)  # type: ignore[attr-defined]  # a socket's transport can


async def main() -> None:
    loop = asyncio.get_running_loop()
    taken = Taken(has_stamps="--stamps" in sys.argv)
    server = await loop.create_server(lambda: Sink(taken), "127.0.0.1", 0)
    loop.add_reader(sys.stdin, taken.tell)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
