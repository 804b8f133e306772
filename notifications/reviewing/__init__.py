"""The life of signatures and templates at vendors: handed in, followed, noted by hand.

What is asked for is saved first and handed in by a worker, who writes down that he does before the first
byte leaves: a worker that dies never hands anything in twice. From then on the vendor is asked where it
stands, and his own news counts as an answer.
"""

from notifications.reviewing.by_hand import note_signature, note_template
from notifications.reviewing.comparing import comparison_of, spelled_for
from notifications.reviewing.hearing import hear
from notifications.reviewing.keeping import is_in_use
from notifications.reviewing.missing import languages_at, missing_at, submit_missing
from notifications.reviewing.submitting import ask_now, submit_signature, submit_template, withdraw
from notifications.reviewing.terms import can_ask, has_changed, is_waiting_to_leave, reviews, wants_review
from notifications.reviewing.words import finding_text
from notifications.reviewing.working import work_off

__all__ = [
    "ask_now",
    "can_ask",
    "comparison_of",
    "finding_text",
    "has_changed",
    "hear",
    "is_in_use",
    "is_waiting_to_leave",
    "languages_at",
    "missing_at",
    "note_signature",
    "note_template",
    "reviews",
    "spelled_for",
    "submit_missing",
    "submit_signature",
    "submit_template",
    "wants_review",
    "withdraw",
    "work_off",
]
