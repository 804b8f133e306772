"""Mail by SMTP, over a few kept connections, several mails a round trip where the server allows it.

How far a mail got decides what is said of it. Until its words have been handed over it was certainly
not taken; from then on only the server's answer tells, and without one the outcome is unknown.
"""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from django.utils import timezone as clock

from notifications.channels.mime import Mail, encode
from notifications.channels.smtp_outcomes import Stage, is_closing, is_go, judge, refusal
from notifications.channels.smtp_wire import Broken, NotOpened, Reply, Server, Wire, open_wire
from notifications.outcomes import ErrorClass, Result, refused, unknown

CONNECTIONS = 4
# Firewalls forget connections that say nothing; a mail server would keep one for minutes.
IDLE_SECONDS = 30.0
ANSWER_SECONDS = 20.0
# A batch that takes longer stops where it is: its messages' claims are about to run out.
BATCH_SECONDS = 40.0


class _Pool:
    def __init__(self, connections: int) -> None:
        self.turns = asyncio.Semaphore(connections)
        self._idle: list[tuple[float, Wire]] = []

    def take(self) -> Wire | None:
        """Return a kept connection that looks sound, the last used first."""
        now = asyncio.get_running_loop().time()
        while self._idle:
            since, wire = self._idle.pop()
            if wire.is_quiet and now - since < IDLE_SECONDS:
                return wire
            wire.quit()
        return None

    def keep(self, wire: Wire) -> None:
        self._idle.append((asyncio.get_running_loop().time(), wire))

    def close(self) -> None:
        while self._idle:
            self._idle.pop()[1].quit()


