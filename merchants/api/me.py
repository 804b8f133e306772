"""Who am I: the merchant, the key and its limits."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.api.authentication import caller
from merchants.api.pagination import Pages
from merchants.api.throttling import rate_of_keys
from merchants.api.views import MerchantView


class MerchantSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    country = serializers.CharField()
    currency = serializers.CharField()
    language = serializers.CharField()
    timezone = serializers.CharField()


class LimitsSerializer(serializers.Serializer[Any]):
    requests = serializers.IntegerField(help_text="Requests per window.")
    window_seconds = serializers.IntegerField()
    body_bytes = serializers.IntegerField()
    page = serializers.IntegerField(help_text="Rows a page, at most.")


class MeSerializer(serializers.Serializer[Any]):
    merchant = MerchantSerializer()
    key = serializers.CharField(help_text="The first characters of the key.")
    scopes = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField(allow_null=True)
    limits = LimitsSerializer()


class MeView(MerchantView):
    """Say whose key this is and what it may do."""

    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        key = caller(request)
        requests, seconds = rate_of_keys()
        limits = {
            "requests": requests,
            "window_seconds": seconds,
            "body_bytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
            "page": Pages.max_page_size,
        }
        about = {
            "merchant": key.merchant,
            "key": key.prefix,
            "scopes": key.scopes,
            "expires_at": key.expires_at,
            "limits": limits,
        }
        return Response(MeSerializer(about).data)
