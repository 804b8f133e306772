"""The first page after logging in, until an app above puts its own in this place."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from merchants.screens import Screen


class Home(Screen):
    template_name = "screens/home.html"
    title = _("Home")
    section = "home"
