"""What the errors of the orders' services are to the API's callers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from merchants.api.problems import FieldError, Problem, invalid, problem_of
from orders.errors import AlreadyExists, InvalidInput
from orders.statuses import IllegalTransition


@problem_of.register
def _invalid(error: InvalidInput) -> Problem:
    return invalid(FieldError(error.field, error.code, error.detail))


@problem_of.register
def _exists(error: AlreadyExists) -> Problem:
    detail = _("There is one already. Change it with PATCH.")
    return Problem(409, "already_exists", detail, (FieldError(error.field, "already_exists", detail),))


@problem_of.register
def _illegal(error: IllegalTransition) -> Problem:
    legal = ", ".join(error.legal)
    detail = (
        _("%(current)s cannot become %(wanted)s, only: %(legal)s.")
        if legal
        else _("%(current)s is final and cannot become %(wanted)s.")
    ) % {"current": error.current, "wanted": error.wanted, "legal": legal}
    return Problem(
        409,
        "illegal_transition",
        detail,
        (FieldError("status", "illegal_transition", detail),),
        extra={"current": error.current, "legal": error.legal},
    )
