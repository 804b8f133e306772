"""The test bed keeps its promises."""

from __future__ import annotations

import socket
import threading

import psycopg
import pytest
from anymail.message import AnymailMessage
from django.db import connection
from pytest_socket import SocketConnectBlockedError

from merchants.models import User
from tests.postgres import find_programs, postgres


@pytest.mark.filterwarnings("ignore:A test tried")
def test_it_lets_nobody_out_into_the_world():
    with socket.socket() as there, pytest.raises(SocketConnectBlockedError):
        there.connect(("192.0.2.1", 80))


def test_a_sent_mail_says_what_became_of_it():
    message = AnymailMessage("subject", "body", "shop@example.com", ["buyer@example.com"])
    message.send()
    assert message.anymail_status.recipients.keys() == {"buyer@example.com"}


@pytest.mark.django_db(transaction=True)
def test_threads_see_one_database():
    User.objects.create(email="somebody@example.com")
    counts: list[int] = []

    def count() -> None:
        counts.append(User.objects.count())
        connection.close()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [1, 1, 1, 1]


def test_it_takes_the_postgresql_that_it_is_told(monkeypatch, tmp_path):
    for program in ("initdb", "postgres"):
        (tmp_path / program).touch()
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    assert find_programs() == tmp_path


def test_what_was_committed_survives_a_crash_of_the_server():
    with postgres() as server:
        with psycopg.connect(host=str(server.home), user="orderbell", dbname="postgres") as session:
            session.execute("CREATE TABLE fact (id int)")
        server.crash()
        server.start()
        with psycopg.connect(host=str(server.home), user="orderbell", dbname="postgres") as session:
            assert session.execute("SELECT count(*) FROM fact").fetchone() == (0,)
