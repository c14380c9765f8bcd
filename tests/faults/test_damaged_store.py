"""A store whose files or rows are damaged gives errors that name them, and never a wrong value."""

from __future__ import annotations

import functools
import itertools
import os
import pickle
import shutil
import string
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from lineapy_store import Store
from lineapy_store.catalog._tables import ARTIFACTS
from lineapy_store.errors import ArtifactNotFoundError, CorruptArtifactError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from lineapy_store import Artifact
    from tests.plugins.faults import MakeTrials, Trials
    from tests.plugins.leftovers import leftovers_of
else:
    from leftovers import leftovers_of

_VERSIONS = 12


class Tells:
    """A value that tells when it is unpickled, which has a buffer beside its pickle."""

    unpickled = 0

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.buffer = bytearray([seed % 256]) * 5000

    def __reduce_ex__(self, _protocol: object) -> tuple[Any, ...]:
        """Make what was saved."""
        return _told, (self.seed, pickle.PickleBuffer(self.buffer))


def _told(seed: int, buffer: bytearray) -> Tells:
    Tells.unpickled += 1
    found = Tells(seed)
    found.buffer = buffer
    return found


def _file_of(artifact: Artifact) -> Path:
    return Path(artifact.get_metadata().lineapy.storage_path)


def _is_refused(read: Callable[[], object], artifact: Artifact, file: Path) -> bool:
    """Return whether reading says that the file of the artifact is damaged, before unpickling."""
    before = Tells.unpickled
    try:
        read()
    except CorruptArtifactError as error:
        label = f"{artifact.name!r} version {artifact.version}"
        return Tells.unpickled == before and label in str(error) and str(file) in str(error)
    return False


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with some versions of one name."""
    with Store(home_dir=tmp_path / "home") as store:
        for seed in range(_VERSIONS):
            store.save(Tells(seed), "tells")
        yield store


def _check_values(trials: Trials, store: Store) -> None:
    """Count what is not what was saved, once everything is as it was."""
    for seed in range(_VERSIONS):
        value = store.get("tells", seed).get_value()
        trials.wrong += (value.seed, value.buffer) != (seed, Tells(seed).buffer)


def test_a_flipped_bit_in_any_byte_of_a_value_is_found(store: Store, trials_of: MakeTrials) -> None:
    """Neither reading nor verifying takes a file of which one bit is another."""
    artifact = store.get("tells", 3)
    file = _file_of(artifact)
    content = file.read_bytes()
    trials = trials_of("a bit flipped in each byte of a value", rounds=len(content), few=400)
    places = trials.random.sample(range(len(content)), trials.rounds)
    with file.open("r+b", buffering=0) as damaged:
        for number in trials:
            place = places[number]
            flipped = content[place] ^ 1 << trials.random.randrange(8)
            os.pwrite(damaged.fileno(), bytes([flipped]), place)
            for read in (artifact.get_value, artifact.verify):
                trials.wrong += not _is_refused(read, artifact, file)
            os.pwrite(damaged.fileno(), content[place : place + 1], place)
    _check_values(trials, store)
    trials.check()


def test_every_truncation_of_a_value_is_found(store: Store, trials_of: MakeTrials) -> None:
    """Nor one that ends early, or goes on."""
    artifact = store.get("tells", 3)
    file = _file_of(artifact)
    content = file.read_bytes()
    trials = trials_of("a value cut short, or too long", rounds=len(content) + 16, few=200)
    lengths = [length for length in range(len(content) + 17) if length != len(content)]
    chosen = trials.random.sample(lengths, trials.rounds)
    for number in trials:
        file.write_bytes((content + bytes(16))[: chosen[number]])
        for read in (
            artifact.get_value,
            artifact.verify,
            functools.partial(artifact.get_value, mmap_mode="r"),
        ):
            trials.wrong += not _is_refused(read, artifact, file)
    file.write_bytes(content)
    _check_values(trials, store)
    trials.check()


def _swap(one: Path, other: Path) -> Callable[[], object]:
    def swap() -> None:
        away = one.with_name("away")
        one.rename(away)
        other.rename(one)
        away.rename(other)

    swap()
    return swap


def _lose(one: Path, _other: Path) -> Callable[[], object]:
    away = one.rename(one.with_name("away"))
    return lambda: away.rename(one)


def _overwrite(one: Path, other: Path) -> Callable[[], object]:
    content = one.read_bytes()
    shutil.copyfile(other, one)
    return lambda: one.write_bytes(content)


def _link(one: Path, other: Path) -> Callable[[], object]:
    away = one.rename(one.with_name("away"))
    one.symlink_to(other)
    return lambda: away.rename(one)


def _folder(one: Path, _other: Path) -> Callable[[], object]:
    away = one.rename(one.with_name("away"))
    one.mkdir()

    def back() -> None:
        one.rmdir()
        away.rename(one)

    return back


def test_a_file_that_is_another_or_missing_is_found(store: Store, trials_of: MakeTrials) -> None:
    """Files are swapped, lost, overwritten by one another, or replaced by a link or a folder."""
    trials = trials_of("values swapped, lost or replaced", rounds=500, few=60)
    artifacts = list(store.artifact_store())
    damages = itertools.cycle([_swap, _lose, _overwrite, _link, _folder])
    for _ in trials:
        one, other = trials.random.sample(artifacts, 2)
        damage = next(damages)
        undo = damage(_file_of(one), _file_of(other))
        for artifact in (one, other) if damage is _swap else (one,):
            for read in (
                artifact.get_value,
                artifact.verify,
                functools.partial(artifact.get_value, mmap_mode="r"),
            ):
                trials.wrong += not _is_refused(read, artifact, _file_of(artifact))
        undo()
    _check_values(trials, store)
    trials.check()


def _edited(value: Any, other: Any, random: Random) -> Any:
    """Return what a careless hand, or a flipped bit, may make of a column."""
    if value is None:
        return random.choice(["{}", "text"])
    if other not in {None, value} and random.randrange(2):
        return other
    if isinstance(value, str) and value:
        place = random.randrange(len(value))
        letters = sorted(set(string.hexdigits) - {value[place]})
        return value[:place] + random.choice(letters) + value[place + 1 :]
    return value + (timedelta(seconds=1) if isinstance(value, datetime) else 1000)


def _edit(engine: sa.Engine, column: str, random: Random) -> Callable[[], None]:
    """Change a column of one version; returns what changes it back."""
    key = "name" if column == "artifact_id" else "artifact_id"
    keys = (key,) if key == "artifact_id" else ("name", "version")
    table = sa.table(ARTIFACTS.name, *(sa.column(name) for name in sorted(ARTIFACTS.c.keys())))

    def write(connection: sa.Connection, row: sa.Row[Any], value: Any) -> None:
        if connection.dialect.name == "postgresql":  # or it keeps references from being broken
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        which = (table.c[name] == getattr(row, name) for name in keys)
        connection.execute(table.update().where(*which).values({column: value}))

    def back() -> None:
        with engine.begin() as connection:
            write(connection, row, getattr(row, column))

    with engine.begin() as connection:
        row, other = random.sample(connection.execute(sa.select(table)).all(), 2)
        others = None if column in {"artifact_id", "version"} else getattr(other, column)
        write(connection, row, _edited(getattr(row, column), others, random))
    return back


def _refused(store: Store, seeds: dict[int, int], place: str) -> tuple[list[tuple[str, int]], int]:
    """Return the versions that cannot be read, and how many were read wrongly or refused badly.

    Args:
        store: All that is in it is read.
        seeds: What was saved under the name ``tells``, by version.
        place: What an error has to name beside the artifact.
    """
    refused, wrong = [], 0
    for name, version in store._catalog().versions():  # noqa: SLF001 - a listing reads the rows
        before = Tells.unpickled
        try:
            value = store.get(name, version).get_value()
        except CorruptArtifactError as error:
            refused.append((name, version))
            named = f"{name!r} version {version}" in str(error) and place in str(error)
            wrong += Tells.unpickled != before or not named
        else:
            wrong += name != "tells" or value.seed != seeds.get(version)
    return refused, wrong


@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_an_edited_row_is_found(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, trials_of: MakeTrials
) -> None:
    """Whatever column of a version is changed, its value is not read, and all others are.

    Nor does gc remove the value, to which the row may refer again. The version can be deleted.
    """
    trials = trials_of(f"a row of the catalog edited: {database}", rounds=300, few=40)
    url = f"sqlite:///{tmp_path / 'home' / 'catalog.sqlite'}"
    if database == "PostgreSQL":
        url = request.getfixturevalue("postgres_url")
    place = "catalog.sqlite" if database == "SQLite" else "postgresql://"
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with Store(home_dir=tmp_path / "home", database_url=url) as store:
        seeds = {store.save(Tells(seed), "tells").version: seed for seed in range(_VERSIONS)}
        for number in trials:
            column = sorted(ARTIFACTS.c.keys())[number % len(ARTIFACTS.c)]
            back = _edit(engine, column, trials.random)
            refused, wrong = _refused(store, seeds, place)
            trials.wrong += wrong + (len(refused) != 1)
            with pytest.raises(CorruptArtifactError):
                store.gc()
            if number % 10:
                back()
            else:
                store.delete(*refused[0])
                store.gc()
                there = {version for _, version in store._catalog().versions()}  # noqa: SLF001 - as above
                (gone,) = seeds.keys() - there
                del seeds[gone]
                seeds[store.save(Tells(number), "tells").version] = number
            trials.wrong += len(leftovers_of(store))
            refused, wrong = _refused(store, seeds, place)
            trials.wrong += wrong
            trials.lost += len(refused)
    engine.dispose()
    trials.check()


def _outcome(home: Path, seeds: dict[int, int]) -> tuple[set[str], int]:
    """Return what became of the versions of a store: ``read``, ``missing`` or an error's class.

    The second is how many were read wrongly, or are refused by an error that does not name them
    and the file.
    """
    found, wrong, before = set(), 0, Tells.unpickled
    with Store(home_dir=home) as store:
        for version, seed in seeds.items():
            try:
                value = store.get("tells", version).get_value()
            except ArtifactNotFoundError:
                found.add("missing")
            except StoreError as error:
                found.add(type(error).__name__)
                named = "'tells'" in str(error) and f"{home}/" in str(error)
                wrong += isinstance(error, CorruptArtifactError) and not named
            else:
                found.add("read")
                before += 1
                wrong += value.seed != seed
        return found, wrong + (Tells.unpickled != before)


@pytest.fixture
def closed(tmp_path: Path) -> tuple[Path, dict[int, int]]:
    """The home of a store that nobody uses, with some versions, and their seeds."""
    home = tmp_path / "home"
    with Store(home_dir=home) as store:
        seeds = {store.save(Tells(seed), "tells").version: seed for seed in range(_VERSIONS)}
        for seed in range(_VERSIONS):
            store.save(Tells(seed), f"other {seed}")
    assert not list(home.glob("*-wal"))
    return home, seeds


def _damaged(home: Path, seeds: dict[int, int], content: bytes) -> tuple[set[str], int, int]:
    """Let a catalog's file have some content, as `_outcome` tells, and then the right one again.

    A version may seem to be missing while an index is damaged, but not if gc takes the catalog for
    sound. The last is how many versions are not as they were.
    """
    file = home / "catalog.sqlite"
    right = file.read_bytes()
    file.write_bytes(content)
    found, wrong = _outcome(home, seeds)
    with Store(home_dir=home) as store:
        try:
            wrong += len(store.gc()) + ("missing" in found)
        except StoreError as error:
            found.add(type(error).__name__)
    for left in home.glob("catalog.sqlite*"):
        left.unlink()
    file.write_bytes(right)
    return found, wrong, int(_outcome(home, seeds) != ({"read"}, 0))


def test_a_catalog_that_was_cut_short_is_found(
    closed: tuple[Path, dict[int, int]], trials_of: MakeTrials
) -> None:
    """An SQLite file that ends early anywhere gives errors; put back, all is there."""
    home, seeds = closed
    content = (home / "catalog.sqlite").read_bytes()
    trials = trials_of("a catalog in SQLite cut short", rounds=500, few=40)
    lengths = [0, 1, 15, 16, 99, 100, 511, 512, 4095, 4096, 4097, len(content) - 1]
    lengths += trials.random.sample(range(len(content)), 500)
    for number in trials:
        found, wrong, lost = _damaged(home, seeds, content[: lengths[number]])
        # Of the last page, the part that is gone may have been empty.
        whole = lengths[number] > len(content) - 4096
        trials.wrong += wrong + (found - {"read"} != {"CorruptArtifactError"} and not whole)
        trials.lost += lost
    trials.check()


def test_a_flipped_bit_of_a_catalog_gives_no_wrong_value(
    closed: tuple[Path, dict[int, int]], trials_of: MakeTrials
) -> None:
    """Wherever it is in an SQLite file, what is read is right, or an error says what is damaged."""
    home, seeds = closed
    content = (home / "catalog.sqlite").read_bytes()
    trials = trials_of("a bit flipped in a catalog in SQLite", rounds=500, few=40)
    for _ in trials:
        flipped = bytearray(content)
        flipped[trials.random.randrange(len(content))] ^= 1 << trials.random.randrange(8)
        _, wrong, lost = _damaged(home, seeds, bytes(flipped))
        trials.wrong += wrong
        trials.lost += lost
    trials.check()


def test_a_log_that_was_cut_short_gives_no_wrong_value(
    store: Store, tmp_path: Path, trials_of: MakeTrials
) -> None:
    """SQLite takes its end for the last commit: the newest versions are missing, and no others."""
    home = Path(str(store.options.get("home_dir")))
    log = (home / "catalog.sqlite-wal").read_bytes()
    trials = trials_of("a log of SQLite's cut short", rounds=300, few=30)
    for number in trials:
        other = tmp_path / f"other-{number}"
        other.mkdir()
        shutil.copyfile(home / "catalog.sqlite", other / "catalog.sqlite")
        (other / "catalog.sqlite-wal").write_bytes(log[: trials.random.randrange(len(log))])
        with Store(home_dir=other, artifact_storage_dir=home / "content") as cut:
            there = list(cut.artifact_store())
            trials.wrong += [each.version for each in there] != list(range(len(there)))
            trials.wrong += any(each.get_value().seed != each.version for each in there)
        shutil.rmtree(other)
    _check_values(trials, store)
    trials.check()


def _model(seed: int) -> Any:
    """Make a model that tells when it is unpickled."""
    from sklearn.linear_model import LinearRegression  # noqa: PLC0415 - not in every environment

    class TellingModel(LinearRegression):
        def __setstate__(self, state: dict[str, Any]) -> None:
            Tells.unpickled += 1
            super().__setstate__(state)

    model = TellingModel()
    model.coef_ = [float(seed)]
    return model


def _refused_models(store: Store) -> tuple[list[int], int]:
    """Return the versions that cannot be read, and how many were read wrongly or refused badly."""
    refused, wrong = [], 0
    for version in range(2):
        before = Tells.unpickled
        try:
            value = store.get("model", version).get_value()
        except CorruptArtifactError as error:
            refused.append(version)
            wrong += f"'model' version {version}" not in str(error) or Tells.unpickled != before
        else:
            wrong += list(value.coef_) != [float(version)] or Tells.unpickled == before
    return refused, wrong


def _damage_model(folder: Path, other: Path, random: Random) -> None:
    """Change, cut, lose, add or swap a file of a model."""
    file = random.choice(sorted(path for path in folder.rglob("*") if path.is_file()))
    content = bytearray(file.read_bytes())
    place = random.randrange(len(content))
    damage = random.randrange(5)
    if damage == 0:
        content[place] ^= 1 << random.randrange(8)
        file.write_bytes(content)
    elif damage == 1:
        file.write_bytes(content[:place])
    elif damage == 2:
        file.unlink()
    elif damage == 3:
        file.with_name("more.py").write_bytes(content)
    else:
        shutil.rmtree(folder)
        shutil.copytree(other, folder)


def test_a_damaged_model_in_mlflow_is_not_loaded(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    trials_of: MakeTrials,
) -> None:
    """Whatever file of a model is not what was logged, or what the catalog says of it."""
    pytest.importorskip("sklearn", reason="the values are its models")
    uri = request.getfixturevalue("mlflow_database")(tmp_path / "mlflow.db")
    monkeypatch.chdir(tmp_path)  # MLflow keeps the artifacts of a new database there
    trials = trials_of("a model in MLflow damaged", rounds=200, few=10)
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'home' / 'catalog.sqlite'}")
    with Store(home_dir=tmp_path / "home", mlflow_tracking_uri=uri) as store:
        folders = []
        for seed in range(2):
            known = store.save(_model(seed), "model").get_metadata().mlflow
            identity = known.model_uri.rpartition("/")[2]
            folders += [
                path.parent for path in (tmp_path / "mlruns").rglob(f"{identity}/*/MLmodel")
            ]
        kept = shutil.copytree(folders[0], tmp_path / "kept")

        def put_back() -> None:
            shutil.rmtree(folders[0], ignore_errors=True)
            shutil.copytree(kept, folders[0])

        for number in trials:
            back = put_back
            if number % 4:
                _damage_model(folders[0], folders[1], trials.random)
            else:
                back = _edit(engine, "mlflow", trials.random)
            refused, wrong = _refused_models(store)
            trials.wrong += wrong + (refused != [0] and (number % 4 > 0 or refused != [1]))
            back()
            refused, wrong = _refused_models(store)
            trials.wrong += wrong
            trials.lost += len(refused)
    engine.dispose()
    trials.check()
