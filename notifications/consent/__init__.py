"""Who does not want to hear: addresses, opt-outs, the words of replies, lists in and out."""

from notifications.consent.addresses import FAULTS, BadAddress, normalise_address
from notifications.consent.exports import export_opt_outs
from notifications.consent.imports import ImportRefused, import_opt_outs
from notifications.consent.keywords import is_keyword
from notifications.consent.services import is_opted_out, opt_in, opt_out, opt_out_of_everything

__all__ = [
    "FAULTS",
    "BadAddress",
    "ImportRefused",
    "export_opt_outs",
    "import_opt_outs",
    "is_keyword",
    "is_opted_out",
    "normalise_address",
    "opt_in",
    "opt_out",
    "opt_out_of_everything",
]
