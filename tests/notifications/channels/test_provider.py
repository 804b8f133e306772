"""What a provider, or its silence, says of a mail; through anymail as it is, up to the network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from anymail.backends.postmark import EmailBackend as Postmark
from anymail.backends.test import EmailBackend as Recorder
from anymail.exceptions import AnymailRecipientsRefused, AnymailUnsupportedFeature
from anymail.message import AnymailRecipientStatus
from django.core import mail as django_mail
from pytest_django import Settings

from notifications.channels.mime import Mail
from notifications.channels.provider import Provider
from notifications.outcomes import ErrorClass, Outcome, Result
from tests.notifications.channels.given import a_mail

TEST_BACKEND = "anymail.backends.test.EmailBackend"


def sent(mail: Mail, *, backend: str = TEST_BACKEND) -> Result:
    (result,) = asyncio.run(Provider(backend).send([mail]))
    return result


def backend(kind: type) -> str:
    return f"{kind.__module__}.{kind.__name__}"


class Says(Recorder):  # type: ignore[misc]  # anymail has no types
    """Answers with a status that the subject names."""

    def post_to_esp(self, payload: Any, message: Any) -> Any:
        status = AnymailRecipientStatus(message_id="p-1", status=message.subject)
        return {"recipient_status": dict.fromkeys(payload.recipient_emails, status)}


class Lacks(Recorder):  # type: ignore[misc]
    def post_to_esp(self, payload: Any, message: Any) -> Any:
        raise AnymailUnsupportedFeature("no metadata here")


class Refuses(Recorder):  # type: ignore[misc]
    def post_to_esp(self, payload: Any, message: Any) -> Any:
        raise AnymailRecipientsRefused(email_message=message)


class Breaks(Recorder):  # type: ignore[misc]
    def post_to_esp(self, payload: Any, message: Any) -> Any:
        raise KeyError(message.to[0])


def test_a_mail_is_handed_over_with_its_reference() -> None:
    mail = a_mail(
        sender_name='Tea "of the" hills, Ltd.',
        html="<p>We have your order.</p>",
        reply_to="help@lanting.example",
        unsubscribe_url="https://orderbell.example/u/abc",
    )
    result = sent(mail)
    assert result.outcome is Outcome.ACCEPTED
    message: Any = django_mail.outbox[-1]
    params = message.anymail_test_params
    assert params["metadata"] == {"reference": mail.reference}
    assert params["from"].display_name == mail.sender_name
    assert params["from"].addr_spec == mail.sender
    assert [to.addr_spec for to in params["to"]] == [mail.recipient]
    assert [to.addr_spec for to in params["reply_to"]] == [mail.reply_to]
    assert (params["subject"], params["text_body"], params["html_body"]) == (
        mail.subject,
        mail.text,
        mail.html,
    )
    assert params["extra_headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("status", ["sent", "queued", "unknown"])
def test_the_providers_name_for_the_mail_is_kept(status: str) -> None:
    result = sent(a_mail(subject=status), backend=backend(Says))
    assert (result.outcome, result.provider_id, result.code) == (Outcome.ACCEPTED, "p-1", status)


@pytest.mark.parametrize("status", ["rejected", "invalid"])
def test_a_recipient_whom_the_provider_refuses_is_refused(status: str) -> None:
    result = sent(a_mail(subject=status), backend=backend(Says))
    assert (result.outcome, result.error) == (Outcome.REFUSED, ErrorClass.RECIPIENT)


def test_a_recipient_refused_by_an_error_is_refused() -> None:
    assert sent(a_mail(), backend=backend(Refuses)).error is ErrorClass.RECIPIENT


def test_what_the_provider_cannot_do_is_a_matter_of_configuration() -> None:
    result = sent(a_mail(), backend=backend(Lacks))
    assert (result.error, result.text) == (ErrorClass.CONFIG, "no metadata here")


def test_a_provider_without_its_keys_is_a_matter_of_configuration(settings: Settings) -> None:
    settings.ANYMAIL = {}
    result = sent(a_mail(), backend=backend(Postmark))
    assert (result.outcome, result.error) == (Outcome.REFUSED, ErrorClass.CONFIG)


def test_an_unforeseen_error_leaves_the_outcome_unknown_and_quotes_nobody() -> None:
    result = sent(a_mail(recipient="li.na@mail.example"), backend=backend(Breaks))
    assert (result.outcome, result.text) == (Outcome.UNKNOWN, "KeyError")


def test_a_back_end_that_tells_nothing_is_taken_at_its_word() -> None:
    mail = a_mail()
    result = sent(mail, backend="django.core.mail.backends.dummy.EmailBackend")
    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, mail.reference)


def test_mails_of_one_batch_do_not_share_their_fate() -> None:
    mails = [a_mail(subject="sent"), a_mail(subject="invalid"), a_mail(subject="queued")]
    results = asyncio.run(Provider(backend(Says)).send(mails))
    assert [result.outcome for result in results] == [Outcome.ACCEPTED, Outcome.REFUSED, Outcome.ACCEPTED]


class Api(ThreadingHTTPServer):
    """A provider's API that always answers the same; a status of 0 hangs up without an answer."""

    daemon_threads = True
    status = 200


class Answer(BaseHTTPRequestHandler):
    server: Api

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if not self.server.status:
            self.close_connection = True
            return
        body = json.dumps({"ErrorCode": 0, "Message": "for li.na@mail.example"}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Retry-After", "7")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def api(settings: Settings) -> Iterator[Api]:
    with Api(("127.0.0.1", 0), Answer) as server:
        settings.ANYMAIL = {
            "POSTMARK_SERVER_TOKEN": "secret",
            "POSTMARK_API_URL": f"http://127.0.0.1:{server.server_port}/",
        }
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, ErrorClass.CONTENT),
        (401, ErrorClass.CREDENTIALS),
        (402, ErrorClass.BALANCE),
        (403, ErrorClass.CREDENTIALS),
        (404, ErrorClass.CONFIG),
        (429, ErrorClass.RATE_ACCOUNT),
    ],
)
def test_a_refusal_is_classed_by_its_status(api: Api, status: int, error: ErrorClass) -> None:
    api.status = status
    result = sent(a_mail(), backend=backend(Postmark))
    assert (result.outcome, result.error, result.code) == (Outcome.REFUSED, error, str(status))


def test_it_is_known_how_long_the_provider_asks_us_to_wait(api: Api) -> None:
    api.status = 429
    assert sent(a_mail(), backend=backend(Postmark)).retry_after == 7


@pytest.mark.parametrize("status", [500, 502, 503, 0])
def test_a_provider_that_stumbled_leaves_the_outcome_unknown(api: Api, status: int) -> None:
    api.status = status
    result = sent(a_mail(), backend=backend(Postmark))
    assert result.outcome is Outcome.UNKNOWN
    assert "mail.example" not in repr(result)


def test_a_provider_out_of_reach_has_certainly_taken_nothing(settings: Settings) -> None:
    with Api(("127.0.0.1", 0), Answer) as server:
        port = server.server_port
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "secret", "POSTMARK_API_URL": f"http://127.0.0.1:{port}/"}
    result = sent(a_mail(), backend=backend(Postmark))
    assert (result.outcome, result.error) == (Outcome.REFUSED, ErrorClass.TRANSIENT)
