"""signatures/{id}/reviews/ and templates/{id}/reviews/: how each stands with the vendors who review.

gateways/{id}/submit-templates/ hands in at one of them all templates that are missing there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from notifications import reviewing
from notifications.api.review_bodies import (
    AtGatewaySerializer,
    NoteSignatureSerializer,
    NoteTemplateSerializer,
    SignatureReviewSerializer,
    SubmitSignatureSerializer,
    SubmittedTemplatesSerializer,
    SubmitTemplateSerializer,
    SubmitTemplatesSerializer,
    TemplateReviewSerializer,
)
from notifications.api.settings import GatewayViewSet, SignatureViewSet, TemplateViewSet, object_of
from notifications.configuring import FieldError, InvalidSettings
from notifications.gateways.reviewing import Field
from notifications.models import ChannelKind, GatewayAccount, VendorSignature, VendorTemplate

Body = dict[str, Any]


def account_in(data: Any, *, known: Iterable[str]) -> tuple[GatewayAccount, Body]:
    """Return the account that a body names, and the rest of it. Raises `InvalidSettings`; 404."""
    body = dict(object_of(data))
    named = body.pop("gateway", None)
    errors = [
        FieldError(str(name)[:60], "unknown_field", _("There is no such setting."))
        for name in body.keys() - set(known)
    ]
    if named is None:
        errors.append(FieldError("gateway", "required", _("This is needed.")))
    if errors:
        raise InvalidSettings(errors)
    try:
        pk = UUID(str(named))
    except ValueError:
        raise Http404 from None
    return get_object_or_404(GatewayAccount.objects.all(), pk=pk), body


def reviewers(row: Any, *, of_templates: bool) -> list[GatewayAccount]:
    """Return the accounts whose vendors look at this before use."""
    accounts = GatewayAccount.objects.all()[:200] if row.channel == ChannelKind.SMS else ()
    return [account for account in accounts if reviewing.wants_review(account, of_templates=of_templates)]


def told(review: Any, *, wanted: Iterable[Field] | None) -> Body:
    """Return what is told of every review; without an interface nothing is wanted."""
    names = ("state", "reason", "code", "stays_in_use", "submitted_at", "look_at")
    fields = None if wanted is None else [_field(field) for field in wanted]
    return {name: getattr(review, name) for name in names} | {
        "gateway": review.gateway.pk,
        "wanted": fields,
    }


def _field(field: Field) -> Body:
    names = ("name", "label", "help", "is_required", "default")
    choices = [{"value": value, "label": label} for value, label in field.choices]
    return {name: getattr(field, name) for name in names} | {"choices": choices}


class SignaturesWithReviews(SignatureViewSet):
    SUBMIT: ClassVar = ("fields",)
    NOTE: ClassVar = ("state", "reason", "code", "stays_in_use")

    @extend_schema(responses={200: SignatureReviewSerializer(many=True)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def reviews(self, request: Request, pk: UUID) -> Response:
        """Tell how the signature stands at each account whose vendor reviews signatures."""
        row = self.get_object()
        return Response([self._told(row, account) for account in reviewers(row, of_templates=False)])

    @extend_schema(request=SubmitSignatureSerializer, responses={202: SignatureReviewSerializer})
    @reviews.mapping.post
    def submit_review(self, request: Request, pk: UUID) -> Response:
        """Have the signature handed in; what became of it is told here later."""
        row = self.get_object()
        account, body = account_in(request.data, known=self.SUBMIT)
        reviewing.submit_signature(row, gateway=account, fields=body.get("fields") or {})
        return Response(self._told(row, account), 202)

    @extend_schema(request=NoteSignatureSerializer, responses={200: SignatureReviewSerializer})
    @reviews.mapping.patch
    def note_review(self, request: Request, pk: UUID) -> Response:
        """Note by hand how the signature stands."""
        row = self.get_object()
        account, body = account_in(request.data, known=self.NOTE)
        reviewing.note_signature(row, gateway=account, data=body)
        return Response(self._told(row, account))

    @extend_schema(request=AtGatewaySerializer, responses={202: SignatureReviewSerializer})
    @action(detail=True, methods=["post"], url_path="reviews/ask")
    def ask_review(self, request: Request, pk: UUID) -> Response:
        """Have the vendor asked at once."""
        row = self.get_object()
        account, _body = account_in(request.data, known=())
        reviewing.ask_now(_review(VendorSignature, account, signature=row))
        return Response(self._told(row, account), 202)

    def _told(self, row: Any, account: GatewayAccount) -> Any:
        review = _review(VendorSignature, account, signature=row)
        vendor = reviewing.reviews(account)
        body = told(review, wanted=vendor.signature_fields if vendor else None)
        return SignatureReviewSerializer(body | {"carriers": review.carriers}).data


class TemplatesWithReviews(TemplateViewSet):
    SUBMIT: ClassVar = ("fields", "body", "params")
    NOTE: ClassVar = ("state", "reason", "code", "body", "params", "stays_in_use")

    @extend_schema(responses={200: TemplateReviewSerializer(many=True)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def reviews(self, request: Request, pk: UUID) -> Response:
        """Tell how the template stands at each account whose vendor takes templates."""
        row = self.get_object()
        return Response([self._told(row, account) for account in reviewers(row, of_templates=True)])

    @extend_schema(request=SubmitTemplateSerializer, responses={202: TemplateReviewSerializer})
    @reviews.mapping.post
    def submit_review(self, request: Request, pk: UUID) -> Response:
        """Have the template handed in; what became of it is told here later."""
        row = self.get_object()
        account, body = account_in(request.data, known=self.SUBMIT)
        fields = body.pop("fields", None) or {}
        reviewing.submit_template(row, gateway=account, fields=fields, **body)
        return Response(self._told(row, account), 202)

    @extend_schema(request=NoteTemplateSerializer, responses={200: TemplateReviewSerializer})
    @reviews.mapping.patch
    def note_review(self, request: Request, pk: UUID) -> Response:
        """Note by hand how the template stands, and what the vendor has of it."""
        row = self.get_object()
        account, body = account_in(request.data, known=self.NOTE)
        reviewing.note_template(row, gateway=account, data=body)
        return Response(self._told(row, account))

    @extend_schema(request=AtGatewaySerializer, responses={202: TemplateReviewSerializer})
    @action(detail=True, methods=["post"], url_path="reviews/ask")
    def ask_review(self, request: Request, pk: UUID) -> Response:
        """Have the vendor asked at once."""
        row = self.get_object()
        account, _body = account_in(request.data, known=())
        reviewing.ask_now(_review(VendorTemplate, account, template=row))
        return Response(self._told(row, account), 202)

    def _told(self, row: Any, account: GatewayAccount) -> Any:
        review = _review(VendorTemplate, account, template=row)
        return TemplateReviewSerializer(_of_template(review)).data


class GatewaysWithSubmissions(GatewayViewSet):
    @extend_schema(request=SubmitTemplatesSerializer, responses={202: SubmittedTemplatesSerializer})
    @action(detail=True, methods=["post"], url_path="submit-templates")
    def submit_templates(self, request: Request, pk: UUID) -> Response:
        """Have all active text templates handed in that the vendor has not got yet.

        What is with the vendor, or cannot be handed in, is skipped: it is safe to repeat.
        """
        handed_in = reviewing.submit_missing(self.get_object(), data=object_of(request.data))
        submitted = [
            {"template": review.template_id, "review": _of_template(review)} for review in handed_in.submitted
        ]
        skipped = [
            {"template": one.template.pk, "code": one.code, "detail": one.detail} for one in handed_in.skipped
        ]
        body = SubmittedTemplatesSerializer({"submitted": submitted, "skipped": skipped})
        return Response(body.data, 202)


def _of_template(review: VendorTemplate) -> Body:
    """Return what is told of a template's review."""
    vendor = reviewing.reviews(review.gateway)
    found = reviewing.comparison_of(review).findings if review.body else []
    differences = [
        {"kind": one.kind, "detail": reviewing.finding_text(one), "ours": one.ours, "theirs": one.theirs}
        for one in found
    ]
    return told(review, wanted=vendor.template_fields if vendor else None) | {
        "body": review.body,
        "params": review.params,
        "version": review.version,
        "in_use": review.in_use and asdict(review.in_use),
        "is_changed": reviewing.has_changed(review),
        "differences": differences,
    }


def _review(model: Any, account: GatewayAccount, **of: Any) -> Any:
    """Return what is known of a row at an account; a draft where nothing is."""
    review = model.objects.filter(**of, gateway=account).first() or model(gateway=account, **of)
    review.gateway = account
    for name, row in of.items():
        setattr(review, name, row)
    return review
