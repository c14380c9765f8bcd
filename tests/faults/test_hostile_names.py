"""Names, versions and rows made to deceive reach no file outside the store, and no code."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineapy_store import Store
from lineapy_store.errors import InvalidNameError, StoreError
from lineapy_store.names import check_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.plugins.faults import MakeTrials
    from tests.plugins.hostile import forge
else:
    from hostile import forge

_PIECES = (
    *("..", ".", "/", "\\", "//", "%2e%2e%2f", "~", "~root", "$HOME", "`id`", "$(id)", ";", "|"),
    *("'", '"', '"""', "--", "/*", "' OR 1=1 --", "'; DROP TABLE lineapy_store_artifacts; --"),
    *("\0", "\n", "\r\n", "\x1b[31m", "\u202e", "\u2028", "\ud800", "é", "\u0435", "名"),
    *("\U0001d4b3", "\ufb01", "link", "content", "tmp", "catalog.sqlite", "outside", "secret"),
    *("/etc/passwd", "C:\\", "nul", "file:///", "s3://", "models:/", "{", "}", "{0}", "%s"),
    *("%(name)s", "*", "?", "[a-z]", "_", "__import__('os').system('x')", "\\u0022", "#", "\t"),
    *(" ", "x" * 199, "-rf", "=", ":", "@"),
)


def hostile_text(random: Random) -> str:
    """A text that some program on the way might take for more than a text."""
    return "".join(random.choices(_PIECES, k=random.randint(1, 6)))


# Run in an interpreter of its own, for what is watched can't be unwatched: every path that Python
# opens, makes, renames, removes or lists, every program, and every text that the database is given.
# Arguments: the store's folder, the file of requests.
_WATCHED = """
import json, os, re, sys
import sqlalchemy
import lineapy_store
from lineapy_store import Store
from lineapy_store.errors import ConfigurationError, StoreError

home = os.path.realpath(sys.argv[1])
requests = json.load(open(sys.argv[2]))
os.fsync = lambda descriptor: None  # nothing has to survive a power cut
outside, shells, statements, inside = set(), [], set(), 0

def watch(event, arguments):
    global inside
    if event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
        shells.append(repr(arguments))
    if event == "sqlite3.connect" or event == "open" or event.startswith(("os.", "shutil.")):
        for path in arguments[: 1 if event == "open" else 2]:
            if isinstance(path, (str, bytes)) and watching:
                path = os.fsdecode(path)
                if re.fullmatch("[0-9a-f]{32}|[0-9a-f]{64}|/proc/[0-9]+/stat", path):
                    continue  # a file of a folder that is open; which process this is
                path = os.path.realpath(path)
                if path.startswith(home + os.sep) or path == home:
                    inside += 1
                else:
                    outside.add((event, path))

@sqlalchemy.event.listens_for(sqlalchemy.Engine, "before_cursor_execute")
def ask(connection, cursor, statement, *_):
    statements.add(statement)

def is_refused(use, *arguments):
    try:
        use(*arguments)
    except StoreError:
        return True
    return False

def use_all(number, name, version):
    if is_refused(store.save, number, name):
        return False
    artifact = store.get(name)
    assert (artifact.get_value(), artifact.name) == (number, name)
    artifact.verify()
    is_refused(artifact.set_alias, version if isinstance(version, str) else "prod")
    found = [other.name for other in store.artifact_store().search(name)]
    assert name in found or set("*?") & set(name), name
    store.delete(name, "all")
    return True

store = Store(home_dir=home)
watching = False
use_all(0, "first", 0)
is_refused(store.get, "none", 0)
is_refused(store.get, "none", "prod")
usual = set(statements)
watching = True
sys.addaudithook(watch)
saved = refused = set_options = 0
for number, (name, version) in enumerate(requests):
    is_refused(store.get, name, version)
    if number % 10 == 0:
        set_options += not is_refused(store.options.set, name, version)
        set_options += not is_refused(store.options.set, "on_fallback", name)
    if number % 50 == 0:
        is_saved = use_all(number, name, version)
        saved += is_saved
        refused += not is_saved
watching = False
print(json.dumps([sorted(outside), shells, set_options, inside, saved, refused]))
print(json.dumps(sorted(statements - usual)))
"""


