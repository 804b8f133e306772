"""What is said about a template's text at a vendor."""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from notifications.vendor_wording import Finding, Kind

SENTENCES = {
    Kind.FILTER: _(
        "{{{ours}}} goes through a filter, which the vendor's template cannot: use the plain placeholder."
    ),
    Kind.LINK: _(
        "{{{ours}}} is a link that changes, which vendors take in no variable: leave it out, or send people"
        " to {{merchant.query_url}} with {{order.query_code}}."
    ),
    Kind.UNKNOWN_PLACEHOLDER: _("“{theirs}” is filled with “{ours}”, which this event does not know."),
    Kind.NO_SUCH_VARIABLE: _("The vendor's text has no variable “{theirs}”."),
    Kind.UNMAPPED: _("Nothing is said to fill the variable “{theirs}” of the vendor's text."),
    Kind.WORDS: _("Ours says “{ours}”, the vendor's text “{theirs}”."),
}
LONGEST = 80


def finding_text(finding: Finding) -> str:
    """Return a finding in the reader's words."""
    ours, theirs = (_cut(words) for words in (finding.ours, finding.theirs))
    return str(format_lazy(SENTENCES[finding.kind], ours=ours, theirs=theirs))


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
