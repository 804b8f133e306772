"""Every error in one shape."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from rest_framework.exceptions import ErrorDetail
from rest_framework.test import APIClient

from merchants.api.problems import flatten, problem_of
from tests.api import a_caller
from tests.builders import a_merchant

pytestmark = pytest.mark.django_db

ORDERS = "/api/v1/orders/"


def problem(answer):
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert set(body) >= {"type", "title", "status", "code", "detail", "errors"}
    assert body["status"] == answer.status_code
    return body["status"], body["code"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"a": NaN}',
        b"[" * 100_000,
        b'{"a": ' * 5_000,
        b'{"a": ' + b"9" * 10_000 + b"}",
        b'{"\\uD800": 1}',
        b'{"number": "\\ude00\\ud83d"}',
    ],
)
def test_malformed_json_is_400(body):
    answer = a_caller(a_merchant()).post(ORDERS, body, content_type="application/json")
    assert problem(answer) == (400, "malformed_json")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"null", b"{}", b""])
def test_json_that_is_no_order_is_400(body):
    answer = a_caller(a_merchant()).post(ORDERS, body, content_type="application/json")
    assert problem(answer) == (400, "invalid_input")


def test_a_body_that_is_too_large_is_413():
    body = b'{"a": "' + b"x" * (4 * 1024 * 1024) + b'"}'
    answer = a_caller(a_merchant()).post(ORDERS, body, content_type="application/json")
    assert problem(answer) == (413, "too_large")


def test_another_content_type_is_415():
    answer = a_caller(a_merchant()).post(ORDERS, b"a=1", content_type="application/x-www-form-urlencoded")
    assert problem(answer) == (415, "unsupported_media_type")


def test_another_method_is_405_and_says_which_there_are():
    answer = a_caller(a_merchant()).put(ORDERS, {})
    assert problem(answer) == (405, "method_not_allowed")
    assert "POST" in answer["Allow"]
    assert problem(a_caller(a_merchant()).options(ORDERS)) == (405, "method_not_allowed")


@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/v1/", "/api/v1/orders", "/api/v1/orders/%00/"])
def test_what_is_nowhere_is_404(path):
    assert problem(a_caller(a_merchant()).get(path)) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("cursor=abc", "invalid_cursor"),
        ("cursor=cD1hYmM=", "invalid_cursor"),
        ("cursor=%ff", "invalid_cursor"),
        ("limit=0", "invalid_limit"),
        ("limit=201", "invalid_limit"),
        ("limit=ten", "invalid_limit"),
        ("limit=٣", "invalid_limit"),
        ("stauts=paid", "unknown_parameter"),
        ("customer=%00", "invalid_text"),
    ],
)
def test_a_query_that_makes_no_sense_is_400(query, code):
    answer = a_caller(a_merchant()).get(f"{ORDERS}?{query}")
    assert problem(answer) == (400, "invalid_input")
    assert [error["code"] for error in answer.json()["errors"]] == [code]


def test_it_speaks_the_callers_language():
    answer = APIClient().get("/api/v1/me/", HTTP_ACCEPT_LANGUAGE="zh-Hans")
    assert answer.json()["detail"] == "身份认证信息未提供。"
    assert answer.json()["code"] == "not_authenticated"


def test_it_names_nested_fields_by_their_path():
    detail = {"items": [{}, {"name": [ErrorDetail("x", code="blank")]}], "non_field_errors": ["y"]}
    assert [(error.field, error.code) for error in flatten(detail)] == [
        ("items.1.name", "blank"),
        ("", "invalid"),
    ]


def test_an_unforeseen_error_tells_nothing_of_itself():
    told = problem_of(RuntimeError("password is hunter2"))
    assert told.status == 500
    assert "hunter2" not in str(told.body)


def test_a_busy_database_asks_for_another_try():
    told = problem_of(OperationalError("database is locked"))
    assert (told.status, told.headers["Retry-After"]) == (503, "1")
