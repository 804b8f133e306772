"""A shop's team: invite, join, change a role, remove. A shop always keeps an owner."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from merchants.models import Invitation, Membership, Merchant, User, digest_of
from merchants.ownership import across_merchants
from merchants.roles import Role


class InvitationVoid(Exception):
    """The invitation is unknown, withdrawn, used or expired."""


def invite(merchant: Merchant, *, email: str, role: Role, by: User) -> tuple[Invitation, str]:
    """Offer a place and return it with the token of its link; an earlier offer to the address ends.

    Raises `ValidationError` when the address already belongs to somebody in the team.
    """
    email = email.lower()
    if Membership.objects.filter(user__email=email).exists():
        raise ValidationError({"email": _("This person is in the team already.")}, code="member")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Invitation.objects.filter(email=email, accepted_at=None).delete()
        invitation = Invitation.objects.create(
            merchant=merchant, email=email, role=role, digest=digest_of(token), invited_by=by
        )
    return invitation, token


def link_of(token: str) -> str:
    """Return the address at which an invitation is accepted."""
    return f"{settings.PUBLIC_URL}{reverse('invitation', args=[token])}"


def send_invitation(invitation: Invitation, *, token: str) -> None:
    """Mail the link to the invited person. Raises what the mail server raises."""
    context = {"invitation": invitation, "link": link_of(token)}
    send_mail(
        _("%(shop)s invites you to its team") % {"shop": invitation.merchant.name},
        render_to_string("account/email/invitation.txt", context),
        None,
        [invitation.email],
    )


def open_invitation(token: str) -> Invitation:
    """Return the invitation that a link names; raises `InvitationVoid` when it stands no more."""
    with across_merchants():
        invitation: Invitation | None = (
            Invitation.objects.select_related("merchant", "invited_by")
            .filter(digest=digest_of(token), accepted_at=None, expires_at__gt=clock.now())
            .first()
        )
    if invitation is None:
        raise InvitationVoid
    return invitation


def accept(invitation: Invitation, *, user: User) -> Membership:
    """Give the person, saved if new, the offered place. Raises `InvitationVoid` for who came second."""
    with across_merchants(), transaction.atomic():
        standing = Invitation.objects.filter(pk=invitation.pk, accepted_at=None)
        if not standing.update(accepted_at=clock.now()):
            raise InvitationVoid
        if user.pk is None:
            user.save()
        membership: Membership = Membership.objects.get_or_create(
            merchant=invitation.merchant, user=user, defaults={"role": invitation.role}
        )[0]
    return membership


def change_role(membership: Membership, *, role: Role) -> None:
    """Give a member another role. Raises `ValidationError` for the last owner."""
    with transaction.atomic():
        if role != Role.OWNER:
            _keep_an_owner(membership)
        Membership.objects.filter(pk=membership.pk).update(role=role)
    membership.role = role


def remove(membership: Membership) -> None:
    """Take a member out of the team. Raises `ValidationError` for the last owner."""
    with transaction.atomic():
        _keep_an_owner(membership)
        Membership.objects.filter(pk=membership.pk).delete()


def _keep_an_owner(leaving: Membership) -> None:
    # Two owners who remove each other at once wait here for one another.
    Merchant.objects.select_for_update().get(pk=leaving.merchant_id)
    if not Membership.objects.filter(role=Role.OWNER).exclude(pk=leaving.pk).exists():
        raise ValidationError(_("A shop keeps at least one owner."), code="last_owner")