def test_names_reach_no_other_file(tmp_path: Path, trials_of: MakeTrials) -> None:
    """Whatever a name or a version is, only files of the store are touched, and no program runs.

    Nor is the database told anything but the same few statements.
    """
    home, outside = tmp_path / "home", tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("untouched")
    home.mkdir()
    for name in ("link", "..link", "prod", "é"):
        (home / name).symlink_to(outside)
    trials = trials_of("a hostile name or version is asked for", rounds=100_000, few=1_000)
    random = trials.random
    requests = [
        (hostile_text(random), random.choice([hostile_text(random), 0, 1]))
        for _ in range(trials.rounds)
    ]
    (tmp_path / "requests.json").write_text(json.dumps(requests))
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", _WATCHED, home, tmp_path / "requests.json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=outside,
    )
    assert done.returncode == 0, done.stderr
    told, statements = map(json.loads, done.stdout.splitlines())
    reached, programs, options, inside, saved, refused = told
    trials.tried = len(requests)
    trials.wrong = len(reached) + len(programs) + options + len(statements)
    trials.survived = len(requests) - trials.wrong
    assert (reached, programs, options, statements) == ([], [], 0, [])
    assert inside > saved > 0 < refused
    assert [path.name for path in outside.iterdir()] == ["secret"]
    assert (outside / "secret").read_text() == "untouched"
    trials.check()


def _hostile_row(random: Random, outside: Path, theirs: Path) -> dict[str, Any]:
    """Columns of a row that would have files outside the store read, or somebody else's.

    Args:
        random: Where choices come from.
        outside: A folder in which the file ``secret`` is.
        theirs: The file of a value in a store of somebody else's.
    """
    secret = str(outside / "secret")
    places = [
        str(theirs),
        os.path.relpath(theirs, outside.parent / "home"),
        secret,
        f"file://{secret}",
        "../../outside/secret",
        "link/secret",
        "models:/other/1",
    ]
    place = random.choice(places)
    mlflow = {
        "tracking_uri": random.choice([f"sqlite:///{outside}/made.db", f"file://{outside}", place]),
        "registry_uri": f"sqlite:///{outside}/made.db",
        "model_uri": place,
        "model_flavor": random.choice(["sklearn", "os", "../sklearn", place]),
        "registered_model_name": hostile_text(random),
        "registered_model_version": random.choice([1, "1", place]),
    }
    return random.choice(
        [
            {"storage_path": place},
            {"digest": theirs.name, "storage_path": random.choice([str(theirs), place])},
            {"digest": place, "storage_path": place},
            {"digest": random.choice(["", "..", "0" * 63, "A" * 64, "../" * 21 + "a"])},
            {"artifact_id": random.choice([place, "..", hostile_text(random)])},
            {
                "storage_backend": random.choice(["mlflow", "os", place]),
                "mlflow": json.dumps(mlflow),
            },
            {"code": json.dumps({"document": place})},
            {"value_type": hostile_text(random), "reason": hostile_text(random)},
        ]
    )


_USES: tuple[Callable[[Store], object], ...] = (
    lambda store: store.get("clf").get_value(),
    lambda store: store.get("clf").verify(),
    lambda store: store.get("clf").get_code(),
    lambda store: store.get("clf").get_session_code(),
    lambda store: store.get("clf").get_metadata(),
    lambda store: store.delete("clf", 0),
    lambda store: store.gc(),
)


def _content(folder: Path) -> dict[str, bytes | None]:
    """Return all that is in a folder, with what is in the files."""
    paths = sorted(folder.rglob("*"))
    return {str(path): path.read_bytes() if path.is_file() else None for path in paths}


