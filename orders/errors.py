"""What a caller of the services may have got wrong."""

from __future__ import annotations

from django.utils.functional import Promise


class InvalidInput(Exception):
    """A value that cannot be kept. Carries the field's path, a stable code and a sentence for people."""

    def __init__(self, field: str, code: str, detail: str | Promise) -> None:
        self.field, self.code, self.detail = field, code, detail
        super().__init__(f"{field}: {code}")

    def within(self, prefix: str) -> InvalidInput:
        """Return the same error as seen from outside, `phone` becoming `customer.phone`."""
        return InvalidInput(f"{prefix}.{self.field}", self.code, self.detail)


class AlreadyExists(Exception):
    """There is one of this name already. Carries the field and its value."""

    def __init__(self, field: str, value: str) -> None:
        self.field, self.value = field, value
        super().__init__(f"{field} {value!r} exists already")
