"""A vendor who reviews: Aliyun's wire on a real socket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from merchants.models import Merchant
from notifications.models import GatewayAccount, VendorSignature, VendorTemplate
from tests.builders import a_gateway, a_merchant

CARRIER = {"OperatorCode": "mobile", "RegisterStatus": 3}
SIGNATURE_FIELDS = {"QualificationId": "1001"}
TEMPLATE_FIELDS = {"ApplySceneContent": "https://shop.example"}


class Vendor(ThreadingHTTPServer):
    """Takes what is handed in, answers what the test says, and remembers every call."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, dict[str, Any]] = {
            "CreateSmsSign": {"OrderId": "20001", "SignName": "叮单茶铺"},
            "GetSmsSign": {"SignStatus": 0},
            "CreateSmsTemplate": {"TemplateCode": "SMS_7", "OrderId": "20002"},
            "GetSmsTemplate": {"TemplateStatus": "0", "TemplateCode": "SMS_7"},
        }
        # Tencent Cloud's, on the same socket: whose dialect it is, the call's headers say.
        self.answers |= {
            "AddSmsTemplate": {"AddTemplateStatus": {"TemplateId": "1110"}},
            "AddSmsSign": {"AddSignStatus": {"SignId": 5}},
            "DescribeSmsTemplateList": {
                "DescribeTemplateStatusSet": [{"TemplateId": 1110, "StatusCode": 0, "ReviewReply": ""}]
            },
        }
        # Actions that the vendor takes and whose answers are lost on the way back.
        self.loses: set[str] = set()
        self.status = 200
        self.meanwhile: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    @property
    def actions(self) -> list[str]:
        return [action for action, _query in self.calls]


class Talk(BaseHTTPRequestHandler):
    server: Vendor

    def do_POST(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        sent = self.rfile.read(int(self.headers["Content-Length"] or 0))
        is_tencent = "X-TC-Action" in self.headers
        action = self.headers["X-TC-Action" if is_tencent else "x-acs-action"]
        if is_tencent:
            query = json.loads(sent)
        self.server.calls.append((action, query))
        self.server.meanwhile()
        if action in self.server.loses:
            self.close_connection = True
            return
        answer = self.server.answers[action]
        answer = {"Response": answer} if is_tencent else {"Code": "OK", "Message": "OK"} | answer
        body = json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@contextmanager
def a_vendor() -> Iterator[Vendor]:
    with Vendor() as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def an_account(vendor: Vendor, *, merchant: Merchant | None = None, **fields: Any) -> GatewayAccount:
    credentials = {"access_key_id": "id", "access_key_secret": "secret"}
    return a_gateway(
        merchant or a_merchant(language="en"),
        kind="aliyun",
        endpoint=vendor.url,
        credentials=credentials,
        **fields,
    )


def a_tencent_account(vendor: Vendor) -> GatewayAccount:
    credentials = {"secret_id": "id", "secret_key": "secret", "sdk_app_id": "1400"}
    return a_gateway(a_merchant(language="en"), kind="tencent", endpoint=vendor.url, credentials=credentials)


def later(**time: float) -> None:
    """Let so much time pass for everything that waits to be looked at."""
    for model in (VendorSignature, VendorTemplate):
        for row in model.objects.exclude(look_at=None):
            model.objects.filter(pk=row.pk).update(look_at=row.look_at - timedelta(**time))
