"""What a user may print, and what may go wrong, where secrets are set: all output is searched.

``test_planted_secrets`` runs this as a file of tests, most of which fail: pytest then prints the
arguments of every function between the test and the error. The secrets are in the environment, so
that they are not in what is printed of this file.
"""

from __future__ import annotations

import http.server
import json
import logging
import os
import socket
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click.testing
import pytest

import lineapy_store as lineapy
from lineapy_store import Store, cli
from lineapy_store.catalog import Catalog
from lineapy_store.content import ContentStore, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECRETS: dict[str, str] = json.loads(os.environ["SECRETS"])
KEYS = ("text", "bytes", "list")


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _key(kind: str) -> Any:
    key = SECRETS["signing_key"]
    return {"text": key, "bytes": key.encode(), "list": [key, f"{key}-older"]}[kind]


def _places() -> dict[str, Any]:
    """Return options that work, each with a secret."""
    return {
        "database_url": os.environ["POSTGRESQL"].replace("SECRET", SECRETS["database_url"]),
        "artifact_storage_dir": os.environ["BUCKET"],
        "storage_options": _storage_options(),
        "mlflow_tracking_uri": _with_secret(os.environ["TRACKING"], "mlflow_tracking_uri"),
        "mlflow_registry_uri": _with_secret(os.environ["TRACKING"], "mlflow_tracking_uri"),
        "signing_key": _key("list"),
    }


def _with_secret(url: str, name: str) -> str:
    return url.replace("://", f"://user:{SECRETS[name]}@")


def _storage_options(endpoint: str | None = None) -> dict[str, Any]:
    return {
        "key": "an-id-that-is-no-secret",
        "secret": SECRETS["storage_options"],
        "client_kwargs": {"endpoint_url": endpoint or os.environ["S3"]},
        "config_kwargs": {"connect_timeout": 1, "retries": {"total_max_attempts": 1}},
    }


