"""The bodies of reviews: how a signature or a template stands at each gateway.

They describe what is taken; what may be kept is said by `notifications.reviewing`, for screens and scripts.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from notifications.models import Review
from notifications.vendor_wording import Kind


class AtGatewaySerializer(serializers.Serializer[Any]):
    gateway = serializers.UUIDField(help_text="The id of an account whose vendor reviews.")


class SubmitSignatureSerializer(AtGatewaySerializer):
    fields = serializers.DictField(  # type: ignore[assignment]  # our body's word, and an attribute of every serializer
        child=serializers.CharField(allow_blank=True),
        required=False,
        help_text="What the vendor wants to know, by the vendor's own names: `wanted` tells them.",
    )


class SubmitTemplateSerializer(SubmitSignatureSerializer):
    body = serializers.CharField(
        required=False,
        max_length=1_000,
        help_text="In the vendor's spelling; left out: our wording, turned into it.",
    )
    params = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text="The vendor's variables, and the placeholders that fill them.",
    )


class NoteSignatureSerializer(AtGatewaySerializer):
    state = serializers.ChoiceField(choices=Review.choices, required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300)
    code = serializers.CharField(required=False, allow_blank=True, max_length=60)
    stays_in_use = serializers.BooleanField(
        required=False, help_text="False: the vendor no longer takes what was approved before either."
    )


class NoteTemplateSerializer(NoteSignatureSerializer):
    body = serializers.CharField(required=False, allow_blank=True, max_length=1_000)
    params = serializers.DictField(child=serializers.CharField(), required=False)


class WantedChoiceSerializer(serializers.Serializer[Any]):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # our body's word, and an attribute of every field


class WantedSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # our body's word, and an attribute of every field
    help = serializers.CharField()
    is_required = serializers.BooleanField()
    choices = WantedChoiceSerializer(many=True, help_text="Empty: free text.")
    default = serializers.CharField()


class SignatureReviewSerializer(serializers.Serializer[Any]):
    gateway = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Review.choices)
    reason = serializers.CharField(help_text="The vendor's, above all when it was rejected.")
    code = serializers.CharField(help_text="The vendor's name for it.")
    stays_in_use = serializers.BooleanField(
        help_text="It was approved before, and texts carry it while it is reviewed again."
    )
    submitted_at = serializers.DateTimeField(allow_null=True)
    look_at = serializers.DateTimeField(allow_null=True, help_text="When it leaves, or the vendor is asked.")
    wanted = WantedSerializer(
        many=True,
        allow_null=True,
        help_text="What the vendor wants to know with it; null: nothing is handed in by an interface.",
    )
    carriers = serializers.DictField(
        child=serializers.CharField(), help_text="A carrier's state, or the vendor's word for what is wrong."
    )


class DifferenceSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    detail = serializers.CharField()
    ours = serializers.CharField()
    theirs = serializers.CharField()


class OnFileSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    params = serializers.DictField(child=serializers.CharField())
    body = serializers.CharField()


class TemplateReviewSerializer(serializers.Serializer[Any]):
    gateway = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Review.choices)
    reason = serializers.CharField(help_text="The vendor's, above all when it was rejected.")
    code = serializers.CharField(help_text="The vendor's code of the template.")
    stays_in_use = serializers.BooleanField(
        help_text="Texts leave with the one approved before, which `in_use` tells."
    )
    submitted_at = serializers.DateTimeField(allow_null=True)
    look_at = serializers.DateTimeField(allow_null=True, help_text="When it leaves, or the vendor is asked.")
    wanted = WantedSerializer(
        many=True,
        allow_null=True,
        help_text="What the vendor wants to know with it; null: nothing is handed in by an interface.",
    )
    body = serializers.CharField(help_text="As the vendor has it.")
    params = serializers.DictField(child=serializers.CharField())
    version = serializers.IntegerField(help_text="Which of our versions the vendor has; 0: none.")
    in_use = OnFileSerializer(
        allow_null=True,
        help_text="What texts leave with: this one once it is approved, until then the one before it.",
    )
    is_changed = serializers.BooleanField(help_text="Our wording is another since.")
    differences = DifferenceSerializer(many=True)


class SubmitTemplatesSerializer(serializers.Serializer[Any]):
    languages = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="Tags such as zh-hans. Left out: the shop's own language where texts in it are usual at"
        " the vendor, Chinese ones on the mainland of China, the others abroad.",
    )
    fields = serializers.DictField(  # type: ignore[assignment]  # our body's word, and an attribute of every serializer
        child=serializers.CharField(allow_blank=True),
        required=False,
        help_text="What the vendor wants to know, once for all of them, by the vendor's own names."
        " What differs from template to template is read from each and cannot be said here.",
    )


class SubmittedTemplateSerializer(serializers.Serializer[Any]):
    template = serializers.UUIDField()
    review = TemplateReviewSerializer()


class SkippedTemplateSerializer(serializers.Serializer[Any]):
    template = serializers.UUIDField()
    code = serializers.CharField(
        help_text="submitted, approved: the vendor has it. rejected: change the wording first. unclear: look"
        " in the vendor's console. cannot_spell, cannot_be_read, too_long: the wording is none for a vendor."
    )
    detail = serializers.CharField()


class SubmittedTemplatesSerializer(serializers.Serializer[Any]):
    submitted = SubmittedTemplateSerializer(many=True)
    skipped = SkippedTemplateSerializer(many=True)
