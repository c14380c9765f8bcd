"""A proxy before a tracking server, which does to requests what networks and servers do."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import socket
import struct
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What becomes of a request that the server never sees.
LOST = ("refused", "cut", "silent", "500", "429", "page")
#: What becomes of the answer to one that it has done; or it sees it when the sender has given up.
DONE = ("answer cut", "answer halved", "answer silent", "answer 500", "late")
#: Others: held back until all is well; a body taken in piece by piece; answered two seconds after
#: that; and a body that is not taken in.
SLOW = ("held", "slow", "slow answer", "stuck")

_SECONDS = 60.0  # after which something hangs
_PIECE = 250_000  # bytes taken in at once by what is slow, 4 times in a second
_RESETS = struct.pack("ii", 1, 0)  # closing such a connection resets it


class _Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


_FAILURES = {
    "500": _Answer(500, {}, b"Internal Server Error"),
    "429": _Answer(429, {"Retry-After": "3600"}, b"Too Many Requests"),
    "page": _Answer(200, {"Content-Type": "text/html"}, b"<html>Please log in.</html>"),
}


class _Fault(NamedTuple):
    number: int
    how: str
    lasting: bool
    size: int
    path: str


class Unreliable:
    """Passes requests on to a server, but for those that it was told of.

    Args:
        server: URL of the server.

    Attributes:
        url: URL of the proxy.
        requests: Methods and paths since it was last told something.
        failing: Set when the first of them fails.
        failed_at: When that was, by the monotonic clock.
    """

    def __init__(self, server: str) -> None:
        self.upstream = urlsplit(server).netloc
        self.requests: list[str] = []
        self.failed_at: float | None = None
        self.healed = threading.Event()
        self.failing = threading.Event()
        self._fault: _Fault | None = None
        self._calm = threading.Condition()
        self._under_way = 0
        self._connections: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._port = _bound("127.0.0.1", 0)  # which stays ours while nobody listens
        self.url = f"http://127.0.0.1:{self._port.getsockname()[1]}"
        self.heal()

    def __enter__(self) -> Unreliable:  # noqa: PYI034 - typing has Self from 3.11 on
        """Return the proxy."""
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Hang up."""
        self.stop_listening()
        self.healed.set()
        self._port.close()

    def fail(self, number: int, how: str, *, lasting: bool, size: int = 0, path: str = "") -> None:
        """Let a request fail, counted from 0 and from now; and if it lasts, all that follow.

        Args:
            number: Which.
            how: In which of the ways above.
            lasting: Whether it lasts.
            size: Bytes that a request has to send to be one of them.
            path: What has to be in its path.
        """
        self.healed.clear()
        self.failing.clear()
        self.requests.clear()
        self.failed_at = None
        self._fault = _Fault(number, how, lasting, size, path)

    def heal(self) -> None:
        """Let everything through from now on; returns when what was held back is done."""
        self._fault = None
        self.healed.set()
        with self._calm:
            assert self._calm.wait_for(lambda: not self._under_way, _SECONDS)
        self.requests.clear()
        if self._listener is None:
            self._listener = _bound(*self._port.getsockname())
            self._listener.listen()
            threading.Thread(target=self._listen, args=[self._listener], daemon=True).start()

    @contextlib.contextmanager
    def request(self, what: str, size: int) -> Iterator[str | None]:
        """Give what becomes of a request, during it."""
        with self._calm:
            self._under_way += 1
            self.requests.append(what)
            fault = self._fault
            if fault is not None:
                if size < fault.size or fault.path not in what:
                    fault = None
                else:
                    self._fault = fault._replace(number=fault.number - 1)
                    if fault.number > 0 or (fault.number < 0 and not fault.lasting):
                        fault = None
            if fault is not None and self.failed_at is None:
                self.failed_at = time.monotonic()
                self.failing.set()
        try:
            yield fault and fault.how
        finally:
            with self._calm:
                self._under_way -= 1
                self._calm.notify_all()

    def stop_listening(self) -> None:
        """Take no connections any more and end those there are."""
        with self._calm:
            listener, self._listener = self._listener, None
            connections = list(self._connections)
        for each in [listener, *connections]:
            if each is not None:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        if listener is not None:
            listener.close()

    def _listen(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # that it does not listen any more
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        self._connections.add(connection)
        try:
            with contextlib.suppress(OSError):
                _Handler(connection, connection.getpeername(), self)  # type: ignore[arg-type]
        finally:
            self._connections.discard(connection)
            connection.close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        """Pass it on, or not."""
        size = int(self.headers.get("Content-Length", 0))
        with self.server.request(f"{self.command} {self.path}", size) as how:
            if how == "stuck":
                self._lose(how, b"")
                return
            body = self._body(slow=how == "slow")
            if how == "slow answer":
                threading.Event().wait(2.0)
            if how == "held":
                self.server.healed.wait(_SECONDS)
            if how is None or how in SLOW:
                self._send(self._ask(body))
            elif how in _FAILURES:
                self._send(_FAILURES[how])
            else:
                self._lose(how, body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - names of the base class

    def _lose(self, how: str, body: bytes) -> None:
        if how in {"silent", "late", "stuck"}:
            self.server.healed.wait(_SECONDS)
        answer = self._ask(body) if how in DONE else None
        if how == "refused":
            self.server.stop_listening()
        if how == "answer 500":
            self._send(_FAILURES["500"])
            return
        if how == "answer silent":
            self.server.healed.wait(_SECONDS)
        if how == "answer halved" and answer is not None:
            self._send(answer, halved=True)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESETS)
        self.close_connection = True

    def _body(self, *, slow: bool = False) -> bytes:
        chunks = []
        if self.headers.get("Transfer-Encoding") != "chunked":
            left = int(self.headers.get("Content-Length", 0))
            while slow and left > _PIECE:
                chunks.append(self.rfile.read(_PIECE))
                left -= _PIECE
                threading.Event().wait(0.25)
            return b"".join([*chunks, self.rfile.read(left)])
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _ask(self, body: bytes) -> _Answer:
        headers = {name: value for name, value in self.headers.items() if name != "Host"}
        connection = http.client.HTTPConnection(self.server.upstream, timeout=_SECONDS)
        with contextlib.closing(connection):
            connection.request(self.command, self.path, body, headers)
            response = connection.getresponse()
            kind = response.getheader("Content-Type")
            given = {"Content-Type": kind} if kind else {}
            return _Answer(response.status, given, response.read())

    def _send(self, answer: _Answer, *, halved: bool = False) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body) + halved))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if halved else answer.body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _bound(host: str, port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind((host, port))
    return bound
