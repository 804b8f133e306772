"""What is packed for a vendor of text messages."""

from __future__ import annotations

from uuid import uuid4

import pytest

from notifications.channels.base import Parcel
from notifications.channels.sms import Sms
from notifications.gateways.base import Text
from notifications.gateways.registry import GATEWAYS
from notifications.models import VendorTemplate
from notifications.rendering import Rendered
from notifications.setup import Setup
from tests.builders import a_gateway, a_merchant, a_template

pytestmark = pytest.mark.django_db


def packed(kind: str, **fields: object) -> Text:
    """Return the text for a gateway at which the template has a counterpart."""
    merchant = a_merchant()
    gateway, template = a_gateway(merchant, kind=kind), a_template(merchant)
    fields = {"code": "7", "params": {"1": "order.number"}, "state": "usable"} | fields
    VendorTemplate.objects.create(merchant=merchant, template=template, gateway=gateway, **fields)
    parcel = Parcel(
        message_id=uuid4(),
        attempt_id=uuid4(),
        merchant_id=merchant.pk,
        address="+8613800138000",
        country="CN",
        category="transactional",
        rendered=Rendered("", "We have your order A-1."),
        way=gateway,
    )
    Sms().pack(parcel, Setup([merchant.pk]), facts={"order": {"number": "A-1"}}, template_id=template.pk)
    text: Text = parcel.packed.text
    return text


@pytest.mark.parametrize("kind", ["aliyun", "tencent", "ihuyi"])
def test_a_vendor_who_takes_templates_gets_his_own(kind: str) -> None:
    text = packed(kind)
    assert (text.template_code, text.params) == ("7", {"1": "A-1"})


@pytest.mark.parametrize("fields", [{"state": "submitted"}, {"state": "rejected"}, {"code": ""}])
def test_a_vendor_who_can_do_without_gets_the_words_until_his_template_is_usable(
    fields: dict[str, str],
) -> None:
    text = packed("ihuyi", **fields)
    assert (text.template_code, text.params, text.body) == ("", {}, "We have your order A-1.")


def test_until_the_new_template_is_usable_the_former_one_is_sent() -> None:
    former = {"former_code": "6", "former_params": {"no": "order.number"}}
    text = packed("aliyun", state="submitted", **former)
    assert (text.template_code, text.params) == ("6", {"no": "A-1"})
    assert packed("aliyun", state="usable", **former).template_code == "7"


def test_a_vendor_without_templates_gets_none() -> None:
    assert packed("kannel").template_code == ""


def test_who_needs_templates_takes_them() -> None:
    assert all(gateway.takes_template for gateway in GATEWAYS.values() if gateway.needs_template)
