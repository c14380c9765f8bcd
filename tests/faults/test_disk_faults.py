"""Full disks, folders that may not be written, things in the way, too few files: told, none lost.

The saves are made by a child, which is this module run as a program: limits are for a process, and
the disk is one that nobody else sees.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lineapy_store import Store, differences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.plugins.faults import MakeTrials, Trials
    from tests.plugins.leftovers import gc, leftovers_of
    from tests.plugins.savers import value_of
else:
    from leftovers import gc, leftovers_of
    from savers import value_of

_DISK = 64 << 20  # bytes
_FILES = 16
_ROOM = {"medium": 300_000, "model": 1_500_000}  # bytes, of which some are enough for a save
_OLD = 3  # versions that are there before
_FEW = 10  # saves of which none may fail


@contextlib.contextmanager
def _full_disk(draw: random.Random, home: Path, seed: str) -> Iterator[None]:
    """Leave little room on the disk where everything is, temporary files too."""
    room, filler = draw.randrange(_ROOM[seed.partition("-")[0]]), home.parent / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 16))
    os.truncate(filler, filler.stat().st_size - room)
    yield
    filler.unlink()


@contextlib.contextmanager
def _quota(draw: random.Random, _home: Path, seed: str) -> Iterator[None]:
    """Let no file grow beyond a size."""
    with _limited(resource.RLIMIT_FSIZE, draw.randrange(_ROOM[seed.partition("-")[0]])):
        yield


@contextlib.contextmanager
def _file_limit(draw: random.Random, _home: Path, _seed: str) -> Iterator[None]:
    """Let the process have 16 files, of which most or all are open."""
    with _limited(resource.RLIMIT_NOFILE, _FILES), contextlib.ExitStack() as stack:
        free = draw.randrange(_FILES // 2)
        opened: list[int] = []
        with contextlib.suppress(OSError):
            while True:
                opened.append(os.open(os.devnull, os.O_RDONLY))
        for descriptor in opened[:free]:
            os.close(descriptor)
        for descriptor in opened[free:]:
            stack.callback(os.close, descriptor)
        yield


@contextlib.contextmanager
def _limited(what: int, soft: int) -> Iterator[None]:
    before = resource.getrlimit(what)
    resource.setrlimit(what, (soft, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(what, before)


@contextlib.contextmanager
def _read_only(draw: random.Random, home: Path, _seed: str) -> Iterator[None]:
    """Take away the permission to write one of the folders, or a file of the catalog's."""
    folders = [home, *sorted(path for path in home.rglob("*") if path.is_dir())]
    path = draw.choice([*folders, *sorted(home.glob("catalog.sqlite*"))])
    before = path.stat().st_mode
    path.chmod(before & 0o555)
    yield
    path.chmod(before)


@contextlib.contextmanager
def _in_the_way(draw: random.Random, home: Path, seed: str) -> Iterator[None]:
    """Put a folder where a file should be, or a file or broken link where a folder should be."""
    with Store(home_dir=home.parent / "elsewhere") as elsewhere:
        digest = elsewhere.save(value_of(seed), "where").get_metadata().lineapy.digest
    (content,) = home.glob("content/*")
    place = draw.choice(
        [
            *(home, home / "catalog.sqlite", home / "catalog.sqlite-wal"),
            *(content.parent, content, content / "tmp"),
            *(content / digest[:2], content / digest[:2] / digest),
        ]
    )
    away = home.parent / "away"
    if place.exists():
        place.rename(away)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.name in {"catalog.sqlite", "catalog.sqlite-wal", digest}:
        place.mkdir()
        (place / "something").touch()
    elif draw.randrange(2):
        place.touch()
    else:
        place.symlink_to("nowhere")
    yield
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink()
    if away.exists():
        away.rename(place)


#: Each with what its error has to say.
_FAULTS: dict[str, tuple[Callable[..., contextlib.AbstractContextManager[None]], str]] = {
    "full disk": (_full_disk, "disk is full|No space left"),
    "limit of file sizes": (_quota, "File too large"),
    "16 files": (_file_limit, "Too many open files"),
    "read-only folder": (_read_only, "readonly database|may not be written|Permission denied"),
    "something in the way": (
        _in_the_way,
        "Is a directory|Not a directory|not a file|File exists|is missing",
    ),
}


