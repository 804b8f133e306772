"""What a merchant sets up, checked in one place for screens and scripts alike.

Each service makes a row or changes one, of the merchant whose scope is open, and raises
`InvalidSettings` with every error found, beside its field; then nothing was changed.
"""

from notifications.configuring.entries import FieldError, InvalidSettings
from notifications.configuring.gateways import resume_gateway, save_gateway
from notifications.configuring.limits import remove_limit, save_limit
from notifications.configuring.routes import remove_route, save_route
from notifications.configuring.rules import save_rule
from notifications.configuring.signatures import save_signature
from notifications.configuring.templates import InvalidTemplate, save_template

__all__ = [
    "FieldError",
    "InvalidSettings",
    "InvalidTemplate",
    "remove_limit",
    "remove_route",
    "resume_gateway",
    "save_gateway",
    "save_limit",
    "save_route",
    "save_rule",
    "save_signature",
    "save_template",
]
