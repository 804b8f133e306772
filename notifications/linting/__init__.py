"""What a vendor, a carrier or a reader would object to in a template, before anybody else sees it.

Pure. `rules` say what is looked for, `terms` who refuses or doubts it: everybody, the carriers of a country,
each vendor. An error is what carriers or vendors refuse; a warning is for the merchant to weigh.
"""

from notifications.linting.findings import Finding, Severity, Span, Way
from notifications.linting.linter import lint
from notifications.linting.marking import Piece, marked
from notifications.linting.rules import RULES, Rule
from notifications.linting.terms import COUNTRIES, OWN_RULES, VENDORS

__all__ = [
    "COUNTRIES",
    "OWN_RULES",
    "RULES",
    "VENDORS",
    "Finding",
    "Piece",
    "Rule",
    "Severity",
    "Span",
    "Way",
    "lint",
    "marked",
]
