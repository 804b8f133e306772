"""The least there is: one process, aiohttp on uvloop, calls made ahead, no database.

`python -m bench.rivals.raw port count` prints calls a second.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import aiohttp
import uvloop
from yarl import URL

AT_ONCE = 64


def urls(port: str, count: int) -> Iterator[URL]:
    words = (
        "【Bench】林小雨，您的订单0123456789ab已收到付款¥268.00，"
        "我们正在为您备货，有进展会马上通知您。感谢您的惠顾！"
    )
    for number in range(count):
        query = {
            "username": "bench",
            "password": "bench",
            "to": f"+86138{number:08d}",
            "text": words,
            "charset": "UTF-8",
            "coding": "2",
            "dlr-mask": "31",
            "dlr-url": f"http://127.0.0.1:8000/hooks/kannel/{'x' * 43}/?ref={number:032d}&type=%d&fid=%F",
        }
        address = f"http://127.0.0.1:{port}/cgi-bin/sendsms?{urlencode(query, quote_via=quote)}"
        yield URL(address, encoded=True)


async def call(session: aiohttp.ClientSession, calls: Iterator[URL]) -> None:
    for url in calls:
        async with session.get(url) as answer:
            await answer.read()


async def main(port: str, count: str) -> None:
    calls = iter(list(urls(port, int(count))))
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        began = time.perf_counter()
        await asyncio.gather(*(call(session, calls) for _ in range(AT_ONCE)))
        took = time.perf_counter() - began
    sys.stdout.write(f"{int(count) / took}\n")


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2]))
