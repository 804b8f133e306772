"""Run the real Kannel, bearerbox and smsbox, in a folder and on ports of their own.

It is bound to an SMSC over SMPP (tests/smsc.py), or waits for its own fake one. It needs no root and
leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from tests.needs import need

CONFIGURATION = """
group = core
admin-port = {admin}
admin-password = admin
admin-interface = 127.0.0.1
smsbox-port = {box}
smsbox-interface = 127.0.0.1
log-file = "{folder}/bearerbox.log"
log-level = 1
dlr-storage = internal
sms-resend-freq = 1
sms-resend-retry = 3
{smsc}
group = smsbox
smsbox-id = orderbell
bearerbox-host = 127.0.0.1
sendsms-port = {send}
sendsms-interface = 127.0.0.1
log-file = "{folder}/smsbox.log"
log-level = 1
mo-recode = true
http-request-retry = 10
http-queue-delay = 1

group = sendsms-user
username = orderbell
password = secret
max-messages = 10
concatenation = true

# Without it no reply comes to a smsbox that has an id.
group = smsbox-route
smsbox-id = orderbell
smsc-id = smsc

group = sms-service
keyword = default
catch-all = true
max-messages = 0
omit-empty = true
get-url = "{replies}?from=%p&to=%P&text=%b&charset=%C&coding=%c&ts=%T&id=%I&smsc=%i"
"""

FAKE = """
group = smsc
smsc = fake
smsc-id = smsc
port = {port}
connect-allow-ip = 127.0.0.1
"""
# No msg-id-type: with one, names of texts that are no numbers all become 0.
SMPP = """
group = smsc
smsc = smpp
smsc-id = smsc
host = 127.0.0.1
port = {port}
transceiver-mode = true
smsc-username = orderbell
smsc-password = secret
system-type = ""
reconnect-delay = 1
enquire-link-interval = 1
"""


@dataclass
class Kannel:
    """A Kannel that runs: send to `endpoint`; with the fake SMSC read what it took with `texts`."""

    folder: Path
    ports: Mapping[str, int]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.ports['send']}/cgi-bin/sendsms"

    def texts(self) -> list[str]:
        """Return the wide (UCS-2) texts that the fake SMSC took, read from what it prints."""
        printed = (self.folder / "phone.log").read_text("utf-8", "replace")
        return [
            unquote_to_bytes(data.replace("+", " ")).decode("utf-16-be")
            for data in re.findall(r"Got message \d+: <\S+ \S+ ucs-2 (.*)>$", printed, re.MULTILINE)
        ]

    def start(self, *command: str, log: str) -> None:
        with (self.folder / log).open("wb") as output:
            self.running.append(
                subprocess.Popen(
                    command,
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            )

    def phone(self, number: str, *, says: str, to: str) -> None:
        """Connect the fake SMSC: it takes every text, and sends one that a phone has written."""
        written = quote(says.encode("utf-16-be"), safe="")
        self.start(
            need("fakesmsc"), "-H", "127.0.0.1", "-r", str(self.ports["smsc"]),
            "-m", "1", "-i", "0.1", f"{number} {to} ucs2 {written}",
            log="phone.log",
        )  # fmt: skip

    def stop(self) -> None:
        # Told politely, bearerbox waits up to 30 s for the last word of an SMSC.
        for process in self.running:
            process.kill()
            process.wait()


@contextmanager
def kannel(folder: Path, *, replies: str, smsc: int | None = None) -> Iterator[Kannel]:
    """Run Kannel while the block runs; replies of phones are reported to the URL `replies`.

    `smsc` is the port of an SMSC over SMPP; without it the fake one is waited for (`Kannel.phone`).
    """
    bearerbox, smsbox = need("bearerbox"), need("smsbox")
    ports = dict(zip(("admin", "box", "smsc", "send"), _free_ports(4), strict=True))
    group = SMPP.format(port=smsc) if smsc else FAKE.format(port=ports["smsc"])
    settings = {**ports, "smsc": group, "folder": folder, "replies": replies}
    configuration = folder / "kannel.conf"
    configuration.write_text(CONFIGURATION.format(**settings))
    running = Kannel(folder, ports)
    try:
        running.start(bearerbox, "-v", "4", str(configuration), log="bearerbox.out")
        for name in ("box",) if smsc else ("box", "smsc"):
            _wait_for(ports[name], running)
        running.start(smsbox, "-v", "4", str(configuration), log="smsbox.out")
        _wait_for(ports["send"], running)
        yield running
    finally:
        running.stop()


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]


def _wait_for(port: int, running: Kannel, *, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    logs = "\n".join(path.read_text("utf-8", "replace")[-2000:] for path in running.folder.glob("*.o*"))
    raise TimeoutError(f"Kannel did not open port {port}:\n{logs}")