@pytest.fixture(autouse=True)
def _everything_is_logged() -> Iterator[None]:
    logging.getLogger("lineapy_store").setLevel(logging.DEBUG)
    yield
    logging.getLogger("lineapy_store").setLevel(logging.INFO)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with secrets in all that it is given, which works."""
    with Store(home_dir=tmp_path_factory.mktemp("home"), **_places()) as opened:
        opened.options.set("logging_level", "DEBUG")
        yield opened


@pytest.fixture(scope="module")
def model() -> Any:
    """A model that goes to MLflow."""
    from sklearn.linear_model import LinearRegression  # noqa: PLC0415 - not in every environment

    return LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])


@pytest.fixture
def refusing(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server that answers everything, but /health, with a status."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = 200 if self.path == "/health" else request.param
            self.send_response(status)
            self.end_headers()
            # As some do, for debugging.
            told = self.headers.as_string() if status >= 400 else ""
            self.wfile.write(f"{self.path} {told}".encode())

        do_POST = do_PUT = do_DELETE = do_PATCH = do_GET  # noqa: N815 - as above

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


# What is printed.


def test_representations(store: Store, model: Any) -> None:
    for artifact in (store.save([1], "value"), store.save(model, "model")):
        print(repr(artifact), artifact.get_metadata(), vars(artifact))
        print(artifact.get_value())
        artifact.verify()
    print(store, repr(store), store.options, vars(store))
    print(store.artifact_store(), store.artifact_store()._repr_html_())
    print(store.artifact_store().to_dict(), store.gc(dry_run=True), store.gc())
    for key in vars(store.options)["_set"]:
        print(key, store.options.describe(key), repr(store.options.get(key)))
    print([repr(store.options.get(key)) for key in _places()])
    print({key: store.options.get(key) for key in _places()})
    with store.activate():
        print(lineapy.options, lineapy.artifact_store())
    content = ContentStore(f"{os.environ['BUCKET']}/more", _storage_options())
    print(content, Catalog(_places()["database_url"]), vars(content))
    store.delete("model", "all")


def test_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("_LINEAPY_NO_CONFIG_FILES", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for key, value in _places().items():
        text = value if isinstance(value, str) else json.dumps(value)
        monkeypatch.setenv(f"LINEAPY_{key.upper()}", text)
    print(lineapy.options)
    lineapy.save([1], "of-the-environment")
    print(lineapy.artifact_store())


@pytest.mark.parametrize("as_json", [(), ("--json",)])
@pytest.mark.parametrize(
    "arguments",
    [
        ("config",),
        ("config", "signing_key"),
        ("config", "database_url"),
        ("ls",),
        ("show", "told"),
        ("show", "told-model"),
        ("get", "told"),
        ("code", "told"),
        ("code", "told", "--session"),
        ("verify",),
        ("gc", "--dry-run"),
        ("gc", "--mlflow", "--dry-run"),
        ("show", "missing"),
        ("rm", "told", "7"),
    ],
    ids=" ".join,
)
def test_command(
    store: Store, model: Any, arguments: tuple[str, ...], as_json: tuple[str, ...]
) -> None:
    store.save([1], "told")
    store.save(model, "told-model")
    with store.activate():
        result = click.testing.CliRunner().invoke(cli.main, [*arguments, *as_json])
    _show_result(result)


def _show_result(result: click.testing.Result) -> None:
    print(result.output)
    if result.exc_info is not None:
        traceback.print_exception(*result.exc_info)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception


# What is wrong with an option. The value is given in each of the ways that there are.

_WRONG = {
    "database of another kind": ("database_url", "mysql://user:SECRET@host/db"),
    "no URL": ("database_url", "user:SECRET@host"),
    "port that is none": ("database_url", "postgresql://user:SECRET@host:port/db"),
    "options that are no JSON": ("storage_options", '{"secret": "SECRET"'),
    "options in a list": ("storage_options", ["SECRET"]),
    "empty key": ("signing_key", ["SECRET", ""]),
    "key in a dict": ("signing_key", {"key": "SECRET"}),
    "no text": ("mlflow_tracking_uri", ["http://user:SECRET@host"]),
    "zero": ("mlflow_registry_uri", "http://user:SECRET@host\0"),
    "unknown option": ("signing_keys", "SECRET"),
}


def _planted(value: Any) -> Any:
    return json.loads(json.dumps(value).replace("SECRET", SECRETS["any"]))


@pytest.mark.parametrize("given", ["set", "context", "constructor", "environment", "file", "-o"])
@pytest.mark.parametrize("case", _WRONG)
def test_wrong_option(
    case: str, given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, wrong = _WRONG[case]
    others = {"signing_key": _key("text"), "storage_options": _storage_options()}
    if given == "constructor":
        _use(Store(**{**others, key: _planted(wrong)}, home_dir=tmp_path))
    elif given in ("set", "context"):
        opened = Store(home_dir=tmp_path, **others)
        if given == "set":
            opened.options.set(key, _planted(wrong))
            _use(opened)
        else:
            with opened.options.context(**{**others, key: _planted(wrong)}):
                _use(opened)
    elif given == "-o":
        text = _planted(wrong) if isinstance(wrong, str) else json.dumps(_planted(wrong))
        monkeypatch.setenv("LINEAPY_HOME_DIR", str(tmp_path))
        with Store(home_dir=tmp_path).activate():
            runner = click.testing.CliRunner()
            _show_result(runner.invoke(cli.main, ["-o", f"{key}={text}", "ls"]))
            _show_result(runner.invoke(cli.main, ["-o", text, "ls"]))
    else:
        monkeypatch.delenv("_LINEAPY_NO_CONFIG_FILES", raising=False)
        monkeypatch.setenv("LINEAPY_HOME_DIR", str(tmp_path))
        if given == "file":
            (tmp_path / "lineapy_config.json").write_text(json.dumps({key: _planted(wrong)}))
        else:
            text = _planted(wrong) if isinstance(wrong, str) else json.dumps(_planted(wrong))
            monkeypatch.setenv(f"LINEAPY_{key.upper()}", text.replace("\0", ""))
        try:
            lineapy.save([1], "x")
        finally:
            (tmp_path / "lineapy_config.json").unlink(missing_ok=True)


def _use(opened: Store) -> None:
    with opened:
        opened.save([1], "x")


def test_file_that_is_no_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("_LINEAPY_NO_CONFIG_FILES", raising=False)
    monkeypatch.setenv("LINEAPY_HOME_DIR", str(tmp_path))
    file = tmp_path / "lineapy_config.json"
    file.write_text('{"signing_key": "' + SECRETS["any"] + '"')
    try:
        lineapy.save([1], "x")
    finally:
        file.unlink()


# What does not answer, or refuses.

_DATABASES = {
    "down": "postgresql://user:SECRET@127.0.0.1:PORT/db",
    "down, in a query": "postgresql://127.0.0.1:PORT/db?user=me&password=SECRET",
    "down, of its certificate": "postgresql://127.0.0.1:PORT/db?sslpassword=SECRET",
    "down, with slashes": "postgresql://user:SEC/RET/SECRET@127.0.0.1:PORT/db",
    "down, with an at sign": "postgresql://user:SECRET@SECRET@127.0.0.1:PORT/db",
    "unknown argument": "postgresql://user:SECRET@127.0.0.1:PORT/db?nothing=1",
    "wrong argument": "postgresql://user:SECRET@127.0.0.1:PORT/db?sslmode=nothing",
}


@pytest.mark.parametrize("case", _DATABASES)
def test_database(case: str, tmp_path: Path) -> None:
    url = _DATABASES[case].replace("PORT", str(_closed_port()))
    url = url.replace("SECRET", SECRETS["database_url"])
    with Store(home_dir=tmp_path, database_url=url) as opened:
        print(opened.options)
        opened.save([1], "x")


def test_database_without_tables(tmp_path: Path) -> None:
    import psycopg  # noqa: PLC0415 - not in every environment

    url = os.environ["SPARE_POSTGRESQL"].replace("SECRET", SECRETS["database_url"])
    with Store(home_dir=tmp_path, database_url=url) as opened:
        opened.save([1], "x")
        with psycopg.connect(url) as connection:
            connection.execute("DROP TABLE lineapy_store_artifacts CASCADE")
        opened.save([1], "x")


_CONTENT: dict[str, tuple[str, dict[str, Any]]] = {
    "down": ("s3://bucket/x", {}),
    "no such bucket": ("s3://missing-bucket/x", {"client_kwargs": {"endpoint_url": "S3"}}),
    "unknown argument": ("s3://bucket/x", {"nothing": "SECRET"}),
    "wrong argument": ("s3://bucket/x", {"client_kwargs": {"endpoint_url": "SECRET"}}),
    "unknown client argument": ("s3://bucket/x", {"client_kwargs": {"nothing": "SECRET"}}),
    "in the URL": ("ftp://user:SECRET@127.0.0.1:PORT/x", {}),
    "unknown protocol": ("nothing://user:SECRET@host/x", {}),
}


@pytest.mark.parametrize("call", ["save", "load", "delete", "list"])
@pytest.mark.parametrize("case", _CONTENT)
def test_content(case: str, call: str) -> None:
    url, more = _CONTENT[case]
    port = str(_closed_port())
    options = _storage_options(f"http://127.0.0.1:{port}") if url.startswith("s3") else {}
    for name, value in more.items():
        text = json.dumps(value).replace("S3", os.environ["S3"])
        options[name] = json.loads(text.replace("SECRET", SECRETS["storage_options"]))
    url = url.replace("PORT", port).replace("SECRET", SECRETS["storage_options"])
    content = ContentStore(url, options)
    print(content)
    calls: dict[str, Callable[[], Any]] = {
        "save": lambda: content.publish(content.stage(encode([1]), key="0" * 32)),
        "load": lambda: content.load("0" * 64),
        "delete": lambda: content.delete("0" * 64),
        "list": lambda: list(content.digests()),
    }
    calls[call]()


_TRACKING = {
    "down": "http://user:SECRET@127.0.0.1:PORT",
    "down, with a token": "http://SECRET@127.0.0.1:PORT",
    "down, in a query": "http://127.0.0.1:PORT/?api_key=SECRET",
    "no host": "http://user:SECRET@no..host",
    "no port": "http://user:SECRET@127.0.0.1:port",
    "database": "postgresql://user:SECRET@127.0.0.1:PORT/db",
    "unknown kind": "nothing://user:SECRET@host",
}


@pytest.mark.parametrize("case", _TRACKING)
def test_tracking(case: str, tmp_path: Path, model: Any) -> None:
    uri = _TRACKING[case].replace("PORT", str(_closed_port()))
    uri = uri.replace("SECRET", SECRETS["mlflow_tracking_uri"])
    with Store(home_dir=tmp_path, mlflow_tracking_uri=uri) as opened:
        opened.save(model, "x")


@pytest.mark.parametrize("refusing", [302, 400, 401, 403, 404, 429, 500], indirect=True)
def test_refusing(refusing: str, tmp_path: Path, model: Any) -> None:
    uri = _with_secret(refusing, "mlflow_tracking_uri")
    with Store(home_dir=tmp_path, mlflow_tracking_uri=uri) as opened:
        opened.save(model, "x")


@pytest.mark.parametrize("call", ["get_value", "verify", "delete"])
def test_removed_in_mlflow(store: Store, model: Any, call: str) -> None:
    import mlflow  # noqa: PLC0415 - not in every environment

    artifact = store.save(model, "removed")
    client = mlflow.MlflowClient(os.environ["TRACKING"])
    client.delete_logged_model(artifact.get_metadata().mlflow.model_uri.rpartition("/")[2])
    if call == "delete":
        store.delete("removed", "all")
    else:
        getattr(artifact, call)()


@pytest.mark.parametrize(
    "arguments",
    [
        {"run_id": "missing"},
        {"signature": "none"},
        {"registered_model_name": "a/b"},
        {"nothing": 1},
        {"code_paths": ["/missing"]},
        {"input_example": object()},
    ],
    ids=str,
)
def test_wrong_argument_of_log_model(store: Store, model: Any, arguments: dict[str, Any]) -> None:
    store.save(model, "wrong", **arguments)


def test_password_that_is_not_there(store: Store, model: Any) -> None:
    artifact = store.save(model, "elsewhere")
    with store.options.context(mlflow_tracking_uri=None, mlflow_registry_uri=None):
        artifact.get_value()


# What is not signed, or damaged.


@pytest.mark.parametrize("call", ["get_value", "verify", "get_code", "get_session_code"])
@pytest.mark.parametrize("kind", KEYS)
def test_unsigned(kind: str, call: str, tmp_path: Path) -> None:
    with Store(home_dir=tmp_path) as unsigned:
        unsigned.save([1], "x")
    with Store(home_dir=tmp_path, signing_key=_key(kind)) as opened:
        print(opened.options, repr(opened.options.get("signing_key")))
        getattr(opened.get("x"), call)()


def test_signed_by_another(tmp_path: Path) -> None:
    with Store(home_dir=tmp_path, signing_key="another") as other:
        other.save([1], "x")
    with Store(home_dir=tmp_path, signing_key=_key("bytes")) as opened, opened.activate():
        print(click.testing.CliRunner().invoke(cli.main, ["verify"]).output)
        opened.get("x").get_value()


def test_damaged(tmp_path: Path) -> None:
    with Store(home_dir=tmp_path, signing_key=_key("text")) as opened:
        path = Path(opened.save([1], "x").get_metadata().lineapy.storage_path)
        path.write_bytes(b"damaged")
        opened.get("x").get_value()


def test_what_cannot_be_pickled(tmp_path: Path) -> None:
    with Store(home_dir=tmp_path, signing_key=_key("text")) as opened:
        opened.save(opened, "x")


# Code.

_SCRIPT = """
import lineapy_store as lineapy

