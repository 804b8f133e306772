"""The queue lives beside the data: queueing inside a transaction must not harm it."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.tasks import async_task

from merchants.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _database_broker():
    if not Conf.ORM:
        pytest.skip("the queue is in Redis here")


def test_what_was_written_before_queueing_is_still_there_after_the_commit():
    with transaction.atomic():
        User.objects.create(email="before@example.com")
        async_task("math.floor", 1.5)
        User.objects.create(email="after@example.com")
    assert User.objects.count() == 2
    assert OrmQ.objects.count() == 1


def test_queueing_keeps_the_connection_of_the_transaction_it_is_called_in():
    with transaction.atomic():
        before = connection.connection
        async_task("math.floor", 1.5)
        assert connection.connection is before


def test_a_task_queued_in_a_transaction_that_is_rolled_back_is_gone_with_it():
    with transaction.atomic():
        async_task("math.floor", 1.5)
        transaction.set_rollback(True)
    assert OrmQ.objects.count() == 0
