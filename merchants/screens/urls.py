"""The addresses of the merchants' own screens."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from merchants.roles import Right
from merchants.screens import account, choices, keys, navigation
from merchants.screens.navigation import Entry

navigation.add(Entry("home", _("Home"), url="home", icon="home", place=0))
navigation.add(
    Entry("keys", _("API keys"), url="key_list", icon="keys", place=30, right=Right.CONNECT, is_setting=True)
)

urlpatterns = [
    path("switch/", choices.switch_merchant, name="switch_merchant"),
    path("language/", choices.switch_language, name="switch_language"),
    path("settings/account/", account.AccountEdit.as_view(), name="account"),
    path("settings/keys/", keys.KeyList.as_view(), name="key_list"),
    path("settings/keys/new/", keys.KeyCreate.as_view(), name="key_create"),
    path("settings/keys/<uuid:pk>/revoke/", keys.KeyRevoke.as_view(), name="key_revoke"),
]
