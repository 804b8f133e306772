"""The team: who is in it, who is invited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.mail import BadHeaderError
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants import team
from merchants.models import Invitation, Membership
from merchants.roles import RIGHTS, Right, Role
from merchants.screens import Action, ActionScreen, Column, FormScreen, ListScreen, MerchantForm
from merchants.screens.base import Text


class TeamList(ListScreen[Membership]):
    model = Membership
    template_name = "screens/team.html"
    right = Right.MANAGE_TEAM
    section = "team"
    title = _("Team")
    columns = (
        Column(_("Email"), "user.email"),
        Column(pgettext_lazy("of a person", "Name"), "user.get_full_name"),
        Column(
            _("Role"), "get_role_display", badge=lambda one: "info" if one.role == Role.OWNER else "plain"
        ),
        Column(_("Since"), "created_at"),
    )
    actions = (Action(_("Invite"), "invite", tone="primary", icon="plus"),)
    row_actions = (
        Action(_("Change role"), "member_role"),
        Action(_("Remove"), "member_remove", tone="danger"),
    )
    revoke = Action(_("Withdraw"), "invitation_revoke", tone="danger")

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("user")

    def get_context(self) -> dict[str, Any]:
        pending = Invitation.objects.filter(accepted_at=None).order_by("-pk")[:200]
        return {
            "invitations": [
                {
                    "row": one,
                    "is_expired": one.expires_at <= clock.now(),
                    "actions": [self.revoke.shown_for(self.membership, one)],
                }
                for one in pending
            ]
        }


class InvitationForm(MerchantForm):
    class Meta:
        model = Invitation
        fields = ("email", "role")


class Invite(FormScreen[Invitation]):
    model = Invitation
    form_class = InvitationForm
    right = Right.MANAGE_TEAM
    section = "team"
    title = _("Invite to the team")
    intro = _("A mail with a link is sent there. The link holds for seven days.")
    button = _("Send the invitation")
    back = "team"

    def save(self, form: InvitationForm) -> tuple[Invitation, str]:
        role = Role(form.cleaned_data["role"])
        return team.invite(self.merchant, email=form.cleaned_data["email"], role=role, by=self.request.user)

    def done(self, row: tuple[Invitation, str]) -> HttpResponseBase:
        """Mail the link; where that fails the owner gets it to pass on."""
        invitation, token = row
        try:
            team.send_invitation(invitation, token=token)
        except (OSError, BadHeaderError):
            text = _("The mail could not be sent. Pass this link on yourself: %(link)s")
            messages.warning(self.request, text % {"link": team.link_of(token)})
        else:
            messages.success(self.request, _("Invited: %(email)s") % {"email": invitation.email})
        return HttpResponseRedirect(reverse("team"))


class InvitationRevoke(ActionScreen[Invitation]):
    model = Invitation
    right = Right.MANAGE_TEAM
    section = "team"
    title = _("Withdraw the invitation")
    question = _("Withdraw this invitation? Its link leads nowhere then.")
    button = _("Withdraw")
    back = "team"

    def perform(self, row: Invitation) -> Text:
        Invitation.objects.filter(pk=row.pk, accepted_at=None).delete()
        return _("The invitation is withdrawn.")


class RoleForm(MerchantForm):
    class Meta:
        model = Membership
        fields = ("role",)
        widgets = {"role": forms.RadioSelect}


class MemberRole(FormScreen[Membership]):
    model = Membership
    form_class = RoleForm
    template_name = "screens/member_role.html"
    right = Right.MANAGE_TEAM
    section = "team"
    back = "team"
    saved = _("The role is changed.")

    def get_title(self) -> Text:
        return self.row.user.email

    def get_context(self, form: forms.BaseForm) -> dict[str, Any]:
        return {
            "roles": [
                (role.label, [right.label for right in Right if right in RIGHTS[role]]) for role in Role
            ]
        }

    def save(self, form: RoleForm) -> Membership:
        team.change_role(self.row, role=Role(form.cleaned_data["role"]))
        return self.row


class MemberRemove(ActionScreen[Membership]):
    model = Membership
    right = Right.MANAGE_TEAM
    section = "team"
    title = _("Remove from the team")
    question = _("Remove this person from the team? They see nothing of the shop from now on.")
    button = _("Remove")
    back = "team"

    def perform(self, row: Membership) -> Text:
        team.remove(row)
        return _("The person is removed from the team.")

    def success_url(self) -> str:
        # Who removed themselves may not see the team any more.
        return reverse("home") if self.row.user_id == self.request.user.pk else self.back_url()
