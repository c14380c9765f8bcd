"""--lineapy-mlflow: where places are, and which of several settings counts."""

from __future__ import annotations

import http.server
import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plugins.inner_pytest import InnerPytest


@pytest.fixture
def server_without_workspaces() -> Iterator[str]:
    """URL of a server that is up, and knows nothing of workspaces."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def do_POST(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_closest_setting_counts(inner: InnerPytest) -> None:
    """Marker before factory's argument before command line before ini before the default."""
    inner.write(
        """
import pytest
from pytest_lineapy._run import tracking_mode

@pytest.mark.lineapy(mlflow="http://marker")
def test_it(request):
    note(tracking_mode(request.node, "http://argument"))

def test_other(request):
    note(tracking_mode(request.node, "http://argument"))
    note(tracking_mode(request.node))
"""
    )
    inner.passes(n=2)
    assert inner.notes() == ["http://marker", "http://argument", "sqlite"]
    inner.ini(lineapy_mlflow="server")
    inner.passes(n=2)
    assert inner.notes()[-1] == "server"
    inner.passes("--lineapy-mlflow=http://line/", n=2)
    assert inner.notes()[-1] == "http://line"


@pytest.mark.parametrize("value", ["sever", "sqlite:///x.db", "databricks", "http://", ""])
def test_wrong_values_are_usage_errors(inner: InnerPytest, value: str) -> None:
    """The error names the value and what it can be."""
    result = inner.run(f"--lineapy-mlflow={value}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --lineapy-mlflow is '{value}'*'sqlite', 'server' or*"])


def test_wrong_arguments_of_factories_are_errors(inner: InnerPytest) -> None:
    """A factory looks at its arguments when it is called."""
    inner.write(
        "from pytest_lineapy import factories\n"
        "second = factories.mlflow_tracking(mlflow='sever')\n"
        "def test_it(): pass\n"
    )
    result = inner.run()
    assert result.ret != 0
    output = result.stdout.str() + result.stderr.str()
    assert "mlflow= of mlflow_tracking() is 'sever'" in output


def test_a_server_without_workspaces_is_an_error_with_the_remedy(
    inner: InnerPytest, server_without_workspaces: str
) -> None:
    """The test fails and is told how that server has to be started."""
    pytest.importorskip("mlflow", reason="MLflow's client asks for the workspace")
    inner.write("def test_it(mlflow_tracking): pass")
    result = inner.run(f"--lineapy-mlflow={server_without_workspaces}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*mlflow server --enable-workspaces*"])


def test_a_server_that_is_down_is_an_error_at_once(inner: InnerPytest) -> None:
    """The message has the URL and the option, and no password."""
    pytest.importorskip("mlflow", reason="without it the message is about that")
    inner.write("def test_it(mlflow_tracking): pass")
    result = inner.run("--lineapy-mlflow=http://me:pw@127.0.0.1:1")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no MLflow server answers at http://[*][*][*]@127.0.0.1:1*"])
    assert "pw@" not in result.stdout.str()


def test_without_mlflow_the_fixtures_say_what_to_install(inner: InnerPytest) -> None:
    """The error is one sentence, and stores without MLflow go on working."""
    inner.write(
        "def test_server(mlflow_server): pass\n"
        "def test_store(lineapy_store_mlflow): pass\n"
        "def test_other(lineapy_store): lineapy_store.save(1, 'x')\n"
    )
    inner.write(
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = "
        "lambda name, *args: None if name == 'mlflow' else find(name, *args)\n",
        name="conftest",
    )
    result = inner.run("--lineapy-mlflow=server")
    result.assert_outcomes(errors=2, passed=1)
    result.stdout.fnmatch_lines(["*pip install 'pytest-lineapy[[]mlflow]'*"])


def test_the_header_names_mode_and_url_where_a_test_uses_it(inner: InnerPytest) -> None:
    """With the default the line comes after collection, and only if a test uses MLflow."""
    inner.write("def test_it(mlflow_tracking): pass")
    assert "lineapy: mlflow=sqlite (default)" in inner.run("--setup-plan").stdout.str()
