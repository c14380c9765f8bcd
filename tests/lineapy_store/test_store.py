"""Saving, finding, reading and removing values of the lineapy backend."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import lineapy_store as lineapy
from lineapy_store import (
    ArtifactNotFoundError,
    BackendUnavailableError,
    ConfigurationError,
    CorruptArtifactError,
    InvalidNameError,
    SerializationError,
    Store,
    UntrustedArtifactError,
)
from lineapy_store.records import ArtifactRecord
from lineapy_store.signing import require_signed, sign
from lineapy_store.store import current_store

if TYPE_CHECKING:
    from collections.abc import Callable


def content_files(store: Store) -> list[Path]:
    """Returns every file of the content store."""
    folder = Path(store.options.get("artifact_storage_dir"))
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_value_comes_back_as_it_was(store: Store) -> None:
    """What was saved is what is read, with the same type all the way down."""
    value = {"a": [1, 2.5, None], ("b", 3): {"c"}, "d": datetime(2024, 1, 2, tzinfo=UTC)}
    saved = store.save(value, "things")
    assert saved.get_value() == value
    found = store.get("things")
    assert (found.name, found.version) == ("things", 0)
    assert found.date_created == saved.date_created
    assert found.get_value() == value


@pytest.mark.parametrize(
    "name", ["feature%2Fbranch", "a%20b", "100%", "what?", "a#b", "a b+c", "ü"]
)
def test_a_home_may_have_any_name(tmp_path: Path, name: str) -> None:
    """The catalog is in the home, though its name would mean something else in a URL."""
    with Store(home_dir=tmp_path / name) as store:
        store.save(1, "x")
    with Store(database_url=store.options.get("database_url"), home_dir=tmp_path / name) as store:
        assert store.get("x").get_value() == 1
    assert (tmp_path / name / "catalog.sqlite").exists()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_every_read_makes_a_fresh_object(store: Store) -> None:
    """Changing the object after a save, or one that was read, changes nothing stored."""
    value = [1]
    artifact = store.save(value, "list")
    value.append(2)
    artifact.get_value().append(3)
    assert artifact.get_value() == store.get("list").get_value() == [1]


def test_versions_count_from_zero_and_are_never_used_again(store: Store) -> None:
    """Each save is one version more, whatever was deleted in between."""
    assert [store.save(number, "n").version for number in range(3)] == [0, 1, 2]
    store.delete("n", version="latest")
    assert store.get("n").version == 1
    assert store.save(3, "n").version == 3
    store.delete("n", version="all")
    with pytest.raises(ArtifactNotFoundError):
        store.get("n")
    assert store.save(4, "n").version == 4
    assert store.save("other", "m").version == 0


def test_versions_are_found_by_number_latest_and_alias(store: Store) -> None:
    """A number, "latest", None and an alias name one version each."""
    for number in range(3):
        store.save(number, "n")
    store.get("n", 1).set_alias("prod")
    assert store.get("n", 0).get_value() == 0
    assert store.get("n", "latest").get_value() == store.get("n").get_value() == 2
    assert store.get("n", "prod").get_value() == 1
    store.get("n", 2).set_alias("prod")
    assert store.get("n", "prod").get_value() == 2
    store.delete("n", version="prod")
    with pytest.raises(ArtifactNotFoundError):
        store.get("n", "prod")


@pytest.mark.parametrize("alias", ["3", "latest", "all", ""])
def test_an_alias_that_means_a_version_is_refused(store: Store, alias: str) -> None:
    """What get() would take for a version cannot be an alias."""
    with pytest.raises(InvalidNameError):
        store.save(1, "n").set_alias(alias)


def test_a_missing_name_or_version_lists_what_is_near(store: Store) -> None:
    """The error has the names, or the versions, that there are."""
    store.save(1, "churn-model")
    with pytest.raises(ArtifactNotFoundError, match="churn-model"):
        store.get("churn-modle")
    with pytest.raises(ArtifactNotFoundError, match="0"):
        store.get("churn-model", 7)
    with pytest.raises(ArtifactNotFoundError, match="prod"):
        store.get("churn-model", "prod")
    for version in (7, "prod", "latest", "all"):
        with pytest.raises(ArtifactNotFoundError):
            store.delete("nothing", version=version)


def test_metadata_has_what_is_promised(store: Store) -> None:
    """Every documented key is there, as key and as attribute, and only for this backend."""
    metadata = store.save([1], "list", storage_backend="lineapy").get_metadata()
    assert list(metadata) == ["lineapy"]
    facts = metadata.lineapy
    assert set(facts) >= {
        "artifact_id",
        "name",
        "version",
        "date_created",
        "storage_backend",
        "storage_path",
        "reason",
        "requested_backend",
        "value_type",
        "digest",
        "size",
        "session_id",
        "python_version",
        "environment",
    }
    assert facts.storage_backend == facts["storage_backend"] == "lineapy"
    assert facts.requested_backend == "lineapy"
    assert facts.value_type == "builtins.list"
    assert facts.reason == "storage_backend='lineapy' was given"
    assert Path(facts.storage_path).stat().st_size == facts.size
    assert facts.python_version == sys.version.split()[0]
    assert datetime.now(UTC) - facts.date_created < timedelta(minutes=5)
    facts["name"] = "changed"
    facts.environment.clear()
    assert store.get("list").get_metadata().lineapy.name == "list"


def test_equal_content_is_stored_once(store: Store) -> None:
    """A value saved again, under another name too, adds no file; it stays while one needs it."""
    value = list(range(1000))
    for name in ("a", "b", "a"):
        store.save(value, name)
    assert len(content_files(store)) == 1
    store.delete("a", version="all")
    assert store.get("b").get_value() == value
    store.delete("b", version=0)
    assert content_files(store) == []


class Unpicklable:
    """Holds something that cannot be pickled, two steps down."""

    def __init__(self) -> None:
        self.parts = {"lock": [threading.Lock()]}


@pytest.mark.parametrize(
    ("value", "name", "error", "message"),
    [
        (Unpicklable(), "x", SerializationError, r"\.parts\['lock'\]\[0\]"),
        (1, "../x", InvalidNameError, "part of a path"),
        (1, "", InvalidNameError, "empty"),
    ],
)
def test_a_save_that_fails_leaves_nothing(
    store: Store, value: object, name: str, error: type[Exception], message: str
) -> None:
    """No row, no file, no reservation; and the next save works."""
    with pytest.raises(error, match=message):
        store.save(value, name)
    assert len(store.artifact_store()) == 0
    assert content_files(store) == []
    assert store.gc(dry_run=True) == []
    assert store.save(1, "x").version == 0


@pytest.mark.parametrize("backend", ["mlfow", "LineaPy", 3])
def test_a_misspelt_backend_is_an_error(store: Store, backend: Any) -> None:
    """Nothing is saved anywhere for a backend that does not exist."""
    with pytest.raises(ConfigurationError, match="'mlflow', 'lineapy'"):
        store.save(1, "x", storage_backend=backend)
    assert len(store.artifact_store()) == 0


def test_mlflow_without_a_tracking_uri_names_the_option(store: Store) -> None:
    """Asking for MLflow when it is not set up is an error, and nothing is written."""
    with pytest.raises(ConfigurationError, match="mlflow_tracking_uri"):
        store.save(1, "x", storage_backend="mlflow")
    assert not Path(store.options.get("home_dir")).exists()


def test_arguments_for_log_model_are_kept_and_told_once(store: Store) -> None:
    """The lineapy backend has no use for them, so it says so, and keeps them."""
    with pytest.warns(UserWarning, match="'registered_model_name', 'tags'") as caught:
        artifact = store.save(1, "x", registered_model_name="y", tags={"a": object})
    assert len(caught) == 1
    assert caught[0].filename == __file__
    arguments = artifact.get_metadata().lineapy.log_model_arguments
    assert arguments == {"registered_model_name": "y", "tags": {"a": "<class 'object'>"}}


def test_a_damaged_file_is_never_unpickled(store: Store, tmp_path: Path) -> None:
    """The error names the artifact and the file, and no code of the pickle has run."""
    witness = tmp_path / "witness"

    class Evil:
        def __reduce__(self) -> Any:
            return (Path.touch, (witness,))

    artifact = store.save(Evil(), "evil")
    (file,) = content_files(store)
    file.chmod(0o600)
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 3] ^= 1
    file.write_bytes(damaged)
    for read in (artifact.get_value, artifact.verify):
        with pytest.raises(CorruptArtifactError, match=r"'evil' version 0.*" + file.name):
            read()
    file.unlink()
    with pytest.raises(CorruptArtifactError, match="'evil' version 0"):
        artifact.get_value()
    assert not witness.exists()


def test_gc_removes_leftovers_and_nothing_else(store: Store) -> None:
    """Content without a version goes, content with one stays, and a dry run only tells."""
    kept = store.save("kept", "kept")
    lost = store.save("lost", "lost")
    lost_id = lost.get_metadata().lineapy.artifact_id
    store._catalog().remove(lost_id)  # noqa: SLF001 - as a process that is killed leaves it
    told = store.gc(dry_run=True)
    assert [(each.kind, each.name) for each in told] == [
        ("content", lost.get_metadata().lineapy.digest)
    ]
    assert len(content_files(store)) == 2
    assert store.gc() == told
    assert [path.name for path in content_files(store)] == [kept.get_metadata().lineapy.digest]
    assert kept.get_value() == "kept"
    assert store.gc() == []


SAVE_AND_STOP = """
import os, signal, sys
from lineapy_store import Store
from lineapy_store.catalog import Catalog

