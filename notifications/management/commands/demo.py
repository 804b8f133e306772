"""Make the demo shops."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone as clock

from notifications.demo.shops import open_demo


class Command(BaseCommand):
    help = (
        "Make two demo shops and let their orders happen; say who may log in, and the API key. "
        "Where they stand already: give new passwords and a new key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", help="write the access to this file (JSON, for its owner only)")

    def handle(self, *args: Any, **options: Any) -> None:
        access = json.dumps(open_demo(now=clock.now()), ensure_ascii=False, indent=2)
        if options["output"]:
            _write(Path(options["output"]), access)
        else:
            self.stdout.write(access)


def _write(path: Path, text: str) -> None:
    """Write the file whole or not at all, readable by its owner only."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
