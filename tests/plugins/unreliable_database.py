"""A proxy before a PostgreSQL server, which breaks a connection at any point of what is said."""

from __future__ import annotations

import contextlib
import select
import shutil
import socket
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.plugins.postgres import PostgresServer

#: What becomes of the last thing that a client says in a connection: the server never gets it; it
#: does, but its answer is lost; or it does once the client has asked in another connection.
BREAKS = ("lost", "answer lost", "late")

_SECONDS = 30.0  # after which something hangs
_ANSWER = 0.3  # seconds for an answer, which not all that is said has
_BYTES = 1 << 16
_SOMEBODY_WAITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


class UnreliableDatabase:
    """Passes on what is said to a server, up to where it was told to break the connection.

    Args:
        server: The server.

    Attributes:
        url: URL of the server's database ``postgres``, by way of the proxy.
        said: How often clients have said something since it was last told anything.
    """

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        # Not in pytest's temporary folder: the path of a socket may have 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-proxy-"))
        self.url = f"postgresql://postgres@/postgres?host={self._folder}"
        self.said = 0
        self._break: tuple[int, str, bytes, bool] | None = None
        self._down = False
        self._healed = threading.Event()
        self._held: list[threading.Event] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._folder / server.socket.name))
        self._listener.listen()
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> UnreliableDatabase:  # noqa: PYI034 - typing has Self from 3.11 on
        """Return the proxy."""
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Listen no more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        shutil.rmtree(self._folder)

    def fail(self, number: int, how: str, *, words: bytes = b"", lasting: bool = False) -> None:
        """Break the connection in which something is said, counted from 0 and from now.

        Args:
            number: Which time.
            how: One of `BREAKS`.
            words: What has to be in it.
            lasting: Whether there are no connections from then on.
        """
        self._healed.clear()
        self.said = 0
        self._break = (number, how, words, lasting)

    def heal(self) -> None:
        """Break nothing any more; returns when the server has what was held back."""
        self._break, self._down = None, False
        self._healed.set()
        while self._held:
            assert self._held.pop().wait(_SECONDS)
        self.said = 0

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # it listens no more
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as upstream:
            done = threading.Event()
            with client:
                if self._down:
                    return
                upstream.connect(str(self._server.socket))
                how, words = self._pass_on(client, upstream)
                if how == "late":
                    self._held.append(done)
                if how == "answer lost":
                    _say(upstream, words)
            if how == "late":
                while not (self._healed.wait(0.02) or self._server.execute(_SOMEBODY_WAITS)):
                    pass
                _say(upstream, words)
                done.set()

    def _pass_on(self, client: socket.socket, upstream: socket.socket) -> tuple[str, bytes]:
        """Pass on all that is said, and return how the connection breaks, and at what words."""
        while True:
            for side in select.select([client, upstream], [], [])[0]:
                words = side.recv(_BYTES)
                if not words:
                    return "", b""
                if side is upstream:
                    client.sendall(words)
                elif how := self._next_break(words):
                    return how, words
                else:
                    upstream.sendall(words)

    def _next_break(self, words: bytes) -> str:
        number, how, needed, lasting = self._break or (-1, "", b"", False)
        self.said += needed in words
        if needed not in words or self.said - 1 != number:
            return ""
        self._down = lasting
        return how


def _say(upstream: socket.socket, words: bytes) -> None:
    """Say something, and wait until it is done if that can be told."""
    upstream.sendall(words)
    if select.select([upstream], [], [], _ANSWER)[0]:
        upstream.recv(_BYTES)
