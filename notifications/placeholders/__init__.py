"""What a template may say: a closed catalogue of placeholders per kind of event.

Pure. A value is computed from the facts of one message (plain nested dicts) only when a text uses
it. There is no way from a placeholder to anything that is not listed here.
"""

from notifications.placeholders.catalogue import CATALOGUE
from notifications.placeholders.formats import Facts, Locale, clean, locale_of
from notifications.placeholders.lookup import BY_NAME, find, for_event, suggest
from notifications.placeholders.placeholder import Placeholder
from notifications.placeholders.samples import sample_facts

__all__ = [
    "BY_NAME",
    "CATALOGUE",
    "Facts",
    "Locale",
    "Placeholder",
    "clean",
    "find",
    "for_event",
    "locale_of",
    "sample_facts",
    "suggest",
]
