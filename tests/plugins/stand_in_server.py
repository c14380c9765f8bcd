"""A server that starts in a moment and answers as MLflow's does, where only its life matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_ANSWERS = """
import http.server, socket, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
server.socket = socket.socket(fileno=int(sys.argv[1]))
server.serve_forever()
"""


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """A folder that, in PYTHONPATH, brings such a server in place of uvicorn, in uvicorn.py."""
    folder = tmp_path / "stand-in"
    folder.mkdir()
    (folder / "uvicorn.py").write_text(_ANSWERS)
    return folder
