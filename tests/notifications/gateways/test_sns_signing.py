"""Our signature and the one that Amazon's own library makes over the same request."""

from __future__ import annotations

from datetime import UTC, datetime

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from notifications.gateways.sns_signing import sign

KEY = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
ENDPOINT = "https://sns.eu-west-1.amazonaws.com"


def signed_by_amazon(url: str, body: bytes, *, region: str, key: tuple[str, str]) -> tuple[datetime, str]:
    """Return when the library signed, which it decides by its own clock, and what it put into the header."""
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    request = AWSRequest(method="POST", url=url, headers=headers, data=body)
    SigV4Auth(Credentials(*key), "sns", region).add_auth(request)
    signed = datetime.strptime(request.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return signed, request.headers["Authorization"]


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    form=st.dictionaries(words, words, max_size=5),
    region=st.sampled_from(["us-east-1", "eu-west-1", "ap-southeast-1"]),
    endpoint=st.sampled_from([ENDPOINT, "http://127.0.0.1:4566", "https://sns.example/"]),
    secret=st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=1),
)
def test_it_is_amazons_own(form: dict[str, str], region: str, endpoint: str, secret: str) -> None:
    unsigned = sign(form, endpoint=endpoint, region=region, key=("A", secret), now=datetime.now(UTC))
    when, theirs = signed_by_amazon(unsigned.url, unsigned.body, region=region, key=("A", secret))

    ours = sign(form, endpoint=endpoint, region=region, key=("A", secret), now=when)

    assert ours.headers["Authorization"] == theirs
    assert ours.body == unsigned.body


def test_it_signs_at_the_time_it_is_given_wherever_that_is() -> None:
    here = datetime.fromisoformat("2026-11-22T18:26:19+08:00")
    request = sign({"Action": "Publish"}, endpoint=ENDPOINT, region="eu-west-1", key=KEY, now=here)

    assert request.headers["x-amz-date"] == "20261122T102619Z"
    assert "Credential=AKIDEXAMPLE/20261122/eu-west-1/sns/aws4_request," in request.headers["Authorization"]


def test_the_secret_is_nowhere_in_the_request() -> None:
    request = sign(
        {"Action": "Publish"}, endpoint=ENDPOINT, region="eu-west-1", key=KEY, now=datetime.now(UTC)
    )

    assert KEY[1] not in request.url + str(request.headers) + str(request.body)
