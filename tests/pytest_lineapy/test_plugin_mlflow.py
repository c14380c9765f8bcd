"""--lineapy-mlflow: where places are, and which of several settings counts."""

from __future__ import annotations

import http.server
import os
import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    """Factory's argument before marker before command line before ini before the default."""
    inner.write(
        """
import pytest
from pytest_lineapy._run import tracking_mode

@pytest.mark.lineapy(mlflow="http://marker")
def test_it(request):
    note(tracking_mode(request.node, "http://argument"))
    note(tracking_mode(request.node))

def test_other(request):
    note(tracking_mode(request.node))
"""
    )
    inner.passes(n=2)
    assert inner.notes() == ["http://argument", "http://marker", "sqlite"]
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


def test_an_empty_value_in_the_ini_file_is_a_usage_error(inner: InnerPytest) -> None:
    """What is written there counts, as it does on the command line."""
    inner.ini(lineapy_mlflow="")
    result = inner.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: lineapy_mlflow in the ini-file is ''*'sqlite', 'server'*"])


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


@pytest.mark.parametrize(
    ("variable", "proxy"), [("HTTP_PROXY", "http://me:pw@127.0.0.1:1"), ("NO_PROXY", None)]
)
def test_a_proxy_that_does_not_answer_is_named(
    inner: InnerPytest, variable: str, proxy: str | None
) -> None:
    """Where requests to the user's server go through a proxy, the error says so, and only there."""
    pytest.importorskip("mlflow", reason="without it the message is about that")
    inner.write("def test_it(mlflow_tracking): pass")
    result = inner.run(
        "--lineapy-mlflow=http://mlflow.invalid:1",
        env={"HTTP_PROXY": "http://me:pw@127.0.0.1:1", variable: proxy or "mlflow.invalid"},
    )
    result.assert_outcomes(errors=1)
    output = result.stdout.str()
    assert "no MLflow server answers at http://mlflow.invalid:1" in output
    assert ("through the proxy http://***@127.0.0.1:1" in output) == (proxy is not None)
    assert "pw@" not in output
    assert "During handling" not in output


_NOTES_STARTS = """
import pytest
from pytest_lineapy import server
from pytest_lineapy._run import run_of

init = server.TrackingServer.__init__

def noting_init(self, *arguments, **options):
    init(self, *arguments, **options)
    note("started")

server.TrackingServer.__init__ = noting_init

@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    note("collected")
"""


@pytest.mark.parametrize("arguments", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_the_header_names_mode_and_url(
    inner: InnerPytest, stand_in: Path, arguments: tuple[str, ...]
) -> None:
    """The server starts while tests are collected, and its URL is told before they run."""
    pytest.importorskip("mlflow", reason="the fixture asks for it")
    inner.write(_NOTES_STARTS, name="conftest")
    inner.write("def test_it(mlflow_server): note(mlflow_server.url)")
    output = inner.passes(*arguments, env={"PYTHONPATH": str(stand_in)})
    *notes, url = inner.notes()
    assert notes == ["started", "collected"]
    header = output.partition("lineapy: MLflow starts at ")[2]
    assert header.startswith(f"{url}\n")
    assert " passed" in header
    assert output.count(url) == 1
    if not arguments:
        assert output.count("lineapy: mlflow=sqlite (default)") == 1


def test_the_server_of_an_overridden_fixture_starts_as_early(
    inner: InnerPytest, stand_in: Path
) -> None:
    """A conftest's fixture that asks for the plugin's of its name is started for while collecting.

    One that does not ask for it is not.
    """
    pytest.importorskip("mlflow", reason="the fixture asks for it")
    inner.write(
        _NOTES_STARTS + "@pytest.fixture(scope='session')\n"
        "def mlflow_server(mlflow_server): return mlflow_server\n",
        name="conftest",
    )
    inner.write("def test_it(mlflow_server): pass")
    inner.passes(env={"PYTHONPATH": str(stand_in)})
    assert inner.notes() == ["started", "collected"]
    inner.write(
        _NOTES_STARTS + "@pytest.fixture(scope='session')\n"
        "def mlflow_server(): pass\n"
        "@pytest.fixture\n"
        "def mlflow_tracking(mlflow_server): pass\n",
        name="conftest",
    )
    inner.write("def test_it(mlflow_tracking): pass")
    inner.passes("--lineapy-mlflow=server")
    assert inner.notes() == ["collected"]


@pytest.mark.parametrize("arguments", [("-q",), ("-q", "-n", "1"), ("--no-header",)])
def test_a_header_that_is_not_wanted(
    inner: InnerPytest, stand_in: Path, arguments: tuple[str, ...]
) -> None:
    """Quiet runs are as quiet as without the plugin."""
    pytest.importorskip("mlflow", reason="the fixture asks for it")
    inner.write("def test_it(mlflow_server): pass")
    assert "lineapy:" not in inner.passes(*arguments, env={"PYTHONPATH": str(stand_in)})


@pytest.mark.parametrize(
    "argument", ["--collect-only", "--setup-plan", "--fixtures", "--fixtures-per-test"]
)
def test_nothing_starts_where_no_test_runs(inner: InnerPytest, argument: str) -> None:
    """What only looks at the tests starts no server."""
    inner.write(_NOTES_STARTS, name="conftest")
    inner.write("def test_it(mlflow_server): pass")
    assert inner.run(argument).ret == pytest.ExitCode.OK
    assert inner.notes() == ["collected"]


def test_fixtures_go_by_their_names_in_errors(inner: InnerPytest) -> None:
    """What pytest says of a fixture of another scope has its name, and not one of ours."""
    inner.write(
        "import pytest\n"
        "@pytest.fixture(scope='session')\n"
        "def wrong(lineapy_store, mlflow_tracking): pass\n"
        "def test_it(wrong): pass\n"
    )
    result = inner.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ScopeMismatch*", "*def lineapy_store(*"])


def test_a_cache_folder_of_somebody_else_is_one_error(inner: InnerPytest) -> None:
    """Tests that need what is kept there fail with the remedy, and nothing of our code."""
    pytest.importorskip("mlflow", reason="what is kept is MLflow's")
    (inner.path / "temporary" / f"pytest-lineapy-{os.getuid()}").mkdir(parents=True)
    (inner.path / "temporary" / f"pytest-lineapy-{os.getuid()}").chmod(0o777)
    inner.write("def test_one(mlflow_tracking): pass\ndef test_other(mlflow_server): pass\n")
    result = inner.run("-rN", env={"TMPDIR": str(inner.path / "temporary")})
    result.assert_outcomes(errors=2)
    output = result.stdout.str()
    assert output.count("Remove it, or set TMPDIR") == 2
    assert "Error: " not in output
    assert ".py:" not in output
