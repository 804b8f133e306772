"""The addresses of the merchants' own screens."""

from django.urls import path, re_path
from django.utils.translation import gettext_lazy as _

from merchants.roles import Right
from merchants.screens import account, choices, invitations, keys, media, navigation, shop, team
from merchants.screens.navigation import Entry

navigation.add(Entry("home", _("Home"), url="home", icon="home", place=0))
navigation.add(
    Entry("shop", _("Shop"), url="shop", icon="shop", place=5, right=Right.CONFIGURE, is_setting=True)
)
navigation.add(
    Entry("brand", _("Brand"), url="brand", icon="brand", place=10, right=Right.CONFIGURE, is_setting=True)
)
navigation.add(
    Entry("team", _("Team"), url="team", icon="team", place=20, right=Right.MANAGE_TEAM, is_setting=True)
)
navigation.add(
    Entry("keys", _("API keys"), url="key_list", icon="keys", place=30, right=Right.CONNECT, is_setting=True)
)

urlpatterns = [
    path("switch/", choices.switch_merchant, name="switch_merchant"),
    path("language/", choices.switch_language, name="switch_language"),
    path("settings/account/", account.AccountEdit.as_view(), name="account"),
    path("settings/shop/", shop.ShopEdit.as_view(), name="shop"),
    path("settings/brand/", shop.BrandEdit.as_view(), name="brand"),
    re_path(r"^media/logos/(?P<name>[0-9a-f]{32})\.(?P<kind>png|jpg|webp)$", media.logo, name="logo"),
    path("settings/team/", team.TeamList.as_view(), name="team"),
    path("settings/team/invite/", team.Invite.as_view(), name="invite"),
    path("settings/team/<uuid:pk>/role/", team.MemberRole.as_view(), name="member_role"),
    path("settings/team/<uuid:pk>/remove/", team.MemberRemove.as_view(), name="member_remove"),
    path(
        "settings/team/invitations/<uuid:pk>/withdraw/",
        team.InvitationRevoke.as_view(),
        name="invitation_revoke",
    ),
    path("invitation/<str:token>/", invitations.AcceptInvitation.as_view(), name="invitation"),
    path("settings/keys/", keys.KeyList.as_view(), name="key_list"),
    path("settings/keys/new/", keys.KeyCreate.as_view(), name="key_create"),
    path("settings/keys/<uuid:pk>/revoke/", keys.KeyRevoke.as_view(), name="key_revoke"),
]
