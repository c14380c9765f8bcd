"""Options: what may be set, which value applies, and what is shown."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lineapy_store import ConfigurationError
from lineapy_store.configuration import TABLE, Options, environment_variable

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of one's own, with no option set anywhere."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for key in TABLE:
        monkeypatch.delenv(environment_variable(key), raising=False)
    return tmp_path


def write_config(folder: Path, **values: Any) -> None:
    """Writes a configuration file as LineaPy has it."""
    folder.mkdir(exist_ok=True)
    (folder / "lineapy_config.json").write_text(json.dumps(values))


def test_defaults(home: Path) -> None:
    """Without any setting the store is in ~/.lineapy and MLflow is unset."""
    options = Options(ambient=True)
    assert options.get("home_dir") == str(home / ".lineapy")
    assert options.get("database_url") == f"sqlite:///{home / '.lineapy' / 'catalog.sqlite'}"
    assert options.get("artifact_storage_dir") == str(home / ".lineapy" / "content")
    assert options.get("on_fallback") == "warn"
    assert options.get("logging_level") == "INFO"
    for key in ("storage_options", "mlflow_tracking_uri", "mlflow_registry_uri", "signing_key"):
        assert options.get(key) is None
    assert options.get("default_ml_models_storage_backend") is None


def test_the_backend_for_models_is_mlflow_once_there_is_one() -> None:
    """Setting a tracking URI is enough; setting a registry URI is not."""
    options = Options({"mlflow_registry_uri": "sqlite:////r.db"})
    assert options.get("default_ml_models_storage_backend") is None
    options.set("mlflow_tracking_uri", "sqlite:////t.db")
    assert options.get("default_ml_models_storage_backend") == "mlflow"
    options.set("default_ml_models_storage_backend", "lineapy")
    assert options.get("default_ml_models_storage_backend") == "lineapy"


#: The routes of a value into the options, highest precedence first.
ROUTES = ["context", "set", "environment", "file in home_dir", "file in the home folder"]


@pytest.mark.parametrize("lowest", range(len(ROUTES)), ids=ROUTES)
def test_precedence(home: Path, monkeypatch: pytest.MonkeyPatch, lowest: int) -> None:
    """Of all routes that give a value the highest wins, whichever others there are below."""
    options = Options(ambient=True)
    given_by = {route: f"sqlite:////{number}.db" for number, route in enumerate(ROUTES)}
    key = "mlflow_tracking_uri"
    active = ROUTES[lowest:]
    if "set" in active:
        options.set(key, given_by["set"])
    if "environment" in active:
        monkeypatch.setenv("LINEAPY_MLFLOW_TRACKING_URI", given_by["environment"])
    if "file in home_dir" in active:
        write_config(home / ".lineapy", **{key: given_by["file in home_dir"]})
    write_config(home, **{key: given_by["file in the home folder"]})
    if "context" in active:
        with options.context(**{key: given_by["context"]}):
            assert options.get(key) == given_by["context"]
    else:
        assert options.get(key) == given_by[active[0]]


def test_none_unsets(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """set(key, None) and reset(key) give way to what is below; nothing is written anywhere."""
    monkeypatch.setenv("LINEAPY_ON_FALLBACK", "ignore")
    options = Options(ambient=True)
    unsets: list[Callable[[], None]] = [
        lambda: options.set("on_fallback", None),
        lambda: options.reset("on_fallback"),
    ]
    for unset in unsets:
        options.set("on_fallback", "error")
        unset()
        assert options.get("on_fallback") == "ignore"
    assert list(home.iterdir()) == []


def test_context_can_unset_what_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """None in a context means unset, whatever set or the environment say."""
    monkeypatch.setenv("LINEAPY_MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    options = Options({"mlflow_tracking_uri": "http://127.0.0.1:2"}, ambient=True)
    with options.context(mlflow_tracking_uri=None):
        assert options.get("mlflow_tracking_uri") is None
    assert options.get("mlflow_tracking_uri") == "http://127.0.0.1:2"


def test_contexts_nest_and_end_with_an_error() -> None:
    """The innermost context wins, and each ends with its block, also when that fails."""
    options = Options()
    with options.context(on_fallback="error"):
        with contextlib.suppress(RuntimeError), options.context(on_fallback="ignore"):
            assert options.get("on_fallback") == "ignore"
            raise RuntimeError
        assert options.get("on_fallback") == "error"
    assert options.get("on_fallback") == "warn"


def test_a_context_is_for_one_thread_and_one_store() -> None:
    """Another thread and another store see nothing of it."""
    options, other, seen = Options(), Options(), []
    with options.context(on_fallback="error"):
        thread = threading.Thread(target=lambda: seen.append(options.get("on_fallback")))
        thread.start()
        thread.join()
        assert other.get("on_fallback") == "warn"
    assert seen == ["warn"]


def test_options_of_a_store_made_by_hand_are_its_own(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the environment nor a file reaches a store that was given its options."""
    write_config(home, on_fallback="error")
    monkeypatch.setenv("LINEAPY_ON_FALLBACK", "ignore")
    assert Options().get("on_fallback") == "warn"


