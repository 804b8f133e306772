"""Signatures: the name in 【】 before a text message."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant, User
from notifications.configuring.entries import Entries
from notifications.models import ChannelKind, Review, Signature, VendorSignature

FIELDS: Final = ("text", "channel", "countries", "is_default")
SHORTEST: Final = 2
LONGEST: Final = 12


def save_signature(
    merchant: Merchant, *, data: Mapping[str, Any], signature: Signature | None = None, by: User | None = None
) -> Signature:
    """Make a signature or change one; what `data` does not name stays as it is. Raises `InvalidSettings`.

    Called inside the merchant's scope. The first one is the default; a new default takes the place of the
    old one.
    """
    entries = Entries(data, known=FIELDS, current=signature)
    entries.text("text", most=60, needed=True)
    _check_text(entries)
    entries.choice("channel", ChannelKind.values)
    if entries.values.get("channel", ChannelKind.SMS) != ChannelKind.SMS:
        entries.refuse("channel", "no_signature", _("Only text messages carry a signature."))
    entries.unique("text", Signature.objects.filter(channel=ChannelKind.SMS))
    entries.countries()
    entries.flag("is_default")
    entries.check()
    row = signature or Signature(merchant=merchant)
    with transaction.atomic():
        if signature is None and not Signature.objects.filter(is_default=True).exists():
            entries.values["is_default"] = True
        if entries.values.get("is_default"):
            Signature.objects.exclude(pk=row.pk).filter(is_default=True).update(is_default=False)
        if signature is not None and entries.values.get("text", signature.text) != signature.text:
            _forget_reviews(signature)
        entries.keep(row, by=by, name="text")
    return row


def _forget_reviews(signature: Signature) -> None:
    """Make drafts of its reviews: what the vendors said of the old text is not said of the new one."""
    VendorSignature.objects.filter(signature=signature).update(
        state=Review.DRAFT, reason="", code="", carriers={}, was_usable=False, submitted_at=None, look_at=None
    )


def _check_text(entries: Entries) -> None:
    """Refuse what no carrier files: a length out of bounds, a sign that is neither letter nor digit."""
    if "text" not in entries.values:
        return
    text = entries.values["text"] = unicodedata.normalize("NFKC", entries.values["text"])
    if not SHORTEST <= len(text) <= LONGEST:
        message = _("A signature has {least} to {most} characters; this has {count}.")
        entries.refuse(
            "text", "bad_length", format_lazy(message, least=SHORTEST, most=LONGEST, count=len(text))
        )
    elif not text.isalnum():
        message = _("Only letters, Chinese characters and digits: the brackets 【】 are added by themselves.")
        entries.refuse("text", "bad_character", message)
