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

# What is objected to, and what to do instead.
_FINDINGS: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    "marketing_words": (
        gettext_lazy("“%(text)s” reads as advertising; a notice with it may be refused."),
        gettext_lazy("Leave it out, or say it in a marketing template, to people who agreed to those."),
    ),
    "opt_out_in_notice": (
        gettext_lazy("A notice must not carry an opt-out ending such as “%(text)s”."),
        gettext_lazy("Delete it; only marketing texts end with it."),
    ),
    "no_opt_out": (
        gettext_lazy("Marketing texts to mainland China must end with “%(text)s”."),
        gettext_lazy("Put it at the very end, behind the last sentence."),
    ),
    "brackets": (
        gettext_lazy("【】 belong to the signature; in the text they become []."),
        gettext_lazy("Use other brackets or quotation marks. The signature is put in front by itself."),
    ),
    "edge_brackets": (
        gettext_lazy("A text must not begin or end with a bracket: “%(text)s”."),
        gettext_lazy("Delete the bracket, or let words stand before and after it."),
    ),
    "emoji": (
        gettext_lazy("Many phones and carriers do not show “%(text)s” in a text message."),
        gettext_lazy("Say it in words."),
    ),
    "symbols": (
        gettext_lazy("Symbols such as “%(text)s” are refused."),
        gettext_lazy("Write it in words, or use ordinary punctuation."),
    ),
    "traditional": (
        gettext_lazy("“%(text)s” looks like traditional Chinese, which is refused in mainland China."),
        gettext_lazy("Write it in simplified characters. If it is a rare character of a name, leave it."),
    ),
    "mobile_number": (
        gettext_lazy("“%(text)s” is a mobile number; only landline, 400 and 95 numbers are taken."),
        gettext_lazy("Name a landline, 400 or 95 number of the shop."),
    ),
    "many_phones": (
        gettext_lazy("It names %(count)s phone numbers; at most %(limit)s are taken."),
        gettext_lazy("Keep the one or two that help most."),
    ),
    "link_in_placeholder": (
        gettext_lazy("“%(name)s” holds a link; links are only taken as fixed words of the text."),
        gettext_lazy(
            "Use the address for query codes, the same for every order, and say the query code apart."
        ),
    ),
    "link_with_placeholder": (
        gettext_lazy("“%(text)s” is a link that differs from text to text; only fixed links are taken."),
        gettext_lazy("End the link before the placeholder, and put words between the two."),
    ),
    "adjacent_placeholders": (
        gettext_lazy("Placeholders with nothing between them are refused."),
        gettext_lazy("Put words between them that say what the second one is."),
    ),
    "only_placeholders": (
        gettext_lazy("A text of nothing but placeholders is refused."),
        gettext_lazy("Say in fixed words what it is about."),
    ),
    "repeated_placeholder": (
        gettext_lazy("“%(name)s” stands in it %(count)s times; a vendor's variable may stand in it once."),
        gettext_lazy("Keep one, or see that each has a variable of its own at the vendor."),
    ),
    "long_value": (
        gettext_lazy(
            "“%(name)s” takes %(length)s characters here (“%(value)s”); at most %(limit)s are taken."
        ),
        gettext_lazy("Use a placeholder that is shorter, or say it in fixed words."),
    ),
    "empty_value": (
        gettext_lazy("The order does not say “%(name)s”; templates on file take no empty value."),
        gettext_lazy("Leave it out here, or say it in a template of its own."),
    ),
    "any_placeholder": (
        gettext_lazy("New templates with placeholders may be refused by this vendor."),
        gettext_lazy("Ask the vendor whether your account may have them, or say it without."),
    ),
    "conditions": (
        gettext_lazy(
            "Templates on file with a vendor know no conditions; what a sample order says is on file."
        ),
        gettext_lazy("Write it so that it is always true, or make a template for each case."),
    ),
    "filters": (
        gettext_lazy("Templates on file with a vendor know no filters."),
        gettext_lazy("Write the plain placeholder."),
    ),
    "more_than_one_part": (
        gettext_lazy("It takes %(parts)s parts (%(units)s characters); one part holds %(limit)s."),
        gettext_lazy("Make it shorter if you can: each part is paid for."),
    ),
    "long_text": (
        gettext_lazy("It is %(length)s characters long with its signature; at most %(limit)s are taken."),
        gettext_lazy("Make it shorter, or send it as a mail."),
    ),
    "long_bytes": (
        gettext_lazy("It is %(length)s bytes long with its signature; at most %(limit)s are taken."),
        gettext_lazy("Make it shorter, or send it as a mail. A Chinese character takes three bytes."),
    ),
    "too_dear": (
        gettext_lazy("It says “dear” %(count)s times; once is enough."),
        gettext_lazy("Keep the first."),
    ),
    "no_order_number": (
        gettext_lazy("It does not say which order it is about."),
        gettext_lazy("Put the order number in."),
    ),
    "no_signature": (
        gettext_lazy("Texts to mainland China need a signature, and none is set up."),
        gettext_lazy("Set one up under Signatures, and have it approved."),
    ),
    "letters_in_sender": (
        gettext_lazy("Carriers there let no sender with letters through (“%(sender)s”)."),
        gettext_lazy("Give the gateway a number that is registered for business texts."),
    ),
    "number_as_sender": (
        gettext_lazy("Carriers there block ordinary phone numbers as senders (“%(sender)s”)."),
        gettext_lazy("Give the gateway a sender with letters, or a short code."),
    ),
    "long_sender": (
        gettext_lazy("A sender with letters has at most %(limit)s characters (“%(sender)s”)."),
        gettext_lazy("Shorten the sender of the gateway."),
    ),
    "marketing_days": (
        gettext_lazy("Marketing may arrive there from %(opens)s to %(closes)s, and not on rest days."),
        gettext_lazy("Nothing needs to change: texts wait until they may arrive. Plan for it."),
    ),
    "unregistered": (
        gettext_lazy("Carriers there only deliver texts whose sender and template are registered with them."),
        gettext_lazy("Register both, and have the gateway send their numbers along."),
    ),
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
    return str(_FINDINGS[finding.code][0]) % finding.params


def finding_advice(finding: Finding) -> str:
    """Return what to do instead, as a sentence or two."""
    return str(_FINDINGS[finding.code][1]) % finding.params
