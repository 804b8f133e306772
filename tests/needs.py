"""Programs that some tests need and a machine may lack."""

from __future__ import annotations

import os
import shutil

import pytest

# Where Debian puts programs that are on no ordinary user's path.
ELSEWHERE = ["/usr/sbin", "/usr/local/sbin", "/usr/lib/kannel/test"]


def need(program: str) -> str:
    """Return the path of a program; without it skip the test, or fail it where `CI` is true."""
    path = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", os.defpath), *ELSEWHERE]))
    if path:
        return path
    reason = f"{program} is not installed"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"{reason}, and in CI nothing is skipped")
    pytest.skip(reason)
