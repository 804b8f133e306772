"""Calls that are made up from the API's own description never break it."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core import NOT_SET
from schemathesis.core.result import Ok

from tests.api import a_caller
from tests.test_hostile_api import a_shop

pytestmark = pytest.mark.django_db

DESCRIBED = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
OPERATIONS = {
    f"{operation.method.upper()} {operation.path}": operation
    for operation in (found.ok() for found in DESCRIBED.get_all_operations() if isinstance(found, Ok))
}
# The same cases each time, of every kind: what is right by the description, and what is not.
calmly = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("name", OPERATIONS)
def test_it_answers_or_tells_the_problem(name):
    shop, _named = a_shop()
    caller = a_caller(shop)

    @calmly
    @given(case=OPERATIONS[name].as_strategy())
    def call(case):
        query = urlencode(case.query or {}, doseq=True, errors="replace")
        body = "" if case.body is NOT_SET else json.dumps(case.body)
        path = f"{case.formatted_path}?{query}"
        answer = caller.generic(case.method, path, body, content_type="application/json")
        assert answer.status_code < 500, (path, body, answer.content)
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"

    call()
