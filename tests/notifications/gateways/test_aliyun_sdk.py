"""The vendor's own SDK as a witness: pointed at a server here, it sends what we send and signs as we sign."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from alibabacloud_dysmsapi20170525 import models as sdk
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params
from darabonba.request import DaraRequest
from darabonba.runtime import RuntimeOptions

from notifications.gateways.aliyun import Aliyun
from notifications.gateways.aliyun_reviewing import AliyunReviewing
from notifications.gateways.aliyun_signing import authorization, encode
from notifications.gateways.base import Account, Sent, Text
from notifications.gateways.reviewing import SignatureDraft, TemplateDraft
from notifications.outbound import Request
from tests.notifications.gateways import given as g

KEY = ("ak", "s3cret/+")
PARAMS = {"no": "A 1+~*/", "name": "张三"}
PARAMS_JSON = '{"no":"A 1+~*/","name":"张三"}'
RULE = '{"no":"other_number2"}'


@dataclass
class Server:
    """Remembers what it was sent, and says OK."""

    port: int = 0
    sent: list[Request] = field(default_factory=list)

    def client(self) -> Client:
        return Client(
            Config(
                access_key_id=KEY[0],
                access_key_secret=KEY[1],
                endpoint=f"127.0.0.1:{self.port}",
                protocol="HTTP",
            )
        )

    def account(self) -> Account:
        return g.account(
            "aliyun",
            endpoint=f"http://127.0.0.1:{self.port}",
            access_key_id=KEY[0],
            access_key_secret=KEY[1],
        )


@pytest.fixture
def server() -> Iterator[Server]:
    known = Server()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            known.sent.append(Request("POST", self.path, headers, body))
            answer = json.dumps({"Code": "OK", "Message": "OK", "RequestId": "R"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    listening = HTTPServer(("127.0.0.1", 0), Answer)
    known.port = listening.server_port
    thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield known
    listening.shutdown()
    thread.join()
    listening.server_close()


def text(**fields: Any) -> Text:
    return g.text(**({"signature": "云栖", "template_code": "SMS_1", "params": PARAMS} | fields))


def one_text(client: Client) -> None:
    client.send_sms(
        sdk.SendSmsRequest(
            phone_numbers="13800138000",
            sign_name="云栖",
            template_code="SMS_1",
            template_param=PARAMS_JSON,
            out_id="r1",
        )
    )


def our_text(account: Account) -> Request:
    return Aliyun().build([text()], account, now=g.NOW)


def batch(client: Client) -> None:
    client.send_batch_sms(
        sdk.SendBatchSmsRequest(
            phone_number_json='["13800138000","13900139000"]',
            sign_name_json='["云栖","云集"]',
            template_param_json=f"[{PARAMS_JSON},{PARAMS_JSON}]",
            template_code="SMS_1",
            out_id="r1",
        )
    )


def our_batch(account: Account) -> Request:
    other = text(reference="r2", phone="+8613900139000", signature="云集")
    (texts,) = Aliyun().batches([text(), other])
    return Aliyun().build(texts, account, now=g.NOW)


def question(client: Client) -> None:
    client.query_send_details(
        sdk.QuerySendDetailsRequest(
            phone_number="85261234567", send_date="20261122", page_size=50, current_page=1
        )
    )


def our_question(account: Account) -> Request:
    return Aliyun().build_ask(Sent("r1", "+85261234567", "", g.NOW), account, now=g.NOW)


def balance(client: Client) -> None:
    params = Params(
        action="QueryAccountBalance",
        version="2017-12-14",
        protocol="HTTPS",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    client.call_api(params, OpenApiRequest(), RuntimeOptions())


def our_balance(account: Account) -> Request:
    return Aliyun().build_balance(account, now=g.NOW)


def signature(client: Client) -> None:
    client.create_sms_sign(
        sdk.CreateSmsSignRequest(
            sign_name="云栖", sign_source=0, sign_type=1, qualification_id=2004393, remark="网店 发货"
        )
    )


def our_signature(account: Account) -> Request:
    fields = {"SignSource": "0", "QualificationId": "2004393", "Remark": "网店 发货"}
    return AliyunReviewing().submit_signature(SignatureDraft("云栖", fields=fields), account, now=g.NOW)


def template(client: Client) -> None:
    client.create_sms_template(
        sdk.CreateSmsTemplateRequest(
            template_name="发货",
            template_content="订单${no}已发货。",
            template_type=1,
            related_sign_name="云栖",
            template_rule=RULE,
            apply_scene_content="https://shop.example",
            more_data=["12/a.png", "12/b.png"],
        )
    )


def our_template(account: Account) -> Request:
    draft = TemplateDraft(
        "发货",
        "订单${no}已发货。",
        "transactional",
        signature="云栖",
        variables={"no": "order.number"},
        fields={"ApplySceneContent": "https://shop.example", "MoreData": "12/a.png 12/b.png"},
    )
    return AliyunReviewing().submit_template(draft, account, now=g.NOW)


def look_at_signature(client: Client) -> None:
    client.get_sms_sign(sdk.GetSmsSignRequest(sign_name="云栖"))


def our_look_at_signature(account: Account) -> Request:
    return AliyunReviewing().look_at_signature("云栖", "1", account, now=g.NOW)


def look_at_template(client: Client) -> None:
    client.get_sms_template(sdk.GetSmsTemplateRequest(template_code="SMS_1"))


def our_look_at_template(account: Account) -> Request:
    return AliyunReviewing().look_at_template("SMS_1", account, now=g.NOW)


CALLS = [
    pytest.param(theirs, ours, id=theirs.__name__)
    for theirs, ours in (
        (one_text, our_text),
        (batch, our_batch),
        (question, our_question),
        (balance, our_balance),
        (signature, our_signature),
        (template, our_template),
        (look_at_signature, our_look_at_signature),
        (look_at_template, our_look_at_template),
    )
]


def query_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query))


@pytest.mark.parametrize(("theirs", "ours"), CALLS)
def test_we_send_what_the_sdk_sends(
    server: Server, theirs: Callable[[Client], None], ours: Callable[[Account], Request]
) -> None:
    theirs(server.client())

    sent, request = server.sent[0], ours(server.account())

    assert request.method == sent.method
    assert query_of(request) == query_of(sent)
    assert dict(parse_qsl(request.body.decode())) == dict(parse_qsl(sent.body.decode()))
    for name in ("host", "x-acs-action", "x-acs-version", "content-type"):
        assert request.headers.get(name) == sent.headers.get(name)


@pytest.mark.parametrize(("theirs", "ours"), CALLS)
def test_our_signer_makes_the_sdks_signature(
    server: Server, theirs: Callable[[Client], None], ours: Callable[[Account], Request]
) -> None:
    theirs(server.client())

    (sent,) = server.sent
    said = sent.headers["authorization"]
    names = said.split("SignedHeaders=")[1].split(",")[0].split(";")

    assert authorization(encode(query_of(sent)), {name: sent.headers[name] for name in names}, KEY) == said


@pytest.mark.parametrize(("theirs", "ours"), CALLS)
def test_the_sdks_signer_makes_our_signature(
    server: Server, theirs: Callable[[Client], None], ours: Callable[[Account], Request]
) -> None:
    request = ours(server.account())
    copy = DaraRequest()
    copy.method, copy.pathname, copy.query = "POST", "/", query_of(request)
    copy.headers = {name: value for name, value in request.headers.items() if name != "Authorization"}
    digest = request.headers["x-acs-content-sha256"]

    assert request.headers["Authorization"] == Utils.get_authorization(
        copy, "ACS3-HMAC-SHA256", digest, KEY[0], KEY[1]
    )
    assert digest == Utils.hex_encode(Utils.hash(request.body, "ACS3-HMAC-SHA256"))
