"""A carrier's message centre over SMPP 3.4, for tests, with the phones behind it.

What becomes of a text follows from the last two digits of its phone (FATES); all others are delivered.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from threading import Event, Thread
from typing import Any

import smpp34
import smsutil

from bench.processes import free_port

DEFAULT_ALPHABET, UCS2 = 0x00, 0x08
IS_RECEIPT, HAS_HEADER = 0x04, 0x40
INTERNATIONAL, ISDN = 1, 1
OK, BAD_DESTINATION, THROTTLED = 0x00, 0x0B, 0x58
ALWAYS = 1_000


@dataclass(frozen=True)
class Fate:
    """The states that a text is reported in, and how often it is refused with `status` before it is taken."""

    states: tuple[str, ...] = ("DELIVRD/000",)
    status: int = OK
    refusals: int = 0


FATES = {
    "11": Fate(("UNDELIV/001",)),
    "12": Fate(("EXPIRED/002",)),
    "13": Fate(("REJECTD/003",)),
    "14": Fate(("ENROUTE/000", "ACCEPTD/000", "DELIVRD/000")),
    "15": Fate(()),
    "21": Fate(status=BAD_DESTINATION, refusals=ALWAYS),
    "22": Fate(status=THROTTLED, refusals=2),
    "23": Fate(status=THROTTLED, refusals=ALWAYS),
}


@dataclass(frozen=True)
class Part:
    """One short message: its place in the text that it is joined to by `reference`, and its words."""

    reference: int
    place: int
    words: str


@dataclass
class Smsc:
    """A message centre that runs: `tries` counts what was asked of it by phone, refused or not."""

    port: int
    loop: asyncio.AbstractEventLoop
    is_bound: Event = field(default_factory=Event)
    tries: Counter[str] = field(default_factory=Counter)
    taken: defaultdict[str, list[Part]] = field(default_factory=lambda: defaultdict(list))
    _ids: Iterator[int] = field(default_factory=lambda: count(1))
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def texts(self, phone: str) -> list[str]:
        """Return the texts that were taken for a phone, joined from their parts; a part taken twice shows."""
        texts: defaultdict[int, list[Part]] = defaultdict(list)
        for part in self.taken[phone]:
            texts[part.reference].append(part)
        in_order = (sorted(parts, key=lambda part: part.place) for parts in texts.values())
        return ["".join(part.words for part in parts) for parts in in_order]

    def reply(self, phone: str, *, says: str, to: str) -> None:
        """Send what a phone has written, in as many parts as it takes; return when it was taken."""
        self.run(self._reply(phone, says.encode("utf-16-be"), to=to))

    def run(self, act: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(act, self.loop).result(10)

    async def start(self) -> None:
        self.server = smpp34.Server("127.0.0.1", self.port, system_id="smsc")
        await self.server.start()
        self._do(self._serve())

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        # A fault of ours in any of them shows here.
        for outcome in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome
        await self.server.stop()

    def _do(self, act: Coroutine[Any, Any, None]) -> None:
        self._tasks.add(self.loop.create_task(act))

    async def _serve(self) -> None:
        while True:
            came = await self.server.next()
            if isinstance(came, smpp34.Esme):
                self.esme = came
                self.is_bound.set()
            elif isinstance(came, smpp34.SubmitSmEvent):
                self._take(came)

    def _take(self, submitted: smpp34.SubmitSmEvent) -> None:
        phone = f"+{submitted.destination_addr}"
        fate = FATES.get(phone[-2:], Fate())
        self.tries[phone] += 1
        if self.tries[phone] <= fate.refusals:
            submitted.reject(fate.status)
            return
        id = f"m{next(self._ids)}"
        self.taken[phone].append(_read(submitted))
        submitted.accept(id)
        if submitted.registered_delivery & 1:
            self._do(self._report(id, fate.states, phone=phone, to=submitted.source_addr))

    async def _report(self, id: str, states: Sequence[str], *, phone: str, to: str) -> None:
        """Report the states of a text in the words of SMPP 3.4, appendix B."""
        for state in states:
            await asyncio.sleep(0.1)
            at = datetime.now(UTC).strftime("%y%m%d%H%M")
            stat, error = state.split("/")
            words = f"id:{id} sub:001 dlvrd:001 submit date:{at} done date:{at} stat:{stat} err:{error} text:"
            await self._deliver(phone, words.encode(), to=to, esm_class=IS_RECEIPT)

    async def _reply(self, phone: str, words: bytes, *, to: str) -> None:
        if len(words) <= 140:
            await self._deliver(phone, words, to=to, data_coding=UCS2)
            return
        parts = [words[start : start + 134] for start in range(0, len(words), 134)]
        reference = next(self._ids) % 256
        for place, part in enumerate(parts, 1):
            header = bytes([5, 0, 3, reference, len(parts), place])
            await self._deliver(phone, header + part, to=to, data_coding=UCS2, esm_class=HAS_HEADER)

    async def _deliver(
        self, phone: str, message: bytes, *, to: str, esm_class: int = 0, data_coding: int = DEFAULT_ALPHABET
    ) -> None:
        answer = await self.esme.deliver_sm(
            to,
            message,
            source_addr=phone.removeprefix("+"),
            source_addr_ton=INTERNATIONAL,
            source_addr_npi=ISDN,
            esm_class=esm_class,
            data_coding=data_coding,
        )
        assert answer.is_success, f"refused with 0x{answer.command_status:02x}: {message!r}"


_single = count(256)


def _read(submitted: smpp34.SubmitSmEvent) -> Part:
    words, reference, place = submitted.short_message, next(_single), 1
    if submitted.esm_class & HAS_HEADER:
        assert words[:3] == b"\x05\x00\x03", "a header that joins parts"
        reference, _, place = words[3:6]
        words = words[6:]
    if submitted.data_coding == UCS2:
        return Part(reference, place, words.decode("utf-16-be"))
    assert submitted.data_coding == DEFAULT_ALPHABET
    return Part(reference, place, smsutil.decode(words, "gsm0338"))


@contextmanager
def smsc() -> Iterator[Smsc]:
    """Run a message centre, in a thread of its own, while the block runs."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    running = Smsc(free_port(), loop)
    try:
        running.run(running.start())
        yield running
    finally:
        running.run(running.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
