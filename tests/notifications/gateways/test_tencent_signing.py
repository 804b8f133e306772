"""The vendor's two printed examples, and his own SDK as an oracle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models
from tencentcloud.sms.v20210111.sms_client import SmsClient

from notifications.gateways.base import Sent, Text
from notifications.gateways.reviewing import SignatureDraft, TemplateDraft
from notifications.gateways.tencent import Tencent
from notifications.gateways.tencent_reviewing import TencentReviewing
from notifications.gateways.tencent_signing import authorization, call
from tests.notifications.gateways import given as g

WHEN = datetime.fromtimestamp(1551113065, UTC)
HEADERS = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"}
BODY = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'


def test_it_makes_the_signature_that_the_vendor_prints() -> None:
    key = ("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")

    assert authorization(HEADERS, BODY, service="cvm", key=key, now=WHEN) == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


def test_it_makes_the_signature_that_the_vendor_prints_with_the_action_signed() -> None:
    headers = HEADERS | {"x-tc-action": "describeinstances"}

    made = authorization(headers, BODY, service="cvm", key=("id", "*" * 32), now=WHEN)

    assert "SignedHeaders=content-type;host;x-tc-action, " in made
    assert made.endswith("Signature=10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f")


def test_the_secret_is_nowhere_in_the_request() -> None:
    account = g.account("tencent", secret_id="id", secret_key="s3cret")

    request = call("SendSms", {}, account, now=g.NOW)

    assert "s3cret" not in request.url + str(request.headers) + str(request.body)


def test_region_and_endpoint_are_the_vendors_unless_told_otherwise() -> None:
    usual = call("SendSms", {}, g.account("tencent"), now=g.NOW)
    other = call("SendSms", {}, g.account("tencent", endpoint="http://127.0.0.1:9", region="x"), now=g.NOW)

    assert (usual.url, usual.headers["x-tc-region"]) == ("https://sms.tencentcloudapi.com/", "ap-guangzhou")
    assert (other.url, other.headers["x-tc-region"]) == ("http://127.0.0.1:9/", "x")
    assert other.headers["host"] == "127.0.0.1:9"


class Capture(HTTPServer):
    """A loopback server that answers every request with nothing, and remembers the last one."""

    headers: dict[str, str]
    body: bytes

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)


class Answer(BaseHTTPRequestHandler):
    server: Capture

    def do_POST(self) -> None:
        self.server.headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.body = self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"Response":{"RequestId":"r"}}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def capture() -> Iterator[Capture]:
    with Capture() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


MAINLAND = [
    Text(f"r{n}", f"+861380013800{n}", "", "云栖", "1110", {"2": "B", "1": "京A"}, "", "b1") for n in (0, 1)
]
ABROAD = [Text("r1", "+85261234567", "", "", "1111")]
SENT = Sent("r1", "+8613800138000", "", g.NOW)
SIGNATURE = SignatureDraft("云栖", fields={"ProofImage": "aGk=", "QualificationId": "7"})
TEMPLATE = TemplateDraft("shipped", "订单{1}已发货", "transactional", is_international=True)
CALLS = {
    "a batch": ("SendSms", lambda a, now: Tencent().build(MAINLAND, a, now=now)),
    "a text abroad": ("SendSms", lambda a, now: Tencent().build(ABROAD, a, now=now)),
    "a question": ("PullSmsSendStatusByPhoneNumber", lambda a, now: Tencent().build_ask(SENT, a, now=now)),
    "the balance": ("SmsPackagesStatistics", lambda a, now: Tencent().build_balance(a, now=now)),
    "a signature": (
        "AddSmsSign",
        lambda a, now: TencentReviewing().submit_signature(SIGNATURE, a, now=now),
    ),
    "a template": ("AddSmsTemplate", lambda a, now: TencentReviewing().submit_template(TEMPLATE, a, now=now)),
    "a signature's state": (
        "DescribeSmsSignList",
        lambda a, now: TencentReviewing().look_at_signature("云栖", "1110", a, now=now),
    ),
    "a template's state": (
        "DescribeSmsTemplateList",
        lambda a, now: TencentReviewing().look_at_template("1110", a, now=now),
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_vendors_sdk_sends_the_same_request(name: str, capture: Capture) -> None:
    host = f"127.0.0.1:{capture.server_port}"
    key = {"secret_id": "AKID", "secret_key": "s3cret"}
    account = g.account("tencent", endpoint=f"http://{host}", sender="Shop", sdk_app_id="14", **key)
    action, build = CALLS[name]
    ours = build(account, g.NOW)

    send_by_sdk(action, ours.body, host)

    for header in ("host", "content-type", "x-tc-action", "x-tc-region", "x-tc-version"):
        assert capture.headers[header] == ours.headers[header]
    assert json.loads(capture.body) == json.loads(ours.body)
    when = datetime.fromtimestamp(int(capture.headers["x-tc-timestamp"]), UTC)
    signed = {name: capture.headers[name] for name in ("content-type", "host")}
    assert capture.headers["authorization"] == authorization(
        signed, capture.body, service="sms", key=("AKID", "s3cret"), now=when
    )


def send_by_sdk(action: str, body: bytes, host: str) -> None:
    """Send the same fields by the SDK. It warns of a field that it does not know, which fails the test."""
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=host))
    client = SmsClient(Credential("AKID", "s3cret"), "ap-guangzhou", profile)
    request = getattr(models, f"{action}Request")()
    request.from_json_string(body.decode())
    getattr(client, action)(request)
