"""Run the workers of this host."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from notifications.clusters import Lanes, spare_the_collector
from orders.events import Lane


class Command(BaseCommand):
    help = (
        "Run the workers of this host: a cluster per lane, watched and woken. Any number of hosts may do so."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--lanes", nargs="+", choices=Lane.values, default=Lane.values, help="the lanes to serve"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        spare_the_collector()
        Lanes(options["lanes"]).run_until_told()
