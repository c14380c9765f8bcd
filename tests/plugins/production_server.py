"""What stands for a user's production server: nothing may ever connect to it."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def production() -> Iterator[tuple[str, Callable[[], int]]]:
    """A URL on which somebody listens, and a function that counts who has connected."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        listener.setblocking(False)  # noqa: FBT003 - has no keywords
        connections = 0

        def count() -> int:
            nonlocal connections
            with contextlib.suppress(BlockingIOError):
                while True:
                    listener.accept()[0].close()
                    connections += 1
            return connections

        yield f"http://127.0.0.1:{listener.getsockname()[1]}", count