lineapy.options.set("signing_key", "SIGNING_KEY")
lineapy.options.set("database_url", "DATABASE_URL")
lineapy.options.set("mlflow_tracking_uri", "MLFLOW_TRACKING_URI")
lineapy.options.set("storage_options", {"key": "STORAGE_OPTIONS-id", "secret": "STORAGE_OPTIONS"})
rows = [1, 2]
lineapy.save(rows, "rows")

def made(place, rows):
    total = sum(rows)
    lineapy.save(total, "total")
    return total

made("DATABASE_URL", lineapy.get("rows").get_value())
"""


def test_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess  # noqa: PLC0415 - only here
    import sys  # noqa: PLC0415 - as above

    home, places = tmp_path / "home", _places()
    texts = {
        "DATABASE_URL": os.environ["CODE_POSTGRESQL"].replace("SECRET", SECRETS["database_url"]),
        "MLFLOW_TRACKING_URI": places["mlflow_tracking_uri"],
        "STORAGE_OPTIONS": SECRETS["storage_options"],
        "SIGNING_KEY": SECRETS["signing_key"],
    }
    script = _SCRIPT
    for name, text in texts.items():
        script = script.replace(name, text)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "script.py"
    path.write_text(script)
    try:
        command = [sys.executable, path.name]
        environment = {**os.environ, "LINEAPY_HOME_DIR": str(home)}
        subprocess.run(command, check=True, env=environment)  # noqa: S603 - our own
    finally:
        path.unlink()
    options = {"signing_key": texts["SIGNING_KEY"], "database_url": texts["DATABASE_URL"]}
    with Store(home_dir=home, **options) as opened:
        for name in ("rows", "total"):
            artifact = opened.get(name)
            print(artifact.get_session_code(), artifact.get_code(include_non_slice_as_comment=True))
            print(artifact.get_code(use_lineapy_serialization=False))
        print(opened.get("rows").get_code(keep_lineapy_save=True))
        written = opened.to_pipeline(
            ["rows", "total"],
            output_dir="written",
            generate_test=True,
            include_non_slice_as_comment=True,
        )
        for file in sorted(written.iterdir()):
            print(file.read_text())
        with opened.activate():
            for words in ("pipeline rows total", "code rows --session", "code total --json"):
                _show_result(click.testing.CliRunner().invoke(cli.main, words.split()))


# The plugin.


def test_places_of_the_plugin(
    lineapy_store_mlflow: Store, mlflow_tracking: Any, model: Any
) -> None:
    import mlflow  # noqa: PLC0415 - not in every environment

    lineapy_store_mlflow.save(model, "x").get_value()
    with mlflow.start_run():
        mlflow.log_metric("x", 1)
    mlflow.start_run()
    print(mlflow_tracking, lineapy_store_mlflow.options)
    raise AssertionError("what a failed test shows")


def test_fresh_store_of_the_plugin(lineapy_fresh_store: Any) -> None:
    with lineapy_fresh_store(signing_key=_key("text")) as opened:
        opened.save([1], "x")
        print(opened.options)
        raise AssertionError("what a failed test shows")


def test_wrong_option_of_a_fresh_store(lineapy_fresh_store: Any) -> None:
    with lineapy_fresh_store(signing_key=["", _key("text")]):
        pass


@pytest.mark.lineapy(options={"signing_key": ["", SECRETS["any"]]})
def test_wrong_option_of_the_marker(lineapy_store: Store) -> None:
    lineapy_store.save([1], "x")


@pytest.mark.lineapy(options=[SECRETS["any"]])
def test_wrong_options_of_the_marker(lineapy_store: Store) -> None:
    lineapy_store.save([1], "x")


@pytest.mark.lineapy(mlflow=f"nothing://user:{SECRETS['any']}@host")
def test_wrong_place_of_the_marker(lineapy_store_mlflow: Store) -> None:
    lineapy_store_mlflow.save([1], "x")


@pytest.mark.lineapy(mlflow=f"http://user:{SECRETS['any']}@127.0.0.1:{_closed_port()}")
def test_place_of_the_marker_that_is_down(lineapy_store_mlflow: Store) -> None:
    lineapy_store_mlflow.save([1], "x")


@pytest.mark.lineapy(options={"signing_key": SECRETS["signing_key"]})
def test_roundtrips(lineapy_roundtrip: Any, model: Any) -> None:
    lineapy_roundtrip(model, inputs=[[0.0]])


def test_schema_that_is_gone_at_the_end(lineapy_store: Store) -> None:
    import psycopg  # noqa: PLC0415 - not in every environment

    lineapy_store.save([1], "x")
    with psycopg.connect(lineapy_store.options.get("database_url")) as connection:
        (schema,) = connection.execute("SELECT current_schema()").fetchone() or ("",)
        connection.execute(f"DROP SCHEMA {schema} CASCADE")
