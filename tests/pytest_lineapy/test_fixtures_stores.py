"""Stores for tests: empty, current wherever the code under test runs, and nobody else's."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from hypothesis import strategies as st

import lineapy_store as lineapy
from pytest_lineapy import factories

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.plugins.inner_pytest import InnerPytest

    FreshStore = Callable[..., AbstractContextManager[lineapy.Store]]

second_store = factories.lineapy_store(options={"on_fallback": "ignore"})


def test_it_is_the_current_one_in_threads(lineapy_store: lineapy.Store) -> None:
    """What a thread saves with the module-level functions is in the fixture's store."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(lineapy.save, 1, "x").result()
    assert lineapy_store.get("x").get_value() == 1


def test_it_is_the_current_one_in_child_processes(lineapy_store: lineapy.Store) -> None:
    """A program that the test starts saves into the fixture's store."""
    code = "import lineapy_store as lineapy; lineapy.save(1, 'x')"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - the code above
    assert lineapy_store.get("x").get_value() == 1


def test_a_second_set_is_independent(
    lineapy_store: lineapy.Store, second_store: lineapy.Store
) -> None:
    """A store of a factory does not see what the other has, and has its own options."""
    lineapy_store.save(1, "x")
    assert len(second_store.artifact_store()) == 0
    assert second_store.options.get("on_fallback") == "ignore"
    assert lineapy_store.options.get("on_fallback") == "warn"