def stop(*_, **__):
    print("half-way", flush=True)
    sys.stdin.readline()
    os.kill(os.getpid(), signal.SIGKILL)

Catalog.commit = stop
Store(home_dir=sys.argv[1]).save(list(range(1000)), "half")
"""


def test_gc_spares_a_save_in_progress(store: Store) -> None:
    """While a process saves its content stays; once it is killed, all of it is a leftover."""
    home = store.options.get("home_dir")
    with subprocess.Popen(  # noqa: S603 - the code above
        [sys.executable, "-c", SAVE_AND_STOP, home],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "half-way\n"
        assert len(content_files(store)) == 1
        assert store.gc() == []
        assert len(content_files(store)) == 1
        process.stdin.write("\n")
        process.stdin.flush()
    assert len(store.artifact_store()) == 0
    assert {each.kind for each in store.gc()} == {"reservation", "content"}
    assert content_files(store) == []
    assert store.gc() == []


def test_the_listing_lists_searches_and_shows(store: Store) -> None:
    """It is iterable, sized, searchable, a table as text and in notebooks, and columns."""
    assert repr(store.artifact_store()) == "no artifacts"
    before = datetime.now(UTC)
    for name, value in [("b", "<text>"), ("a", 1), ("a", 2), ("<i>", 3.0)]:
        store.save(value, name)
    listing = store.artifact_store()
    assert [(each.name, each.version) for each in listing] == [
        ("<i>", 0),
        ("a", 0),
        ("a", 1),
        ("b", 0),
    ]
    assert len(listing) == 4
    assert [each.get_value() for each in listing.search(name="a")] == [1, 2]
    assert [each.name for each in listing.search("STR")] == ["b"]
    assert len(listing.search(value_type="builtins.int").search(name="b")) == 0
    assert len(listing.search(storage_backend="lineapy", created_after=before)) == 4
    assert len(listing.search(created_before=before)) == 0
    columns = listing.to_dict()
    assert columns["name"] == ["<i>", "a", "a", "b"]
    assert columns["version"] == [0, 0, 1, 0]
    lines = repr(listing).splitlines()
    assert lines[0].split()[:2] == ["name", "version"]
    assert len(lines) == 5
    html = listing._repr_html_()
    assert "<td>&lt;i&gt;</td>" in html
    assert html.count("<tr>") == 5


def test_catalogs_that_share_a_place_keep_their_content_apart(tmp_path: Path) -> None:
    """One's deleting and collecting touches nothing of the other's, equal content included."""
    with (
        Store(home_dir=tmp_path / "a", artifact_storage_dir=tmp_path / "shared") as one,
        Store(home_dir=tmp_path / "b", artifact_storage_dir=tmp_path / "shared") as other,
    ):
        mine, same = other.save("mine", "mine"), other.save("same", "same")
        one.save("same", "same")
        one.delete("same", version="all")
        assert one.gc() == []
        assert (mine.get_value(), same.get_value()) == ("mine", "same")


def test_an_artifact_whose_content_is_elsewhere_says_where(store: Store, tmp_path: Path) -> None:
    """After artifact_storage_dir was changed the error names both places."""
    artifact = store.save(1, "x")
    store.options.set("artifact_storage_dir", tmp_path / "new")
    with pytest.raises(CorruptArtifactError, match="artifact_storage_dir") as caught:
        artifact.get_value()
    assert artifact.get_metadata().lineapy.storage_path in str(caught.value)


@pytest.mark.parametrize("version", [None, True, 1.5, []])
def test_delete_needs_to_be_told_which_version(store: Store, version: Any) -> None:
    """What could mean any version deletes none."""
    store.save(0, "x")
    store.save(1, "x")
    with pytest.raises(ConfigurationError):
        store.delete("x", version)
    assert len(store.artifact_store()) == 2


@pytest.mark.parametrize("name", [None, 5, ["x"], b"x"])
def test_only_text_is_a_name(store: Store, name: Any) -> None:
    """Looking for anything else is an error that says so."""
    for call in (lambda: store.get(name), lambda: store.delete(name, 0)):
        with pytest.raises(InvalidNameError, match="must be a text"):
            call()


def test_a_new_store_leaves_the_log_level_alone(tmp_path: Path) -> None:
    """Only the option, when it is given, sets the level of the library's logger."""
    logger = logging.getLogger("lineapy_store")
    before = logger.level
    try:
        logger.setLevel("ERROR")
        with Store(home_dir=tmp_path) as store:
            store.save(1, "x")
            assert logger.level == logging.ERROR
            store.options.set("logging_level", "DEBUG")
            assert logger.level == logging.DEBUG
    finally:
        logger.setLevel(before)


