"""A gateway as cheap as can be that takes texts by the hundred, and says what Aliyun says.

`python -m bench.batch_sink` prints its port, and answers the lines on its input as http_sink does;
`requests` counts the texts, so that both are held against the same number.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from urllib.parse import parse_qs

import uvloop

from bench.http_sink import Taken

_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
_ANSWER = b'{"Code":"OK","Message":"OK","BizId":"%d^0","RequestId":"bench"}'
_REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


class Sink(asyncio.Protocol):
    """Answer each POST, and count the phones in it: a form holds many, a query one."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.rest = b""

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while (end := self.rest.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self.rest, 0, end)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self.rest) < whole:
                return
            body, self.rest = self.rest[end + 4 : whole], self.rest[whole:]
            self.taken.requests += (
                len(json.loads(parse_qs(body.decode())["PhoneNumberJson"][0])) if body else 1
            )
            answer = _ANSWER % self.taken.requests
            self.transport.write(_REPLY % (len(answer), answer))  # type: ignore[attr-defined]  # a socket's can


async def main() -> None:
    loop = asyncio.get_running_loop()
    taken = Taken(has_stamps=False)
    server = await loop.create_server(lambda: Sink(taken), "127.0.0.1", 0)
    loop.add_reader(sys.stdin, taken.tell)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