def _is_told(secret: str, store: Store, use: Callable[[Store], object]) -> bool:
    """Whether a use of an artifact gives, or tells, what is in the file outside the store."""
    try:
        return secret in str(use(store))
    except StoreError as error:
        return secret in str(error)


def test_rows_reach_no_other_file(tmp_path: Path, trials_of: MakeTrials) -> None:
    """Whatever a row of the catalog says, nothing outside the store is read, made or removed.

    Nor anything of another store, whose files and digests the rows name.
    """
    home, outside = tmp_path / "home", tmp_path / "outside"
    outside.mkdir()
    secret = uuid.uuid4().hex  # not a text that the code of this test has
    (outside / "secret").write_text(secret)
    with Store(home_dir=outside / "theirs") as store:
        theirs = Path(store.save(secret, "theirs").get_metadata().lineapy.storage_path)
    untouched = _content(outside)
    with Store(home_dir=home) as store:
        store.save("mine", "clf")
    (home / "link").symlink_to(outside)
    before = home.rename(tmp_path / "before")
    home.mkdir()
    trials = trials_of("a row of the catalog points elsewhere", rounds=250, few=21)
    for _ in trials:
        shutil.rmtree(home)
        shutil.copytree(before, home, symlinks=True)
        row = _hostile_row(trials.random, outside, theirs)
        with contextlib.suppress(UnicodeEncodeError):
            forge(home, "clf", 0, **row)
        with Store(home_dir=home) as store:
            trials.wrong += sum(_is_told(secret, store, use) for use in _USES)
        trials.wrong += _content(outside) != untouched
    trials.check()


_BREAKS = (
    "\"); open({0!r}, 'w'); (\"",
    "'); open({0!r}, 'w'); ('",
    '""" + str(open({0!r}, \'w\')) + """',
    "{{open({0!r}, 'w')}}",
    "$(touch {0})",
    "`touch {0}`",
    "; touch {0};",
    "\\\\\"; open({0!r}, 'w') #",
)


def test_names_are_no_code(tmp_path: Path, trials_of: MakeTrials) -> None:
    """In code that is generated, and when it runs, a name is a text and only that."""
    trials = trials_of("a hostile name is in generated code", rounds=30, few=5)
    pwned, home = tmp_path / "pwned", tmp_path / "home"
    names: list[str] = []
    while len(names) < trials.rounds:
        name = hostile_text(trials.random) + trials.random.choice(_BREAKS).format(str(pwned))
        with contextlib.suppress(InvalidNameError):
            names.append(check_name(name))
    lines = ["import lineapy_store as lineapy"]
    for name in names:
        lines += [
            f"value = lineapy.get({name!r}).get_value() + 1" if name in lines else "value = 1"
        ]
        lines += [f"lineapy.save(value, {name!r})"]
    (tmp_path / "main.py").write_text("\n".join(lines), encoding="utf-8")
    environment = {**os.environ, "LINEAPY_HOME_DIR": str(home)}

    def run(file: Path) -> None:
        subprocess.run([sys.executable, file], check=True, cwd=tmp_path, env=environment)  # noqa: S603

    run(tmp_path / "main.py")
    with Store(home_dir=home) as store:
        for _, name in zip(trials, names, strict=True):
            code = store.get(name).get_code()
            exec(compile(code, "code", "exec"), {})  # noqa: S102 - that it does no harm is the point
            folder = tmp_path / f"pipeline-{len(names)}"
            store.to_pipeline([name], pipeline_name="made", output_dir=folder, generate_test=True)
            for file in folder.rglob("*.py"):
                compile(file.read_text(encoding="utf-8"), str(file), "exec")
            module = {"__name__": "made"}
            text = (folder / "made_module.py").read_text(encoding="utf-8")
            exec(compile(text, "made", "exec"), module)  # noqa: S102 - as above
            trials.wrong += pwned.exists()
            try:
                store.to_pipeline([name], pipeline_name=name, output_dir=tmp_path / "named")
            except StoreError:
                pass
            else:
                trials.wrong += 1
    trials.wrong += pwned.exists()
    trials.check()
