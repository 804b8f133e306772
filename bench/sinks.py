"""A cheap mail server that takes everything, for measuring and for tests.

`python -m bench.sinks [port]` prints its port and, when its input ends, how many mails each recipient got.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from collections import Counter
from collections.abc import Callable
from typing import cast

import uvloop

# What a test has a server say to a command line (or to b"." for the words of a mail) in place of the
# usual: BYE closes the connection, after SILENCE it says nothing more, None leaves the usual.
Script = Callable[["Talk", bytes], bytes | None]

BYE = b""
SILENCE = b"\0"
GO_AHEAD = b"220 go ahead\r\n"


class Sink:
    """What has arrived. Keeps the mails only when asked to."""

    def __init__(
        self,
        *,
        extensions: tuple[bytes, ...] = (b"PIPELINING", b"8BITMIME"),
        keeps: bool = False,
        script: Script | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.extensions = extensions
        self.keeps = keeps
        self.script = script
        self.tls = tls
        self.received: Counter[str] = Counter()
        self.mails: list[tuple[str, str, bytes]] = []
        self.commands: list[bytes] = []
        self.connections = 0
        self.talks: set[Talk] = set()
        self.port = 0
        self._server: asyncio.Server | None = None

    async def open(self, port: int = 0, *, implicit_tls: bool = False) -> None:
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Talk(self), "127.0.0.1", port, ssl=self.tls if implicit_tls else None
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for talk in list(self.talks):
            talk.transport.abort()
        await self._server.wait_closed()
        await asyncio.sleep(0)


class Talk(asyncio.Protocol):
    """One connection: commands may come many at a time, answers go out together."""

    transport: asyncio.Transport

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.buffer = b""
        self.sender = ""
        self.recipients: list[str] = []
        self.is_data = False
        self.is_mute = False
        self.is_securing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.sink.connections += 1
        self.sink.talks.add(self)
        self._say([self._answer(b"CONNECT", b"220 sink ready\r\n")])

    def connection_lost(self, error: Exception | None) -> None:
        self.sink.talks.discard(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.is_securing:
            self._work()

    def _work(self) -> None:
        answers: list[bytes] = []
        while not self.is_mute and (taken := self._take()) is not None:
            answers.append(taken)
            self.is_mute = taken == SILENCE
            if taken in (BYE, GO_AHEAD) or taken.startswith((b"221", b"421")):
                break
        self._say(answers)

    def _say(self, answers: list[bytes]) -> None:
        if answers and answers[-1] == GO_AHEAD:
            # Kept, for a task that nobody holds may be gone before it is done.
            self.securing = asyncio.ensure_future(self._secure(answers))
            return
        if said := b"".join(answers).replace(SILENCE, b""):
            self.transport.write(said)
        if answers and (answers[-1] == BYE or answers[-1].startswith((b"221", b"421"))):
            self.transport.close()

    async def _secure(self, answers: list[bytes]) -> None:
        assert self.sink.tls is not None
        self.is_securing = True
        # Nothing may come in between, or the client's first words would be read as if in the clear.
        self.transport.write(b"".join(answers))
        try:
            transport = await asyncio.get_running_loop().start_tls(
                self.transport, self, self.sink.tls, server_side=True
            )
        except OSError:  # the client trusts nobody here
            return
        if transport is not None:
            self.transport = transport
            self.is_securing = False
            self._work()

    def _answer(self, line: bytes, usual: bytes) -> bytes:
        scripted = self.sink.script(self, line) if self.sink.script else None
        return usual if scripted is None else scripted

    def _take(self) -> bytes | None:
        """Return the answer to the next command or mail that is wholly there."""
        if self.is_data:
            # An empty mail is a dot on the first line.
            whole = b"\r\n" + self.buffer
            words, end, rest = whole.partition(b"\r\n.\r\n")
            if not end:
                return None
            self.buffer, self.is_data = rest, False
            return self._end_of_words(words[2:] + b"\r\n")
        line, end, rest = self.buffer.partition(b"\r\n")
        if not end:
            return None
        self.buffer = rest
        self.sink.commands.append(line)
        answer = self._answer(line, self._usual(line))
        verb, address = line[:4].upper(), line.partition(b"<")[2].partition(b">")[0].decode()
        if answer.startswith(b"354"):
            self.is_data = True
        elif verb == b"MAIL":
            self.sender, self.recipients = address if answer.startswith(b"2") else "", []
        elif verb == b"RCPT" and answer.startswith(b"2"):
            self.recipients.append(address)
        return answer

    def _usual(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"MAIL":
            return b"503 5.5.1 one at a time\r\n" if self.sender else b"250 2.1.0 ok\r\n"
        if verb == b"RCPT":
            return b"250 2.1.5 ok\r\n" if self.sender else b"503 5.5.1 whose mail?\r\n"
        if verb == b"DATA":
            return b"354 go on\r\n" if self.recipients else b"554 5.5.1 no recipients\r\n"
        if verb == b"EHLO":
            lines = [b"sink", *self.sink.extensions]
            return b"".join(b"250-%b\r\n" % line for line in lines[:-1]) + b"250 %b\r\n" % lines[-1]
        if verb == b"QUIT":
            return b"221 bye\r\n"
        if verb == b"RSET":
            self.sender, self.recipients = "", []
            return b"250 ok\r\n"
        if verb == b"STAR":
            return GO_AHEAD
        return b"502 5.5.2 what?\r\n"

    def _end_of_words(self, words: bytes) -> bytes:
        answer = self._answer(b".", b"250 2.0.0 taken\r\n")
        if answer.startswith(b"2"):
            self.sink.received.update(self.recipients)
            if self.sink.keeps:
                for recipient in self.recipients:
                    self.sink.mails.append((self.sender, recipient, words.replace(b"\r\n..", b"\r\n.")))
        self.sender, self.recipients = "", []
        return answer


async def serve(port: int) -> None:
    sink = Sink()
    await sink.open(port)
    print(sink.port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(json.dumps(sink.received), flush=True)
    await sink.close()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
