"""Where a value is from: its type, the process that saved it, and who called."""

from __future__ import annotations

import functools
import os
import platform
import sys
import uuid
from typing import Any

from lineapy_store import flavors


def frames_to_the_user() -> int:
    """Returns the ``stacklevel`` at which a warning of the caller's points at user code."""
    package = os.path.dirname(__file__)  # noqa: PTH120 - compared with code paths, which are texts
    level, frame = 1, sys._getframe(1)  # noqa: SLF001 - the only way to a caller's file
    while frame.f_back is not None and os.path.dirname(frame.f_code.co_filename) == package:  # noqa: PTH120 - as above
        level, frame = level + 1, frame.f_back
    return level


def type_name(obj: object) -> str:
    """Returns the qualified name of a value's class, with its module."""
    return f"{type(obj).__module__}.{type(obj).__qualname__}"


def session_id() -> str:
    """Returns 32 hexadecimal digits, the same for all that one process saves."""
    return _session(os.getpid())


def environment(cls: type) -> dict[str, Any]:
    """Returns the platform, and the versions of the packages that a class is from, by name."""
    return {
        "implementation": platform.python_implementation(),
        "platform": _platform(),
        "packages": flavors.package_versions(cls),
    }


@functools.cache
def _session(pid: int) -> str:  # noqa: ARG001 - another process is another session, forked or not
    return uuid.uuid4().hex


@functools.cache
def _platform() -> str:
    return platform.platform()
