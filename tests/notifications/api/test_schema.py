"""The description of the API is whole."""

from __future__ import annotations

from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

PREFIX = "/api/v1"


def schema():
    GENERATOR_STATS.reset()
    return SchemaGenerator().get_schema(request=None, public=True)


def test_it_is_drawn_without_a_warning(capsys):
    whole = schema()
    assert capsys.readouterr().err == ""
    validate_schema(whole)


def test_it_describes_every_path_that_is_promised():
    paths = schema()["paths"]
    promised = {
        "/messages/": "get",
        "/messages/{id}/": "get",
        "/messages/{id}/resend/": "post",
        "/templates/{id}/preview/": "get post",
        "/gateways/{id}/test/": "post",
        "/gateways/{id}/submit-templates/": "post",
        "/signatures/{id}/reviews/": "get post patch",
        "/signatures/{id}/reviews/ask/": "post",
        "/templates/{id}/reviews/": "get post patch",
        "/templates/{id}/reviews/ask/": "post",
    }
    for kind in ("signatures", "templates", "rules", "opt-outs", "gateways"):
        promised |= {f"/{kind}/": "get post", f"/{kind}/{{id}}/": "get patch delete"}
    for path, verbs in promised.items():
        assert set(paths[PREFIX + path]) == set(verbs.split()), path


def test_credentials_go_in_and_never_come_out():
    schemas = schema()["components"]["schemas"]
    assert "credentials" in schemas["GatewayRequest"]["properties"]
    assert "credentials" not in schemas["Gateway"]["properties"]
