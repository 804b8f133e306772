"""The merchant's words for what is wrong with a template, or could be better."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from notifications.linting import Finding
from notifications.rendering import Code, Problem

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_PROBLEMS: dict[Code, StrOrPromise] = {
    Code.EMPTY: gettext_lazy("Write what the message says."),
    Code.MISSING_SUBJECT: gettext_lazy("A mail needs a subject."),
    Code.TOO_LONG: gettext_lazy("This is too long; at most %(limit)s characters."),
    Code.TOO_MANY: gettext_lazy("There are too many braces; at most %(limit)s."),
    Code.SYNTAX: gettext_lazy("This cannot be read; is a brace, a quote or an “endif” missing?"),
    Code.UNKNOWN_PLACEHOLDER: gettext_lazy("There is no placeholder “%(name)s”."),
    Code.NOT_FOR_THIS_EVENT: gettext_lazy("This event knows nothing of “%(name)s”."),
    Code.NOT_FOR_THIS_CHANNEL: gettext_lazy("“%(name)s” can only stand in the body of a mail."),
    Code.LOOP: gettext_lazy("Loops are not possible in a message."),
    Code.TAG_NOT_ALLOWED: gettext_lazy("“%(name)s” is not possible in a message."),
    Code.FILTER_NOT_ALLOWED: gettext_lazy("The filter “%(name)s” is not possible here."),
    Code.BAD_FILTER_ARGUMENT: gettext_lazy("The filter “%(name)s” needs other values."),
    Code.BAD_COMPARISON: gettext_lazy(
        "Only amounts and numbers compare with < or >, with a number; “contains” needs a quoted text."
    ),
    Code.BAD_LINK: gettext_lazy("A link must begin with https://, mailto:, tel: or a link placeholder."),
    Code.MISPLACED: gettext_lazy("“%(name)s” stands inside a tag; only the address of a link may hold it."),
}

_FINDINGS: dict[str, StrOrPromise] = {
    "marketing_words": gettext_lazy("“%(text)s” reads as advertising; a notice with it may be refused."),
    "opt_out_in_notice": gettext_lazy("A notice must not carry an opt-out ending such as “%(text)s”."),
    "no_opt_out": gettext_lazy("Marketing texts to mainland China must end with “%(text)s”."),
    "brackets": gettext_lazy("【】 belong to the signature; in the text they become []."),
    "emoji": gettext_lazy("Many phones and carriers do not show “%(text)s” in a text message."),
    "symbols": gettext_lazy("Vendors in mainland China refuse symbols such as “%(text)s”."),
    "more_than_one_part": gettext_lazy(
        "It takes %(parts)s parts (%(units)s characters); one part holds %(limit)s."
    ),
    "too_dear": gettext_lazy("It says “dear” %(count)s times; once is enough."),
    "no_order_number": gettext_lazy("It does not say which order it is about."),
    "link_in_placeholder": gettext_lazy(
        "Vendors in mainland China refuse links in placeholders (“%(text)s”)."
    ),
    "adjacent_placeholders": gettext_lazy(
        "Vendors in mainland China refuse placeholders with nothing between them."
    ),
    "no_signature": gettext_lazy("Texts to mainland China need a signature, and none is set up."),
}

_FIELDS: dict[str, StrOrPromise] = {
    "subject": pgettext_lazy("of a mail", "Subject"),
    "body": pgettext_lazy("of a message", "Text"),
}


def problem_text(problem: Problem) -> str:
    """Return a problem as a sentence, with its place and what may have been meant."""
    about = {"name": problem.name, "limit": problem.limit}
    text = str(_PROBLEMS[problem.code]) % about
    if problem.suggestion:
        text += " " + _("Did you mean “%(name)s”?") % {"name": problem.suggestion}
    if problem.line:
        place = {"field": str(_FIELDS[problem.field]), "line": problem.line, "column": problem.column}
        text += " " + _("(%(field)s, line %(line)s, character %(column)s)") % place
    return text


def finding_text(finding: Finding) -> str:
    """Return an objection as a sentence."""
    return str(_FINDINGS[finding.code]) % finding.params
