"""The grown size: PostgreSQL, Redis, and the workers of two hosts, with real processes and sockets."""

from __future__ import annotations

import json
import time
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.chaos import Scene, kill
from tests.postgres import postgres
from tests.redis import redis


def _post(scene: Scene, key: str, number: str) -> None:
    body = {
        "number": number,
        "currency": "CNY",
        "total": "268.00",
        "status": "paid",
        "customer": {"external_id": number, "name": "林小雨", "phone": "13800138000", "country": "CN"},
        "items": [{"name": "明前龙井", "quantity": 1, "unit_price": "268.00"}],
    }
    request = Request(
        f"http://127.0.0.1:{scene.port}/api/v1/orders/",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=20) as response:
        assert response.status == 201


def _texts(scene: Scene) -> list[str]:
    with urlopen(
        f"http://127.0.0.1:{scene.port}/sandbox/messages.json?address=%2B8613800138000", timeout=20
    ) as page:
        return [message["text"] for message in json.loads(page.read())["messages"]]


def _until_told(scene: Scene, numbers: list[str]) -> list[str]:
    deadline = time.monotonic() + 60
    while True:
        texts = [text for text in _texts(scene) if any(number in text for number in numbers)]
        if len(texts) >= len(numbers) or time.monotonic() > deadline:
            return texts
        time.sleep(0.2)


def _until_up(scene: Scene) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{scene.port}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the web server did not come up")


@pytest.mark.timeout(240)
def test_it_is_the_same_system_on_postgresql_and_redis_with_two_hosts(tmp_path: Path) -> None:
    with postgres() as server, redis() as queue:
        scene = Scene(tmp_path, url=server.url, database=None, seed=1)
        scene.environment |= {"REDIS_URL": queue.url, "SANDBOX_PAGE": "1"}
        try:
            scene.ask("manage.py", "migrate", "--verbosity=0")
            bootstrap = ("bootstrap", "--merchant", "Tea", "--email", "owner@tea.example", "--json")
            shop = json.loads(scene.ask("manage.py", *bootstrap))
            scene.start_web()
            scene.start_workers()
            scene.start_workers()
            _until_up(scene)
            both = [f"TWO-{number}" for number in range(20)]
            for number in both:
                _post(scene, shop["api_key"], number)
            assert len(_until_told(scene, both)) == len(both)

            lost = scene.workers.pop()
            kill(lost.pid)
            lost.wait()
            alone = [f"ONE-{number}" for number in range(5)]
            for number in alone:
                _post(scene, shop["api_key"], number)
            assert len(_until_told(scene, alone)) == len(alone)
            assert len(_until_told(scene, both)) == len(both)

            queue.crash()
            time.sleep(2)
            queue.start()
            after = [f"BACK-{number}" for number in range(5)]
            for number in after:
                _post(scene, shop["api_key"], number)
            assert len(_until_told(scene, after)) == len(after)
        finally:
            scene.end()
