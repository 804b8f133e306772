"""Where the operators' admin hangs."""

from django.contrib.admin.apps import AdminConfig


class OperatorsAdminConfig(AdminConfig):
    default_site = "config.admin.OperatorsSite"

    def ready(self) -> None:
        super().ready()
        # Connects the start-up checks; they need the settings.
        from config import checks  # noqa: F401, PLC0415
