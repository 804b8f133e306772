"""A gateway that misbehaves, in a process of its own.

    python -m tests.stub_gateway <log> <receipts url> [seed]

It speaks Aliyun's wire (SendSms, QuerySendDetails), takes or refuses each text as it likes, hangs,
drops the connection before or after taking it, answers 5xx, and reports late, twice and out of
order. It writes down every text that it *took* with our reference; that list is the truth which the
chaos test holds the database against. It prints its port.

A GET of /moods/<mood> makes it fail in one way at a time (MOODS), and in no other.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from pathlib import Path

import aiohttp
from aiohttp import web

HANG = 6.0
# What becomes of a request, and how often. The rest is taken and answered as it should be.
BEHAVIOURS = {
    "hang": 0.02,
    "take and hang": 0.03,
    "drop": 0.03,
    "take and drop": 0.05,
    "answer 503": 0.04,
    "take and answer 502": 0.01,
    "busy": 0.05,
}
# What each mood makes of every request.
MOODS: dict[str, tuple[str, ...]] = {
    "well": ("take",),
    "refuses": ("no money",),
    "busy": ("busy",),
    "5xx": ("answer 503",),
    "hangs": ("hang",),
    "mute": ("take",),
    "late": ("take",),
}
LATE = 8.0


class Stub:
    def __init__(self, log: Path, receipts: str, seed: int) -> None:
        self.log = log.open("a", buffering=1)
        self.receipts = receipts
        self.random = random.Random(seed)  # misbehaviour, not secrets
        self.mood = ""
        self.taken: dict[str, list[tuple[str, str]]] = {}
        self.session: aiohttp.ClientSession | None = None
        self.reports: set[asyncio.Task[None]] = set()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("x-acs-action") == "QuerySendDetails":
            return self.details(request)
        if request.headers.get("x-acs-action") not in {"SendSms", "SendBatchSms"}:
            return web.json_response({"Code": "InvalidAction.NotFound"}, status=404)
        behaviour = self.choose()
        reference = request.query["OutId"]
        if request.headers.get("x-acs-action") == "SendBatchSms":
            form = await request.post()
            phones = json.loads(str(form["PhoneNumberJson"]))
        else:
            phones = [request.query["PhoneNumbers"]]
        if behaviour in {"take", "take and hang", "take and drop", "take and answer 502"}:
            for phone in phones:
                self.take(phone, reference)
        if behaviour in {"hang", "take and hang"}:
            await asyncio.sleep(HANG)
        if behaviour in {"drop", "take and drop", "hang", "take and hang"}:
            assert request.transport is not None
            request.transport.abort()
            return web.Response(status=500)
        if behaviour == "answer 503":
            return web.Response(status=503, text="Service Unavailable")
        if behaviour == "take and answer 502":
            return web.Response(status=502, text="Bad Gateway")
        if behaviour == "no money":
            return web.json_response(
                {"Code": "isv.AMOUNT_NOT_ENOUGH", "Message": "no money", "RequestId": "r"}
            )
        if behaviour == "busy":
            return web.json_response(
                {"Code": "isp.SYSTEM_ERROR", "Message": "system error", "RequestId": "r"}
            )
        return web.json_response({"Code": "OK", "Message": "OK", "BizId": f"{reference}^0", "RequestId": "r"})

    async def change(self, request: web.Request) -> web.Response:
        self.mood = request.match_info["mood"]
        return web.Response(text=self.mood)

    def choose(self) -> str:
        if self.mood:
            return self.random.choice(MOODS[self.mood])
        dice = self.random.random()
        for behaviour, share in BEHAVIOURS.items():
            if dice < share:
                return behaviour
            dice -= share
        return "take"

    def take(self, phone: str, reference: str) -> None:
        self.log.write(f"{reference}:{phone}\n")
        self.taken.setdefault(phone, []).append((reference, "3"))
        if self.mood == "mute":
            return
        for _ in range(2 if self.random.random() < 0.2 else 1):
            delay = 0.0 if self.random.random() < 0.1 else self.random.uniform(0.05, 3.0)
            delay = LATE if self.mood == "late" else min(delay, 0.5) if self.mood else delay
            task = asyncio.get_running_loop().create_task(self.report(phone, reference, delay))
            self.reports.add(task)
            task.add_done_callback(self.reports.discard)

    async def report(self, phone: str, reference: str, delay: float) -> None:
        """Tell that a text was delivered, again and again until somebody says they heard."""
        fact = {
            "phone_number": phone,
            "success": True,
            "err_code": "DELIVERED",
            "err_msg": "",
            "sms_size": "1",
            "biz_id": f"{reference}^0",
            "out_id": reference,
            "send_time": "2026-11-20 10:00:00",
            "report_time": "2026-11-20 10:00:01",
        }
        assert self.session is not None
        for _ in range(60):
            await asyncio.sleep(delay)
            try:
                async with self.session.post(self.receipts, json=[fact]) as response:
                    if response.status == 200:
                        return
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            delay = 1.0

    def details(self, request: web.Request) -> web.Response:
        rows = [
            {
                "PhoneNum": request.query["PhoneNumber"],
                "SendStatus": int(status),
                "OutId": reference,
                "ErrCode": "DELIVERED",
            }
            for reference, status in self.taken.get(request.query["PhoneNumber"], [])
        ]
        return web.json_response(
            {"Code": "OK", "TotalCount": str(len(rows)), "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows}}
        )


async def main() -> None:
    log, receipts, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1
    stub = Stub(log, receipts, seed)
    application = web.Application()
    application.router.add_get("/moods/{mood}", stub.change)
    application.router.add_route("*", "/", stub.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sys.stdout.write(json.dumps({"port": runner.addresses[0][1]}) + "\n")
    sys.stdout.flush()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as stub.session:
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