@pytest.mark.parametrize(
    ("key", "near"),
    [("mlflow_tracking_url", "mlflow_tracking_uri"), ("HOME_DIR", "home_dir")],
)
def test_an_unknown_option_is_offered_the_nearest(key: str, near: str) -> None:
    """Reading and writing a misspelt option say which one was probably meant."""
    options = Options()
    calls: list[Callable[[], object]] = [
        lambda: options.get(key),
        lambda: options.set(key, "x"),
        lambda: options.reset(key),
        lambda: options.context(**{key: "x"}).__enter__(),
        lambda: Options({key: "x"}),
    ]
    for call in calls:
        with pytest.raises(ConfigurationError, match=f"{key}.*did you mean '{near}'"):
            call()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("default_ml_models_storage_backend", "mlfow", "did you mean 'mlflow'"),
        ("default_ml_models_storage_backend", "", "one of 'mlflow', 'lineapy'"),
        ("on_fallback", "warning", "did you mean 'warn'"),
        ("on_fallback", True, "one of 'warn', 'error', 'ignore'"),
        ("logging_level", "LOUD", "one of"),
        ("logging_level", -1, "one of"),
        ("mlflow_tracking_uri", "", "not empty"),
        ("mlflow_tracking_uri", 5000, "must be a text"),
        ("home_dir", 3, "must be a text"),
        ("home_dir", "a\0b", "must be a text"),
        ("storage_options", ["key"], "must be a dict"),
        ("storage_options", "{", "JSON object"),
        ("signing_key", [], "not empty"),
        ("signing_key", "", "not empty"),
        ("signing_key", "[new, old]", "JSON list of keys"),
        ("signing_key", '["new", ""]', "not empty"),
        ("signing_key", "[]", "not empty"),
    ],
)
def test_a_value_that_cannot_be_had_is_refused_by_every_route(
    home: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: object, message: str
) -> None:
    """The error names the option and what it must be, and nothing has changed."""
    options = Options(ambient=True)
    before = options.get(key)
    with pytest.raises(ConfigurationError, match=message) as caught:
        options.set(key, value)
    assert repr(key) in str(caught.value)
    with pytest.raises(ConfigurationError, match=message), options.context(**{key: value}):
        pass
    assert options.get(key) == before
    write_config(home / "elsewhere", **{key: value})
    if key != "home_dir":
        monkeypatch.setenv("LINEAPY_HOME_DIR", str(home / "elsewhere"))
        with pytest.raises(ConfigurationError, match=message) as caught:
            options.get(key)
        assert "lineapy_config.json" in str(caught.value)
    if isinstance(value, str) and value and "\0" not in value:
        monkeypatch.setenv(environment_variable(key), value)
        with pytest.raises(ConfigurationError, match=environment_variable(key)):
            options.get(key)


@given(st.sampled_from(sorted(TABLE)))
def test_reading_an_option_changes_none(key: str) -> None:
    """After any read, every option has the value and source that it had before."""
    options = Options({"mlflow_tracking_uri": "http://127.0.0.1:5000"})
    before = repr(options)
    options.get(key)
    assert repr(options) == before


