"""Run one function of ours or of a rival's in a process of its own: `python -m bench.step module function …`.

What it returns is printed as JSON on the last line.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module

import django


def main(module: str, function: str, *arguments: str) -> None:
    django.setup()
    # Models can be imported once Django is set up.
    returned = getattr(import_module(module), function)(*arguments)
    sys.stdout.write(f"\n{json.dumps(returned)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
