"""The web server as part of another program: gunicorn without its command line."""

from __future__ import annotations

from typing import Any

from django.core.servers.basehttp import get_internal_wsgi_application
from gunicorn.app.base import BaseApplication


class Web(BaseApplication):
    """gunicorn with some of its settings; the rest is as gunicorn has it."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings
        self.application = get_internal_wsgi_application()
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self.application


def web(address: str, *, workers: int) -> Web:
    """Return the server for `host:port`, everything loaded; `run()` serves until told to end (SIGTERM)."""
    return Web(
        bind=address,
        workers=workers,
        threads=4,
        preload_app=True,
        control_socket_disable=True,
        loglevel="warning",
    )
