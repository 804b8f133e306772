from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def make_the_cache_table(using: str, **_: object) -> None:
    """Make the table of the shared cache where the database is the cache; nothing if it is there."""
    call_command("createcachetable", database=using, verbosity=0)


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from notifications import receivers  # noqa: PLC0415  # connects the wires from below

        post_migrate.connect(make_the_cache_table, sender=self)
        post_migrate.connect(receivers.catch_up, sender=self)