class _Child:
    """Saves under a fault again and again.

    Args:
        fault: Which one.
        kind: Of the values.
        root: Folder for everything.
        template: An empty tracking database.
        seed: Where choices come from.
    """

    def __init__(self, *, fault: str, kind: str, root: str, template: str, seed: str) -> None:
        self._provoke, self._says = _FAULTS[fault]
        if kind == "model":
            self._says += "|disk I/O error"  # of MLflow's own database, which has no more to say
        self._draw = random.Random(seed)  # noqa: S311 - no secret
        self._kind, self._home = kind, Path(root, "home")
        self._arguments: dict[str, Any] = {"home_dir": str(self._home)}
        (temporary := Path(root, "temporary")).mkdir(parents=True)
        os.environ["TMPDIR"] = str(temporary)
        os.chdir(root)  # where MLflow keeps artifacts
        if kind == "model":
            shutil.copyfile(template, Path(root, "mlflow.db"))
            self._arguments["mlflow_tracking_uri"] = f"sqlite:///{root}/mlflow.db"
        if fault == "read-only folder":
            _obey_permissions()
        self._seeds: dict[tuple[str, int], str] = {}
        with Store(**self._arguments) as store:
            for number in range(_OLD):
                self._save(store, "old", f"{kind}-old-{number}")

    def run(self, number: int) -> dict[str, Any]:
        """Save under the fault and after it, by a store that was used before or not.

        Returns:
            Why the save failed, what was lost, and what was not as it should be.
        """
        store, seed, wrong = Store(**self._arguments), f"{self._kind}-{number}", []
        if number % 2:
            self._read(store, "old", 0)
        with self._provoke(self._draw, self._home, seed):
            failures = [
                self._failure(self._save, store, "new", seed),
                self._failure(self._read, store, "old", number % _OLD),
            ]
        wrong += [each for each in failures if each and not re.search(self._says, each)]
        wrong += filter(None, [self._failure(self._save, store, "new", f"{seed}-after")])
        there = {(each.name, each.version) for each in store.artifact_store()}
        lost = self._seeds.keys() - there
        wrong += [f"half there: {each}" for each in there - self._seeds.keys()]
        for name, version in there & {*list(self._seeds)[:_OLD], *list(self._seeds)[-2:]}:
            wrong += filter(None, [self._failure(self._read, store, name, version)])
        gc(store)
        wrong += [f"left over: {each}" for each in leftovers_of(store)]
        store.close()
        return {"failure": failures[0], "lost": len(lost), "wrong": wrong}

    def _save(self, store: Store, name: str, seed: str) -> None:
        artifact = store.save(value_of(seed), name)
        self._seeds[name, artifact.version] = seed

    def _read(self, store: Store, name: str, version: int) -> None:
        found = store.get(name, version).get_value()
        assert not differences(value_of(self._seeds[name, version]), found)

    @staticmethod
    def _failure(function: Callable[..., None], *arguments: object) -> str | None:
        try:
            function(*arguments)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            return f"{type(error).__name__}: {error}"
        return None


def _obey_permissions() -> None:
    """Give up, as root, to read and write what permissions do not allow."""
    if os.geteuid():
        return
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # the newest version of this call; this process
    data = (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.capget(header, data) == 0
    data[0] &= ~0b110  # effective: CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
    assert libc.capset(header, data) == 0


@functools.cache
def _own_disk() -> list[str]:
    """Return the beginning of a command that has its own disk at its first argument, if any."""
    script = f'mount -t tmpfs -o size={_DISK} disk "$0" && exec "$@"'
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script]
    with contextlib.suppress(FileNotFoundError):
        done = subprocess.run([*command, "/mnt", "true"], capture_output=True, check=False)  # noqa: S603 - ours
        if done.returncode == 0:
            return command
    return []


# A disk of one's own takes Linux and its leave.
_HERE = [fault for fault in _FAULTS if fault != "full disk" or _own_disk()]
# One process tries them all, as it takes the import of MLflow; few files come first, since MLflow
# leaves some open.
_WITH_MODELS: list[str] = [
    fault for fault in ("16 files", "full disk", "limit of file sizes") if fault in _HERE
]


@pytest.mark.parametrize("fault", _HERE)
def test_faults_of_disks_are_told_and_lose_nothing(
    fault: str, tmp_path: Path, trials_of: MakeTrials
) -> None:
    """The error says what it is, old versions are as they were, and the next save works."""
    trials = trials_of(f"{fault}, values in files", rounds=100, few=_FEW)
    _try({fault: trials}, "medium", tmp_path)


def test_faults_of_disks_lose_no_models(
    mlflow_database: Callable[[Path], str], tmp_path: Path, trials_of: MakeTrials
) -> None:
    """The same holds for models in MLflow, whose database and files are on that disk, too."""
    pytest.importorskip("sklearn", reason="the values are its models")
    mlflow_database(tmp_path / "template.db")
    trials = {
        fault: trials_of(f"{fault}, values in MLflow", rounds=30, few=2) for fault in _WITH_MODELS
    }
    _try(trials, "model", tmp_path)


def _try(trials: dict[str, Trials], kind: str, folder: Path) -> None:
    """Have a child save values of a kind under faults, and count what came of it."""
    (disk := folder / "disk").mkdir()
    orders = [
        {
            "fault": fault,
            "kind": kind,
            "root": str(disk / fault),
            "template": str(folder / "template.db"),
            "seed": str(each.random.random()),
        }
        for fault, each in trials.items()
    ]
    rounds = [str(each.rounds) for each in trials.values()]
    done = subprocess.run(  # noqa: S603 - this module
        [
            *([*_own_disk(), str(disk)] if "full disk" in trials else []),
            *(sys.executable, __file__, json.dumps(orders), *rounds),
        ],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    print(json.dumps(told, indent=1))  # noqa: T201 - to be read when it fails
    for fault, each in trials.items():
        results = [result for result in told if result["fault"] == fault]
        assert len(results) == each.rounds
        for number in each:
            each.lost += results[number]["lost"]
            each.wrong += len(results[number]["wrong"])
        each.check()
        assert each.rounds <= _FEW or any(result["failure"] for result in results)


if __name__ == "__main__":
    for order, count in zip(json.loads(sys.argv[1]), sys.argv[2:], strict=True):
        child = _Child(**order)
        for round_ in range(int(count)):
            sys.stdout.write(json.dumps({"fault": order["fault"], **child.run(round_)}) + "\n")
