"""What the errors of our services are to the API's callers."""

from __future__ import annotations

import re

from merchants.api.problems import FieldError, Problem, invalid, problem_of
from notifications.configuring import InvalidSettings
from notifications.consent import BadAddress
from notifications.resending import CannotResend
from notifications.template_words import problem_text
from notifications.templates import TemplateErrors
from notifications.testsend import CannotTest

_PLACE = re.compile(r"\[(\d+)\]")


@problem_of.register
def _invalid_settings(error: InvalidSettings) -> Problem:
    # Paths are spelled as everywhere in the API: conditions.0, not conditions[0].
    return invalid(
        *(FieldError(_PLACE.sub(r".\1", one.field), one.code, one.message) for one in error.errors)
    )


@problem_of.register
def _template(error: TemplateErrors) -> Problem:
    return invalid(*(FieldError(one.field, str(one.code), problem_text(one)) for one in error.problems))


@problem_of.register
def _bad_address(error: BadAddress) -> Problem:
    return invalid(FieldError("address", error.code, error.detail))


@problem_of.register
def _cannot_resend(error: CannotResend) -> Problem:
    return Problem(409, error.code, error.detail)


@problem_of.register
def _cannot_test(error: CannotTest) -> Problem:
    if error.code in {"missing_address", "bad_phone"}:
        return invalid(FieldError("phone", error.code, error.detail))
    return Problem(409, error.code, error.detail)
