"""The door of an invitation: whoever holds the link joins, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from merchants import team
from merchants.middleware import SESSION_KEY
from merchants.models import User
from merchants.team import InvitationVoid

if TYPE_CHECKING:
    PasswordForm = SetPasswordForm[User]
else:
    PasswordForm = SetPasswordForm

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class JoinForm(PasswordForm):
    """What a new person tells: a name and a password."""

    name = forms.CharField(label=_("Your name"), max_length=150, required=False)
    field_order = ["name", "new_password1", "new_password2"]


@method_decorator([never_cache, sensitive_post_parameters("new_password1", "new_password2")], name="dispatch")
class AcceptInvitation(View):
    """GET shows who invites; POST joins: with a new password, or as who one is logged in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.invitation = team.open_invitation(kwargs["token"])
            return super().dispatch(request, *args, **kwargs)
        except InvitationVoid:
            return TemplateResponse(request, "screens/invitation_void.html", status=404)

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        return self.show(None if self.known else JoinForm(User(email=self.invitation.email)))

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        if request.user.is_authenticated:
            return self.show(None) if not self.is_theirs else self.join(request.user)
        if self.known:  # only the owner of the address may join with it: they log in first
            return self.show(None)
        form = JoinForm(User(email=self.invitation.email), request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        user = form.save(commit=False)
        user.first_name = form.cleaned_data["name"]
        team.accept(self.invitation, user=user)
        login(request, user, backend=BACKEND)
        return self.welcome()

    def join(self, user: User) -> HttpResponseBase:
        team.accept(self.invitation, user=user)
        return self.welcome()

    def welcome(self) -> HttpResponseBase:
        self.request.session[SESSION_KEY] = str(self.invitation.merchant_id)
        messages.success(self.request, _("Welcome to %(shop)s.") % {"shop": self.invitation.merchant})
        return HttpResponseRedirect(reverse("home"))

    @property
    def known(self) -> bool:
        """Say whether the invited address has an account."""
        return User.objects.filter(email__iexact=self.invitation.email).exists()

    @property
    def is_theirs(self) -> bool:
        user = self.request.user
        return user.is_authenticated and user.email.lower() == self.invitation.email

    def show(self, form: JoinForm | None, *, status: int = 200) -> TemplateResponse:
        context: dict[str, Any] = {
            "invitation": self.invitation,
            "is_theirs": self.is_theirs,
            "form": form if not self.request.user.is_authenticated else None,
        }
        return TemplateResponse(self.request, "screens/invitation.html", context, status=status)
