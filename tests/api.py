"""Call the API as an integrator does."""

from __future__ import annotations

from typing import Any

from rest_framework.test import APIClient

from merchants.models import Merchant
from tests.builders import an_api_key


def a_caller(merchant: Merchant, **key_fields: Any) -> APIClient:
    """Return a client that calls with a key of this merchant."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {an_api_key(merchant, **key_fields)[1]}")
    return client
