"""Which texts may share a request to Tencent Cloud: a SendSms has one of everything but the numbers."""

from __future__ import annotations

from collections.abc import Mapping

from notifications.gateways.base import Text

# Mainland or abroad, template, signature, parameters in order.
Shared = tuple[bool, str, str, tuple[str, ...]]


def shared(text: Text) -> Shared:
    """Return what a request has only one of."""
    return text.phone.startswith("+86"), text.template_code, text.signature, _in_order(text.params)


def _in_order(params: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values of {1}, {2}, … as the vendor wants them: by place."""
    places = sorted(params, key=lambda name: int(name) if name.isdecimal() else len(params))
    return tuple(str(params[name]) for name in places)
