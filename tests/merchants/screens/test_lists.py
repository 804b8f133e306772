from __future__ import annotations

import csv
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from merchants.middleware import CurrentMerchantMiddleware
from merchants.models import ApiKey, Merchant
from merchants.screens import Column, ListScreen
from merchants.screens.export import plain
from tests.builders import a_member, a_merchant, an_api_key

pytestmark = pytest.mark.django_db


class KeysByCursor(ListScreen[ApiKey]):
    model = ApiKey
    title = "Keys"
    columns = (
        Column("Name", "name"),
        Column("Merchant", "merchant.name"),
        Column("Made", "created_at"),
        Column("Badge", "prefix", badge=lambda key: "good", csv=lambda key: "for machines"),
    )
    search = ("name__icontains",)
    per_page = 3
    export = "keys"


class KeysByName(KeysByCursor):
    ordering = ("name",)


def ask(screen: type[ListScreen[Any]], shop: Merchant, **query: str) -> Any:
    request: Any = RequestFactory().get("/list/", query)
    request.COOKIES["sessionid"] = "any"
    request.user = a_member(shop, language="en")
    request.session = {}
    request._messages = []
    return CurrentMerchantMiddleware(screen.as_view())(request)


def names(page: Any) -> list[str]:
    return [row["cells"][0]["value"] for row in page.context_data["rows"]]


def follow(link: str) -> dict[str, str]:
    return dict(part.split("=") for part in link.removeprefix("?").split("&"))


@pytest.mark.parametrize("screen", [KeysByCursor, KeysByName])
def test_pages_lead_forth_and_back_over_every_row_once(screen: type[ListScreen[Any]]):
    shop = a_merchant()
    made = [an_api_key(shop, name=f"K{number}")[0].name for number in range(8)]
    wanted = made[::-1] if screen is KeysByCursor else made
    page = ask(screen, shop)
    seen = [names(page)]
    assert "newer" not in page.context_data
    while "older" in page.context_data:
        page = ask(screen, shop, **follow(page.context_data["older"]))
        seen.append(names(page))
    assert [name for part in seen for name in part] == wanted
    back = [names(page)]
    while "newer" in page.context_data:
        page = ask(screen, shop, **follow(page.context_data["newer"]))
        back.append(names(page))
    assert back == seen[::-1]


@pytest.mark.parametrize("screen", [KeysByCursor, KeysByName])
@pytest.mark.parametrize("nonsense", ["x", "-1", "٣", "9" * 40, "\0"])
def test_a_page_that_is_none_is_the_first_or_empty(screen: type[ListScreen[Any]], nonsense: str):
    shop = a_merchant()
    an_api_key(shop)
    for name in ("before", "after", "page", "q"):
        assert ask(screen, shop, **{name: nonsense}).status_code == 200


def test_every_word_that_is_sought_must_be_there():
    shop = a_merchant()
    for name in ("green tea", "black tea", "coffee"):
        an_api_key(shop, name=name)
    assert names(ask(KeysByCursor, shop, q="TEA")) == ["black tea", "green tea"]
    assert names(ask(KeysByCursor, shop, q="tea green")) == ["green tea"]
    page = ask(KeysByCursor, shop, q="cocoa")
    assert "Nothing matches" in page.content.decode()


def test_a_list_and_its_export_are_of_one_shop():
    shop, other = a_merchant(), a_merchant()
    an_api_key(other, name="Theirs")
    an_api_key(shop, name="Ours")
    assert names(ask(KeysByCursor, shop)) == ["Ours"]
    assert "Theirs" not in exported(shop)


def exported(shop: Merchant, **query: str) -> str:
    response = ask(KeysByCursor, shop, export="csv", **query)
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response.streaming_content).decode()  # type: ignore[arg-type]  # a synchronous stream


def test_the_export_has_every_row_that_was_found_in_the_shops_zone():
    shop = a_merchant(name="=Tea", timezone="Asia/Tokyo")
    for number in range(7):
        an_api_key(shop, name=f"tea {number}", created_at=datetime(2026, 1, 1, tzinfo=UTC))
    an_api_key(shop, name="coffee")
    text = exported(shop, q="tea")
    assert text.startswith("\ufeff")
    head, *rows = csv.reader(StringIO(text.removeprefix("\ufeff")))
    assert head == ["Name", "Merchant", "Made", "Badge"]
    assert [row[0] for row in rows] == [f"tea {number}" for number in reversed(range(7))]
    assert rows[0][1:] == ["'=Tea", "2026-01-01T09:00:00+09:00", "for machines"]


@pytest.mark.parametrize("text", ["=1+1", "+86138", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_becomes_text(text: str):
    assert plain(text) == f"'{text}"


@given(
    st.one_of(
        st.text(), st.integers(), st.decimals(allow_nan=False), st.lists(st.text()), st.booleans(), st.none()
    )
)
def test_no_text_of_any_kind_begins_a_formula(value: object):
    if not isinstance(value, (int, Decimal)):
        assert not plain(value).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_name_with_a_script_is_shown_not_run():
    shop = a_merchant()
    an_api_key(shop, name="<script>alert(1)</script>")
    page = ask(KeysByCursor, shop).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
