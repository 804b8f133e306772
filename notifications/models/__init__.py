"""What is kept about telling people: configuration, consent, messages."""

from notifications.models.configuration import (
    GatewayAccount,
    Review,
    Rule,
    Signature,
    Template,
    TemplateVersion,
    VendorSignature,
    VendorTemplate,
)
from notifications.models.consent import OptOut, OptOutImport, OptOutSource, Preferences
from notifications.models.kinds import Category, ChannelKind
from notifications.models.messages import Attempt, Message, Receipt, SandboxDelivery, State

__all__ = [
    "Attempt",
    "Category",
    "ChannelKind",
    "GatewayAccount",
    "Message",
    "OptOut",
    "OptOutImport",
    "OptOutSource",
    "Preferences",
    "Receipt",
    "Review",
    "Rule",
    "SandboxDelivery",
    "Signature",
    "State",
    "Template",
    "TemplateVersion",
    "VendorSignature",
    "VendorTemplate",
]