class Smtp:
    """The way out by one mail server. Connections are kept for each event loop by itself."""

    batch_size = 25

    def __init__(
        self,
        server: Server,
        *,
        connections: int = CONNECTIONS,
        answer_seconds: float = ANSWER_SECONDS,
        batch_seconds: float = BATCH_SECONDS,
    ) -> None:
        self._server = server
        self._connections = connections
        self._answer_seconds = answer_seconds
        self._batch_seconds = batch_seconds
        self._pools: WeakKeyDictionary[AbstractEventLoop, _Pool] = WeakKeyDictionary()

    async def send(self, mails: Sequence[Mail]) -> list[Result]:
        loop = asyncio.get_running_loop()
        if loop not in self._pools:
            self._pools[loop] = _Pool(self._connections)
        pool = self._pools[loop]
        deadline = loop.time() + self._batch_seconds
        try:
            async with asyncio.timeout_at(deadline):
                await pool.turns.acquire()
        except TimeoutError:
            return [_late("every connection to the mail server is busy")] * len(mails)
        try:
            return await self._send(mails, pool, deadline)
        finally:
            pool.turns.release()

    async def close(self) -> None:
        pool = self._pools.pop(asyncio.get_running_loop(), None)
        if pool is not None:
            pool.close()
            await asyncio.sleep(0)  # lets the connections say goodbye

    async def _send(self, mails: Sequence[Mail], pool: _Pool, deadline: float) -> list[Result]:
        """Send over a kept connection or a new one; when one breaks, go on over another.

        A connection that broke before the server had answered a mail's first command says nothing of
        that mail, so it is tried once more; a new connection that settles nothing ends it.
        """
        results: list[Result] = []
        is_new = False
        while len(results) < len(mails):
            settled = len(results)
            kept = None if is_new else pool.take()
            try:
                wire = kept or await open_wire(self._server, until=self._until(deadline))
            except NotOpened as fault:
                return results + [fault.result] * (len(mails) - len(results))
            is_new = kept is None
            is_sound = False
            try:
                await self._converse(wire, mails, results, deadline)
                is_sound = True
            except Broken as fault:
                if is_new and len(results) == settled:
                    return results + [_late(str(fault))] * (len(mails) - len(results))
                is_new = True
            finally:
                if is_sound:
                    pool.keep(wire)
                else:
                    wire.abort()
            if asyncio.get_running_loop().time() >= deadline:
                return results + [_late("the mail server is slow")] * (len(mails) - len(results))
        return results

    def _until(self, deadline: float) -> float:
        return min(deadline, asyncio.get_running_loop().time() + self._answer_seconds)

    async def _converse(
        self, wire: Wire, mails: Sequence[Mail], results: list[Result], deadline: float
    ) -> None:
        """Give mails to the server one after the other, adding to `results`. Raises `Broken`.

        With PIPELINING a mail's envelope travels behind the words of the one before it.
        """
        is_ahead = False
        while len(results) < len(mails):
            if not is_ahead and asyncio.get_running_loop().time() >= deadline:
                return
            mail = mails[len(results)]
            replies = await self._envelope(wire, mail, results, deadline, is_ahead=is_ahead)
            is_ahead = False
            stage, reply = next(
                ((stage, reply) for stage, reply in replies.items() if not is_go(stage, reply)),
                (Stage.DATA, None),
            )
            if reply is not None:
                results.append(refusal(stage, reply))
                await self._forget(wire, replies, deadline)
                continue
            words = encode(mail, at=clock.now()).replace(b"\r\n.", b"\r\n..") + b".\r\n"
            if wire.is_lost:
                results.append(_late("the mail server closed the connection"))
                raise Broken
            is_ahead = wire.can_pipeline and len(results) + 1 < len(mails)
            wire.write(words + (b"".join(_commands(mails[len(results) + 1])) if is_ahead else b""))
            try:
                answer = await wire.reply(until=deadline)
            except Broken as fault:
                results.append(unknown(str(fault)))
                raise
            results.append(judge(answer, reference=mail.reference))
            _leave_if_closing(answer)

    async def _envelope(
        self, wire: Wire, mail: Mail, results: list[Result], deadline: float, *, is_ahead: bool
    ) -> dict[Stage, Reply]:
        """Return what the server answers to a mail's envelope, as far as it was put forward."""
        replies: dict[Stage, Reply] = {}
        commands = _commands(mail)
        if wire.can_pipeline and not is_ahead:
            wire.write(b"".join(commands))
        try:
            for stage, command in zip(Stage, commands, strict=True):
                if not wire.can_pipeline:
                    wire.write(command)
                reply = await wire.reply(until=self._until(deadline))
                if stage is Stage.MAIL:
                    _leave_if_closing(reply)
                replies[stage] = reply
                if not wire.can_pipeline and not is_go(stage, reply):
                    break
        except Broken as fault:
            if replies:
                results.append(_late(str(fault)))
            raise
        return replies

    async def _forget(self, wire: Wire, replies: dict[Stage, Reply], deadline: float) -> None:
        """Bring the server back to where the next mail can begin."""
        for reply in replies.values():
            _leave_if_closing(reply)
        until = self._until(deadline)
        # A server may ask for the words of a mail whose only recipient it refused: it gets none (RFC 2920).
        is_waiting = Stage.DATA in replies and is_go(Stage.DATA, replies[Stage.DATA])
        if is_waiting and is_go(Stage.RCPT, replies[Stage.RCPT]):
            raise Broken("the mail server wants the words of a mail that it refused")
        wire.write(b".\r\nRSET\r\n" if is_waiting else b"RSET\r\n")
        if is_waiting:
            await wire.reply(until=until)
        if (await wire.reply(until=until)).code != 250:
            raise Broken("the mail server did not take RSET")


def _commands(mail: Mail) -> tuple[bytes, bytes, bytes]:
    return f"MAIL FROM:<{mail.sender}>\r\n".encode(), f"RCPT TO:<{mail.recipient}>\r\n".encode(), b"DATA\r\n"


def _leave_if_closing(reply: Reply) -> None:
    if is_closing(reply):
        raise Broken(reply.text)


def _late(text: str) -> Result:
    return refused(ErrorClass.TRANSIENT, text=text)
