from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from merchants.roles import Role
from notifications.models import OptOut, OptOutImport
from tests.builders import a_merchant, an_opt_out
from tests.orders.screens.given import logged_in

pytestmark = pytest.mark.django_db


def a_file(text):
    return SimpleUploadedFile("list.csv", text.encode(), content_type="text/csv")


def test_the_list_is_searched_and_filtered():
    shop = a_merchant()
    an_opt_out(shop, address="+8613811112222")
    an_opt_out(shop, address="li@mail.example")
    client = logged_in(shop)
    for query in ({"q": "1381111"}, {"channel": "sms"}):
        page = client.get(reverse("opt_out_list"), query).content.decode()
        assert "+8613811112222" in page
        assert "li@mail.example" not in page


def test_a_viewer_sees_no_address_and_finds_nobody_by_it():
    shop = a_merchant()
    an_opt_out(shop, address="+8613811112222")
    client = logged_in(shop, role=Role.VIEWER)
    assert "13811112222" not in client.get(reverse("opt_out_list")).content.decode()
    assert "Nothing matches" in client.get(reverse("opt_out_list"), {"q": "1381111"}).content.decode()
    assert client.get(reverse("opt_out_export")).status_code == 403


def test_an_address_is_kept_in_one_form():
    shop = a_merchant()
    data = {"channel": "sms", "address": "138 1111 2222", "category": "all", "reason": "asked"}
    logged_in(shop).post(reverse("opt_out_add"), data)
    rows = OptOut.objects.values_list("address", "category", "source", "reason")
    assert set(rows) == {
        ("+8613811112222", "transactional", "hand", "asked"),
        ("+8613811112222", "marketing", "hand", "asked"),
    }


def test_an_address_that_cannot_exist_is_refused_beside_its_field():
    data = {"channel": "sms", "address": "12", "category": "marketing"}
    page = logged_in(a_merchant()).post(reverse("opt_out_add"), data)
    assert page.context["form"].errors["address"]
    assert not OptOut.objects.exists()


def test_removing_is_asked_first():
    shop = a_merchant()
    row = an_opt_out(shop, address="+8613811112222")
    client = logged_in(shop)
    url = reverse("opt_out_remove", args=[row.pk])
    assert "written to again" in client.get(url).content.decode()
    assert OptOut.objects.exists()
    client.post(url)
    assert not OptOut.objects.exists()


def test_a_list_is_imported_and_each_refused_row_is_named():
    shop = a_merchant()
    text = "address,category\n13811112222,all\nnobody,marketing\n<b>x</b>@,\n"
    client = logged_in(shop)
    page = client.post(reverse("opt_out_import"), {"file": a_file(text)}, follow=True).content.decode()
    assert OptOut.objects.count() == 2
    assert "nobody" in page
    assert "This is not a phone number that exists." in page
    assert "&lt;b&gt;x" in page
    assert "list.csv" in client.get(reverse("opt_out_import")).content.decode()


def test_a_file_that_is_no_list_is_refused_beside_its_field():
    page = logged_in(a_merchant()).post(reverse("opt_out_import"), {"file": a_file("colour\nred\n")})
    assert page.context["form"].errors["file"]
    assert not OptOutImport.objects.exists()


def test_the_list_to_fill_in_can_be_imported():
    shop = a_merchant()
    client = logged_in(shop)
    template = client.get(reverse("opt_out_template")).content.decode()
    client.post(reverse("opt_out_import"), {"file": a_file(template)})
    assert OptOutImport.objects.get().report == []
    assert OptOut.objects.count() == 3


def test_the_export_can_be_imported_and_holds_this_shop_only():
    shop = a_merchant()
    an_opt_out(shop, address="+8613811112222")
    an_opt_out(a_merchant(), address="+8613899998888")
    client = logged_in(shop)
    text = client.get(reverse("opt_out_export")).getvalue().decode()
    assert "+8613811112222" in text
    assert "13899998888" not in text
    client.post(reverse("opt_out_import"), {"file": a_file(text)})
    record = OptOutImport.objects.get()
    assert (record.known, record.added, record.report) == (1, 0, [])


def test_who_may_not_change_consent_does_not():
    shop = a_merchant()
    row = an_opt_out(shop, address="+8613811112222")
    client = logged_in(shop, role=Role.FINANCE)
    for name, args in {
        "opt_out_add": [],
        "opt_out_import": [],
        "opt_out_template": [],
        "opt_out_remove": [row.pk],
    }.items():
        assert client.get(reverse(name, args=args)).status_code == 403


def test_another_shops_rows_are_not_found():
    shop = a_merchant()
    row = an_opt_out(shop, address="+8613811112222")
    record = OptOutImport.objects.create(merchant=shop, file_name="list.csv")
    client = logged_in(a_merchant())
    assert client.post(reverse("opt_out_remove", args=[row.pk])).status_code == 404
    assert client.get(reverse("opt_out_imported", args=[record.pk])).status_code == 404
    assert row.address not in client.get(reverse("opt_out_list")).content.decode()
    assert "list.csv" not in client.get(reverse("opt_out_import")).content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_takes_the_same_few_queries_however_long(rows):
    shop = a_merchant()
    for number in range(rows):
        an_opt_out(shop, address=f"+86138111122{number:02d}")
    client = logged_in(shop)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("opt_out_list"))
    assert len(queries) <= 6