def test_options_of_lineapys_are_accepted_and_ignored(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A configuration of LineaPy's works here, with one line for what has no meaning."""
    write_config(home, is_demo=True, logging_level="DEBUG")
    options = Options(ambient=True)
    with caplog.at_level(logging.INFO, logger="lineapy_store"):
        assert options.get("logging_level") == "DEBUG"
        options.get("on_fallback")
    assert [record.message for record in caplog.records] == [
        "option 'is_demo' of LineaPy's has no meaning here and is ignored"
    ]
    options.set("do_not_track", True)  # noqa: FBT003 - as LineaPy's users write it


def test_a_file_that_is_no_configuration_is_an_error(home: Path) -> None:
    """What cannot be understood is not passed over, and the error names the file."""
    for text in ("{", "[]", '{"mlflow_traking_uri": "x"}'):
        (home / "lineapy_config.json").write_text(text)
        with pytest.raises(ConfigurationError, match=r"lineapy_config\.json"):
            Options(ambient=True).get("on_fallback")


def test_a_changed_file_is_read_again(home: Path) -> None:
    """Files are read when an option is, not once."""
    options = Options(ambient=True)
    assert options.get("on_fallback") == "warn"
    write_config(home, on_fallback="error")
    assert options.get("on_fallback") == "error"
    (home / "lineapy_config.json").unlink()
    assert options.get("on_fallback") == "warn"


def test_repr_is_a_table_with_sources(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each option has a line with its value and where that came from."""
    monkeypatch.setenv("LINEAPY_ON_FALLBACK", "ignore")
    write_config(home, mlflow_tracking_uri="http://127.0.0.1:5000")
    options = Options({"home_dir": str(home / "x")}, ambient=True)
    lines = {line.split()[0]: line.split()[1:] for line in repr(options).splitlines()}
    assert set(lines) == {"option", *TABLE}
    assert lines["home_dir"] == [repr(str(home / "x")), "set"]
    assert lines["on_fallback"] == ["'ignore'", "LINEAPY_ON_FALLBACK"]
    assert lines["mlflow_tracking_uri"][1] == str(home / "lineapy_config.json")
    assert lines["signing_key"] == ["unset", "default"]


def test_secrets_are_shown_nowhere() -> None:
    """Neither the table nor an error has a password or key in it."""
    marker = "s3cr3tmarker"
    options = Options(
        {
            "database_url": f"postgresql://me:{marker}@db/x",
            "artifact_storage_dir": f"s3://bucket/?secret={marker}",
            "mlflow_tracking_uri": f"https://user:{marker}@ml/x",
            "mlflow_registry_uri": f"https://{marker}@ml/x",
            "storage_options": {"secret": marker},
            "signing_key": [marker, marker.encode()],
        }
    )
    assert marker not in repr(options)
    for key, value in [("storage_options", f"{marker}"), ("signing_key", [marker, 3])]:
        with pytest.raises(ConfigurationError) as caught:
            options.set(key, value)
        assert marker not in str(caught.value)


@given(
    st.lists(
        st.binary(min_size=1) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
        min_size=1,
    )
)
@example(["[1]"])
@example(["a\0b"])
@example([b"\xff["])
def test_another_process_has_the_same_signing_keys(keys: list[str | bytes]) -> None:
    """All keys in their order go through an environment variable, whatever is in them."""
    environment = Options({"signing_key": keys}).environment()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINEAPY_SIGNING_KEY", environment["LINEAPY_SIGNING_KEY"])
        found = Options(ambient=True).get("signing_key")
    as_bytes = [key if isinstance(key, bytes) else key.encode() for key in keys]
    assert [key.encode(errors="surrogateescape") for key in found] == as_bytes


def test_paths_are_made_absolute(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder means the same after the working directory changed; a URL stays as it is."""
    monkeypatch.chdir(home)
    options = Options({"home_dir": Path("x"), "artifact_storage_dir": "s3://bucket/a"})
    assert options.get("home_dir") == str(home / "x")
    assert options.get("artifact_storage_dir") == "s3://bucket/a"
    options.set("mlflow_tracking_uri", "sqlite:///mlflow.db")
    assert options.get("mlflow_tracking_uri") == f"sqlite:///{home}/mlflow.db"
    options.set("artifact_storage_dir", "~/content")
    assert options.get("artifact_storage_dir") == str(home / "content")