def test_what_is_the_users_stays_untouched(inner: InnerPytest) -> None:
    """Neither the user's store nor options from the environment have a part in a test."""
    home = inner.path / "users"
    home.mkdir()
    inner.write(
        """
import os
import lineapy_store as lineapy

def test_it(lineapy_store):
    lineapy.save(1, "x")
    assert lineapy.options.get("mlflow_tracking_uri") is None
    assert "LINEAPY_MLFLOW_TRACKING_URI" not in os.environ
    note(os.environ["LINEAPY_HOME_DIR"])

def test_afterwards():
    assert os.environ["LINEAPY_MLFLOW_TRACKING_URI"] == "http://production.invalid"
    note(os.environ["LINEAPY_HOME_DIR"])
"""
    )
    inner.passes(
        n=2,
        env={
            "HOME": str(home),
            "LINEAPY_HOME_DIR": str(home / "store"),
            "LINEAPY_MLFLOW_TRACKING_URI": "http://production.invalid",
        },
    )
    during, afterwards = inner.notes()
    assert during != afterwards == str(home / "store")
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("arguments", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_what_fixtures_give_can_be_recorded(inner: InnerPytest, arguments: tuple[str, ...]) -> None:
    """Options go where reports go, through xdist too, and without their secrets."""
    inner.write(
        """
OPTIONS = {
    "artifact_storage_dir": "memory://bucket?token=S3cr3t",
    "database_url": "postgresql://me:S3cr3t@host/db",
    "mlflow_tracking_uri": "http://127.0.0.1:5000",
    "signing_key": "S3cr3t",
    "storage_options": {"key": "S3cr3t"},
}

def test_it(lineapy_store, record_property):
    for key, value in OPTIONS.items():
        lineapy_store.options.set(key, value)
        record_property(key, lineapy_store.options.get(key))
"""
    )
    inner.passes("--junitxml=report.xml", "-o", "junit_family=xunit1", *arguments)
    report = (inner.path / "report.xml").read_text()
    assert 'value="http://127.0.0.1:5000"' in report
    assert 'value="postgresql://me:***@host/db"' in report
    assert report.count("***") == 4
    assert "S3cr3t" not in report


def test_an_address_without_a_secret_is_a_plain_text(lineapy_store: lineapy.Store) -> None:
    """It is of no class of ours, which YAML, for one, would not write."""
    for key, value in (
        ("mlflow_tracking_uri", "http://127.0.0.1:5000"),
        ("mlflow_registry_uri", "sqlite:////tmp/mlflow.db"),
        ("artifact_storage_dir", "s3://bucket/models"),
    ):
        lineapy_store.options.set(key, value)
        assert type(lineapy_store.options.get(key)) is str
    assert type(lineapy_store.options.get("database_url")) is str


@hypothesis.given(name=st.sampled_from("ab"))
@hypothesis.settings(max_examples=10)
def test_each_example_has_an_empty_store(lineapy_fresh_store: FreshStore, name: str) -> None:
    """What one example saves, or sets, the next does not see, and versions begin at 0."""
    with lineapy_fresh_store() as store:
        assert len(lineapy.artifact_store()) == 0
        assert store.options.get("on_fallback") == "warn"
        store.options.set("on_fallback", "ignore")
        saved = lineapy.save({"name": name}, name)
        assert saved.version == 0
        assert store.get(name).get_value() == {"name": name}
        store.delete(name, "all")
        assert list(store.gc()) == []
        store.save(1, name).set_alias("prod")


def test_first_example_is_as_quick_as_the_others(inner: InnerPytest) -> None:
    """Libraries are imported, and a catalog is made, before: also where there was no store yet."""
    inner.write(
        "import pathlib, sys\n"
        "def test_it(lineapy_fresh_store):\n"
        "    before = set(sys.modules)\n"
        "    with lineapy_fresh_store() as store:\n"
        "        note(pathlib.Path(store.options.get('home_dir'), 'catalog.sqlite').exists())\n"
        "        assert store.save(1, 'x').get_value() == 1\n"
        "    new = [sys.modules[name] for name in set(sys.modules) - before]\n"
        "    note([each.__name__ for each in new if 'site-packages' in str(each)])\n"
    )
    inner.passes()
    assert inner.notes() == [True, []]


def test_nested_stores_are_two(lineapy_fresh_store: FreshStore) -> None:
    """A store that is opened inside another one's block is empty, and leaves the other alone."""
    with lineapy_fresh_store() as outer:
        outer.save(1, "x")
        with lineapy_fresh_store(on_fallback="error") as inner:
            assert len(inner.artifact_store()) == 0
            assert inner.options.get("on_fallback") == "error"
            inner.save(2, "y")
        assert [artifact.name for artifact in outer.artifact_store()] == ["x"]
    with lineapy_fresh_store() as store:
        assert len(store.artifact_store()) == 0
        assert store.options.get("on_fallback") == "warn"


def test_a_store_that_was_broken_is_not_used_again(lineapy_fresh_store: FreshStore) -> None:
    """An example that damages its catalog, or raises, does not fail the next one."""
    with pytest.raises(ZeroDivisionError), lineapy_fresh_store() as store:
        store.save(1 / 0, "x")
    with lineapy_fresh_store() as store:
        store.save(1, "x")
        Path(store.options.get("home_dir"), "catalog.sqlite").write_bytes(b"broken")
    with lineapy_fresh_store() as store:
        assert store.save(1, "x").version == 0


def test_fresh_stores_refuse_options_that_are_theirs(lineapy_fresh_store: FreshStore) -> None:
    """The place is the fixture's to choose, and a misspelt option names the nearest."""
    for options, message in (
        ({"home_dir": "/tmp"}, "'home_dir', which the fixture sets"),  # noqa: S108 - not used
        ({"on_falback": "error"}, "did you mean 'on_fallback'"),
    ):
        with pytest.raises(pytest.UsageError, match=message), lineapy_fresh_store(**options):
            pass


def test_signing_keys_reach_child_processes(lineapy_fresh_store: FreshStore) -> None:
    """Options that are no text arrive as the environment has them."""
    with lineapy_fresh_store(signing_key=[b"new", b"old"], storage_options={"a": 1}):
        assert os.environ["LINEAPY_SIGNING_KEY"] == '["new", "old"]'
        assert os.environ["LINEAPY_STORAGE_OPTIONS"] == '{"a": 1}'
    assert "LINEAPY_SIGNING_KEY" not in os.environ


_CHILD_SAVES_A_MODEL = """
import sys
import lineapy_store as lineapy
from sklearn.linear_model import LinearRegression
model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
assert lineapy.save(model, "m").get_value().predict([[1.0]]).round() == 1
print(lineapy.get("m").get_metadata()["lineapy"]["storage_backend"])
"""


@pytest.mark.parametrize(
    ("fixture", "backend"), [("lineapy_store", "lineapy"), ("lineapy_store_mlflow", "mlflow")]
)
def test_child_processes_do_not_read_the_users_configuration(
    request: pytest.FixtureRequest,
    production: tuple[str, Callable[[], int]],
    tmp_path: Path,
    fixture: str,
    backend: str,
) -> None:
    """What lineapy_config.json in the home folder says is not for the children of a test."""
    pytest.importorskip("mlflow", reason="what is configured is MLflow's server")
    pytest.importorskip("sklearn", reason="what is saved is a model of scikit-learn")
    url, connections = production
    options = {"mlflow_tracking_uri": url, "mlflow_registry_uri": url}
    (tmp_path / "lineapy_config.json").write_text(json.dumps(options))
    request.getfixturevalue(fixture)
    done = subprocess.run(  # noqa: S603 - the code above
        [sys.executable, "-W", "ignore", "-c", _CHILD_SAVES_A_MODEL],
        env=os.environ | {"HOME": str(tmp_path), "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert connections() == 0
    assert (done.returncode, done.stdout.strip()) == (0, backend)


def test_stores_of_threads_may_end_in_any_order(lineapy_fresh_store: FreshStore) -> None:
    """The environment is that of the newest store that is open, and the user's after the last."""
    before = dict(os.environ)
    first, second = contextlib.ExitStack(), contextlib.ExitStack()
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        one.submit(first.enter_context, lineapy_fresh_store()).result()
        store = other.submit(second.enter_context, lineapy_fresh_store()).result()
        one.submit(first.close).result()
        assert os.environ["LINEAPY_HOME_DIR"] == store.options.get("home_dir")
        other.submit(second.close).result()
    assert dict(os.environ) == before


@pytest.mark.parametrize("kind", ["fixture", "fresh"])
def test_the_loggers_level_is_the_users_again(inner: InnerPytest, kind: str) -> None:
    """A level that a store was given, or sets, ends with the test."""
    inner.write(
        f"""
import contextlib, logging
import pytest

logger = logging.getLogger("lineapy_store")

@pytest.fixture
def store(request):
    with contextlib.ExitStack() as stack:
        if {kind == "fresh"}:
            fresh = request.getfixturevalue("lineapy_fresh_store")
            yield stack.enter_context(fresh(logging_level="DEBUG"))
        else:
            yield request.getfixturevalue("lineapy_store")

@pytest.mark.lineapy(options={{"logging_level": "DEBUG"}})
def test_one(store):
    assert logger.level == logging.DEBUG
    store.options.set("logging_level", "ERROR")

def test_other():
    assert logger.level == logging.NOTSET
"""
    )
    inner.passes(n=2)


def test_content_is_removed_behind_the_examples(lineapy_fresh_store: FreshStore) -> None:
    """What an example has saved is gone from the disk once others have come, or at the end."""
    folders = []
    for _ in range(3):
        with lineapy_fresh_store() as store:
            store.save({"large": 1}, "x")
            folders.append(Path(store.options.get("artifact_storage_dir")))
            assert folders[-1].exists()
    lineapy_fresh_store._remover.submit(lambda: None).result()  # type: ignore[attr-defined] # noqa: SLF001 - it works in the background
    assert [folder.exists() for folder in folders] == [False, False, True]


@pytest.mark.lineapy(options={"on_fallback": "error"})
def test_markers_are_for_fresh_stores_too(lineapy_fresh_store: FreshStore) -> None:
    """The marker of the test that runs counts, and what a call says goes first."""
    with lineapy_fresh_store() as store:
        assert store.options.get("on_fallback") == "error"
    with lineapy_fresh_store(on_fallback="ignore") as store:
        assert store.options.get("on_fallback") == "ignore"


@pytest.mark.parametrize(
    ("fixture", "variable"),
    [
        ("mlflow_tracking", "MLFLOW_TRACKING_URI"),
        ("mlflow_tracking", "MLFLOW_RUN_ID"),
        ("lineapy_store", "LINEAPY_HOME_DIR"),
        ("fresh", "LINEAPY_HOME_DIR"),
    ],
)
@pytest.mark.parametrize("before", [None, "the user's"])
def test_monkeypatch_puts_back_nothing_of_a_place(
    inner: InnerPytest, fixture: str, variable: str, before: str | None
) -> None:
    """A variable that a test patches in its place is afterwards what it was before the test."""
    if fixture == "mlflow_tracking":
        pytest.importorskip("mlflow", reason="the place is MLflow's")
    inner.write(
        f"""
import os
import pytest

@pytest.fixture(scope="module", autouse=True)
def of_the_module():
    os.environ["MLFLOW_OF_THE_MODULE"] = "1"
    yield
    del os.environ["MLFLOW_OF_THE_MODULE"]

@pytest.fixture
def fresh(lineapy_fresh_store):
    with lineapy_fresh_store():
        yield

@pytest.mark.parametrize("number", range(2))
def test_patches(monkeypatch, {fixture}, number):
    assert os.environ["MLFLOW_OF_THE_MODULE"] == "1"
    monkeypatch.setenv({variable!r}, "http://127.0.0.1:1")

def test_next():
    note(os.environ.get({variable!r}))
    assert os.environ["MLFLOW_OF_THE_MODULE"] == "1"
"""
    )
    inner.write(
        "import os\ndef test_it(): note('MLFLOW_OF_THE_MODULE' in os.environ)", name="test_z"
    )
    inner.passes(n=4, env={variable: before} if before else {})
    assert inner.notes() == [before, False]
