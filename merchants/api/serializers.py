"""Bodies: what is not known is an error, not ignored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError


class StrictSerializer(serializers.Serializer[Any]):
    """Refuse fields that are unknown (`unknown_field`) or not the caller's to set (`read_only`)."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        errors: dict[str, Any] = {name: [error] for name in data if (error := self._objection(name))}
        try:
            value = super().to_internal_value(data)
        except ValidationError as invalid:
            if isinstance(invalid.detail, dict):
                errors |= invalid.detail
        if errors:
            raise ValidationError(errors)
        return value

    def _objection(self, name: str) -> ErrorDetail | None:
        field = self.fields.get(name)
        if field is None:
            return ErrorDetail(_("There is no such field."), code="unknown_field")
        if field.read_only:
            return ErrorDetail(_("This field is not yours to set."), code="read_only")
        return None


class JsonField(serializers.JSONField):
    """Any JSON; described to machines as an object."""


class FieldErrorSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """An error (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = FieldErrorSerializer(many=True)  # type: ignore[assignment]  # the field goes by RFC 9457's wish
