"""What is kept about telling people: configuration, consent, messages."""

from notifications.models.codes import QueryCode
from notifications.models.configuration import Rule, Signature, Template, TemplateVersion
from notifications.models.consent import OptOut, OptOutImport, OptOutSource, Preferences
from notifications.models.gateways import GatewayAccount, Route
from notifications.models.kinds import Category, ChannelKind
from notifications.models.limits import Bucket, Period, Scope, SendingLimit, Usage
from notifications.models.messages import Attempt, Message, Receipt, SandboxDelivery, State
from notifications.models.reviews import OnFile, Review, VendorSignature, VendorTemplate

__all__ = [
    "Attempt",
    "Bucket",
    "Category",
    "ChannelKind",
    "GatewayAccount",
    "Message",
    "OnFile",
    "OptOut",
    "OptOutImport",
    "OptOutSource",
    "Period",
    "Preferences",
    "QueryCode",
    "Receipt",
    "Review",
    "Route",
    "Rule",
    "SandboxDelivery",
    "Scope",
    "SendingLimit",
    "Signature",
    "State",
    "Template",
    "TemplateVersion",
    "Usage",
    "VendorSignature",
    "VendorTemplate",
]