def test_long_arguments_are_cut_short_in_the_metadata(store: Store) -> None:
    """Metadata is to recognise an argument by; it stays small, finite and JSON."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.warns(UserWarning, match="log_model"):
        artifact = store.save(
            1, "x", params={"long": range(9), "many": [0] * 9999, "nan": float("nan")}, tags=endless
        )
    kept = store.get("x").get_metadata().lineapy.log_model_arguments
    assert len(kept["params"]["many"]) == 1001
    assert kept["params"]["nan"] == "nan"
    assert kept["params"]["long"] == "range(0, 9)"
    assert kept == artifact.get_metadata().lineapy.log_model_arguments


def test_signed_content_is_read_with_its_key_only(tmp_path: Path) -> None:
    """With a key set, what is unsigned or signed by another is not unpickled."""
    home = tmp_path / "home"
    with Store(home_dir=home, signing_key="old") as store:
        store.save("signed", "signed")
    with Store(home_dir=home) as store:
        store.save("unsigned", "unsigned")
        assert store.get("signed").get_value() == "signed"
    with Store(home_dir=home, signing_key=["new", b"old"]) as store:
        assert store.get("signed").get_value() == "signed"
        store.save("again", "signed")
        for read in (store.get("unsigned").get_value, store.get("unsigned").verify):
            with pytest.raises(UntrustedArtifactError, match="'unsigned' version 0 is not signed"):
                read()
    with Store(home_dir=home, signing_key="old") as store:
        with pytest.raises(UntrustedArtifactError, match="not signed by any known key"):
            store.get("signed", 1).get_value()
        assert store.get("signed", 0).get_value() == "signed"


def test_signatures_cover_the_code_and_those_from_before_it_still_hold() -> None:
    """A record without code is signed as ever; with any other code, the signature is wrong."""
    old = ArtifactRecord(
        artifact_id="ab" * 16,
        name="clf",
        version=3,
        date_created=datetime.now(UTC),
        storage_backend="mlflow",
        storage_path="",
        reason="",
        requested_backend=None,
        value_type="builtins.int",
        digest="cd" * 32,
        size=1,
        session_id="",
        python_version="",
        environment={},
        log_model_arguments={},
        mlflow={"model_uri": "models:/m-1", "b": [1, None]},
        # Made by the version without code.
        signature="5fd28b1f2fc8cecd6323de16771ef560648458489ffab9b933d3bfa686701b8c",
    )
    require_signed(old, ["key"])
    assert sign(old, ["key"]) == old.signature
    code = {"kind": "script", "document": "ef" * 32}
    new = dataclasses.replace(old, code=code)
    new = dataclasses.replace(new, signature=sign(new, ["key"]))
    require_signed(new, ["key"])
    for forged in ({"code": None}, {"code": code | {"document": "00" * 32}}):
        with pytest.raises(UntrustedArtifactError):
            require_signed(dataclasses.replace(new, **forged), ["key"])
    with pytest.raises(UntrustedArtifactError):
        require_signed(dataclasses.replace(old, code=code), ["key"])


def test_code_is_read_with_its_key_only(tmp_path: Path) -> None:
    """What is not signed is not handed out as the code that made a value."""
    with Store(home_dir=tmp_path / "home") as store:
        store.save(1, "unsigned")
    with Store(home_dir=tmp_path / "home", signing_key="key") as store:
        store.save(1, "signed")
        assert "def test_code_is_read" in store.get("signed").get_session_code()
        for read in (store.get("unsigned").get_session_code, store.get("unsigned").get_code):
            with pytest.raises(UntrustedArtifactError, match="not signed"):
                read()


def test_the_source_goes_with_the_last_version(store: Store) -> None:
    """Nothing of the code is left when what it made is deleted."""
    for _ in range(2):
        store.save(1, "a")
    store.delete("a", 0)
    assert __doc__ in store.get("a").get_session_code()
    document = store.get("a").get_metadata().lineapy.code["document"]
    store.delete("a", "latest")
    with pytest.raises(CorruptArtifactError, match="lost the source"):
        store._catalog().sources([document])  # noqa: SLF001 - nothing public reads it without its version


def test_threads_share_a_store(store: Store) -> None:
    """Eight threads that save and read get every version once, each with its own value."""

    def save(number: int) -> tuple[int, int]:
        return store.save(number, "n").version, number

    with ThreadPoolExecutor(8) as threads:
        versions = dict(threads.map(save, range(64)))
    assert sorted(versions) == list(range(64))
    for version, number in versions.items():
        assert store.get("n", version).get_value() == number


def test_another_process_reads_what_was_saved(store: Store) -> None:
    """A new interpreter finds the artifact by the home folder alone."""
    store.save({"a": 1}, "x")
    code = "import lineapy_store as lineapy; print(lineapy.get('x').get_value())"
    environment = os.environ | {
        "LINEAPY_HOME_DIR": store.options.get("home_dir"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(  # noqa: S603 - the code above
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.stdout == "{'a': 1}\n", done.stderr


def test_the_module_functions_use_the_current_store(store: Store) -> None:
    """Inside activate() the package means this store, for options too; afterwards it does not."""
    with store.activate():
        lineapy.options.set("on_fallback", "ignore")
        assert lineapy.save(1, "x").get_value() == 1
        assert lineapy.get("x", 0).version == 0
        assert len(lineapy.artifact_store()) == 1
        assert repr(lineapy.options) == repr(store.options)
        with lineapy.options.context(on_fallback="error"):
            assert store.options.get("on_fallback") == "error"
        lineapy.delete("x", version="all")
        lineapy.options.reset("on_fallback")
    assert len(store.artifact_store()) == 0
    assert lineapy.options.get("home_dir") != store.options.get("home_dir")


def _in_a_thread(call: Callable[[], object]) -> object:
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(call).result()


def test_a_store_may_be_current_in_every_thread(store: Store, tmp_path: Path) -> None:
    """With everywhere=True threads use the store too, the innermost of several, until it ends."""
    inner = Store(home_dir=tmp_path / "inner")
    with store.activate(everywhere=True):
        with inner.activate(everywhere=True), store.activate():
            assert current_store() is store
            assert _in_a_thread(current_store) is inner
        assert current_store() is store
        assert _in_a_thread(current_store) is store
    assert store not in (current_store(), _in_a_thread(current_store))


def test_setting_an_option_connects_to_nothing(tmp_path: Path) -> None:
    """Options may name places that do not exist until something is saved there."""
    store = Store(home_dir=tmp_path / "home")
    store.options.set("database_url", "postgresql://nobody@127.0.0.1:1/none")
    store.options.set("mlflow_tracking_uri", "http://127.0.0.1:1")
    store.options.set("artifact_storage_dir", "s3://nowhere/x")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(BackendUnavailableError, match=r"127\.0\.0\.1"):
        store.save(1, "x")


def test_moving_the_home_folder_moves_the_store(tmp_path: Path) -> None:
    """A changed option is used from the next call on."""
    with Store(home_dir=tmp_path / "a") as store:
        store.save("a", "x")
        store.options.set("home_dir", tmp_path / "b")
        with pytest.raises(ArtifactNotFoundError):
            store.get("x")
        store.save("b", "x")
        store.options.set("home_dir", tmp_path / "a")
        assert store.get("x").get_value() == "a"


def test_what_lineapy_left_in_the_home_folder_stays(tmp_path: Path) -> None:
    """The files of LineaPy's own are as they were, and its configuration is understood."""
    home = tmp_path / ".lineapy"
    (home / "linea_pickles").mkdir(parents=True)
    (home / "linea_pickles" / "pickle-1").write_bytes(b"\x80\x04N.")
    (home / "db.sqlite").write_bytes(b"SQLite format 3\0 as LineaPy had it")
    (home / "lineapy_config.json").write_text(json.dumps({"home_dir": str(home), "is_demo": False}))
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    with Store(home_dir=home) as store:
        store.save(1, "x")
        store.delete("x", version="all")
        store.gc()
    assert {path: path.read_bytes() for path in before} == before
    created = {path.name for path in home.iterdir()} - {path.name for path in before}
    assert {name.partition("-")[0] for name in created} <= {
        "catalog.sqlite",
        "content",
        "linea_pickles",
    }
