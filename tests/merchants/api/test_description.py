"""The API describes itself, to machines and in a browser."""

from __future__ import annotations

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db

PATHS = """
customers/ customers/{external_id}/ orders/ orders/{number}/ orders/bulk/ orders/{order_number}/shipments/
orders/{order_number}/returns/ shipments/{id}/ returns/{id}/ events/ events/{id}/ me/
"""


def test_the_description_is_valid_and_names_every_path():
    GENERATOR_STATS.reset()
    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    assert not GENERATOR_STATS
    assert {f"/api/v1/{path}" for path in PATHS.split()} <= set(schema["paths"])


def test_every_post_may_be_repeated_and_every_error_is_a_problem():
    schema = SchemaGenerator().get_schema(request=None, public=True)
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            assert "application/problem+json" in operation["responses"]["4XX"]["content"]
            names = [parameter["name"] for parameter in operation.get("parameters", [])]
            assert ("Idempotency-Key" in names) == (method == "post")


def test_anybody_may_read_how_it_works():
    client = APIClient()
    assert client.get("/api/v1/schema/").status_code == 200
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert b"<style" not in page.content
    assert b"<script>" not in page.content
    script = client.get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
