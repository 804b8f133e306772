"""Every error in one shape: problem+json (RFC 9457) with stable codes.

An app adds its own exceptions by `@problem_of.register`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from http import HTTPStatus
from math import ceil
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import OperationalError
from django.http import Http404, UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
Text = str | Promise


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field: its path (items.0.name), a stable code, a sentence."""

    field: str
    code: str
    detail: Text


@dataclass(frozen=True)
class Problem:
    """One error as the caller is told. `code` is stable; `title` and `detail` are for people."""

    status: int
    code: str
    detail: Text
    errors: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        return {
            "type": f"urn:orderbell:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": str(self.detail),
            "errors": [
                {"field": error.field, "code": error.code, "detail": str(error.detail)}
                for error in self.errors
            ],
            **self.extra,
        }


def invalid(*errors: FieldError) -> Problem:
    """Return the problem of a body or query whose fields are wrong."""
    return Problem(400, "invalid_input", _("Some of what was sent cannot be taken."), errors)


@singledispatch
def problem_of(error: Exception) -> Problem:
    """Return what the caller is told of an exception; of an unforeseen one, nothing but that it happened."""
    return Problem(500, "server_error", _("Something failed on our side. Nothing was changed."))


@problem_of.register
def _api(error: exceptions.APIException) -> Problem:
    code = error.get_codes()
    return Problem(error.status_code, code if isinstance(code, str) else "error", _sentence(error.detail))


@problem_of.register
def _validation(error: exceptions.ValidationError) -> Problem:
    return invalid(*flatten(error.detail))


@problem_of.register
def _parse(error: exceptions.ParseError) -> Problem:
    return Problem(400, "malformed_json", _sentence(error.detail))


@problem_of.register
def _throttled(error: exceptions.Throttled) -> Problem:
    seconds = max(1, ceil(getattr(error, "wait", None) or 1))
    return Problem(
        429,
        "rate_limited",
        _("Too many requests. Try again in %(seconds)s s.") % {"seconds": seconds},
        headers={"Retry-After": str(seconds)},
    )


@problem_of.register(Http404)
@problem_of.register(exceptions.NotFound)
def _not_found(error: Exception) -> Problem:
    return Problem(404, "not_found", _("There is nothing of this name."))


@problem_of.register
def _denied(error: PermissionDenied) -> Problem:
    return Problem(403, "permission_denied", _("This is not allowed."))


@problem_of.register
def _unsupported(error: exceptions.UnsupportedMediaType) -> Problem:
    return Problem(415, "unsupported_media_type", _("Send JSON, with Content-Type: application/json."))


@problem_of.register
def _too_large(error: RequestDataTooBig) -> Problem:
    return Problem(413, "too_large", _("The body is larger than is taken (4 MiB)."))


@problem_of.register(SuspiciousOperation)
@problem_of.register(UnreadablePostError)
def _bad_request(error: Exception) -> Problem:
    return Problem(400, "bad_request", _("The request cannot be read."))


@problem_of.register
def _busy(error: OperationalError) -> Problem:
    return Problem(
        503, "unavailable", _("The database is busy. Nothing was changed."), headers={"Retry-After": "1"}
    )


def handle(error: Exception, context: Mapping[str, Any]) -> Response:
    """Answer an exception of an API view (REST framework's EXCEPTION_HANDLER)."""
    problem = problem_of(error)
    if problem.status >= 500:
        logger.error("API request failed", exc_info=error)
        if problem.status == 500:
            got_request_exception.send(sender=None, request=context["request"]._request)
    headers = dict(problem.headers)
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    return Response(problem.body, problem.status, headers=headers, content_type=CONTENT_TYPE)


def flatten(detail: Any, path: str = "") -> Iterator[FieldError]:
    """Yield the errors of a nested structure, each with its path."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from flatten(inner, path if name == "non_field_errors" else _join(path, name))
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            is_leaf = not isinstance(inner, Mapping | list)
            yield from flatten(inner, path if is_leaf else _join(path, place))
    else:
        yield FieldError(path, str(getattr(detail, "code", "invalid")), str(detail))


def _join(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _sentence(detail: Any) -> str:
    return " ".join(str(error.detail) for error in flatten(detail))
