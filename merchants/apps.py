from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from merchants import lookups


class MerchantsConfig(AppConfig):
    name = "merchants"
    verbose_name = _("Merchants")

    def ready(self) -> None:
        lookups.register()
