"""A gateway as cheap as can be: takes any HTTP request and says what Kannel says. Prints its port."""

from __future__ import annotations

import asyncio
import sys

import uvloop

ANSWER = b"0: Accepted for delivery"
REPLY = b"HTTP/1.1 202 Accepted\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)


class Sink(asyncio.Protocol):
    """Answer every request head it sees; requests are GETs without a body."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.rest = b""

    def data_received(self, data: bytes) -> None:
        heads = (self.rest + data).split(b"\r\n\r\n")
        self.rest = heads.pop()
        for _ in heads:
            self.transport.write(REPLY)  # type: ignore[attr-defined]  # a socket's transport can


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
