"""Secrets of every option, planted, and looked for in everything that is printed or written."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.plugins.faults import MakeTrials, Trials
    from tests.plugins.inner_pytest import InnerPytest
    from tests.plugins.postgres import PostgresServer
    from tests.plugins.runs import run_pytest
    from tests.plugins.s3 import S3Location
else:
    from runs import run_pytest


_OPTIONS = ("database_url", "storage_options", "mlflow_tracking_uri", "signing_key", "any")
_PROVOCATIONS = Path(__file__).parents[1] / "plugins" / "planted" / "provocations.py"
_WITHOUT_SERVERS = "wrong_option and (set or file) or no_json or unsigned or another or damaged"

# Notes the command line of each process that is started, and those that are there after each test.
_CONFTEST = """
import pathlib, sys

NOTES = pathlib.Path("commands.txt").absolute()

def note(words):
    with NOTES.open("a") as file:
        file.write(" ".join(map(str, words)).replace("\\n", " ") + "\\n")

def audit(event, arguments):
    if event == "subprocess.Popen":
        note(arguments[1])

def family(pid):
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield child
            yield from family(child)

def pytest_runtest_logfinish():
    for pid in family("self"):
        try:
            note(pathlib.Path(f"/proc/{pid}/cmdline").read_text().split("\\0"))
        except OSError:
            pass

sys.addaudithook(audit)
"""


class _Marker:
    """A text that is nowhere else, to be a part of every secret."""

    def __init__(self) -> None:
        self.text = f"planted{uuid.uuid4().hex}"
        forms = {self.text.encode()}
        for before in range(3):  # letters of something else with which it is in Base64
            encoded = base64.b64encode(b"-" * before + self.text.encode())
            forms.add(encoded[-(-before * 8 // 6) : (before + len(self.text)) * 8 // 6])
        self._pattern = re.compile(b"|".join(map(re.escape, sorted(forms))))

    def is_in(self, content: bytes | str) -> bool:
        """Return whether a content has it, as it is or in Base64."""
        content = content.encode() if isinstance(content, str) else content
        return self._pattern.search(content) is not None


def _look(trials: Trials, marker: _Marker, found: Iterable[tuple[str, bytes | str]]) -> None:
    """Look for the marker in everything, each a trial; tell where it is."""
    everything = list(found)
    assert len(everything) >= trials.rounds, "as much as there always is"
    trials.rounds = len(everything)
    shown = []
    for number in trials:
        name, content = everything[number]
        if marker.is_in(content):
            trials.wrong += 1
            shown.append(name)
    assert shown == []
    trials.check()


@pytest.fixture
def servers(request: pytest.FixtureRequest) -> Iterator[tuple[dict[str, str], list[Any]]]:
    """Where a database, a bucket and a tracking server are, for the environment of tests.

    They are started for all faults only; otherwise nothing is there.
    """
    if not request.config.getoption("--all-faults"):
        yield {}, []
        return
    pytest.importorskip("sklearn", reason="the model is scikit-learn's")
    postgres: PostgresServer = request.getfixturevalue("postgres_server")
    bucket: S3Location = request.getfixturevalue("s3_location")
    with contextlib.ExitStack() as stack:
        databases = [stack.enter_context(postgres.database()) for _ in range(3)]
        urls = [url.replace("postgres@", "postgres:SECRET@") for url in databases]
        names = ("POSTGRESQL", "SPARE_POSTGRESQL", "CODE_POSTGRESQL")
        yield (
            {
                **dict(zip(names, urls, strict=True)),
                "BUCKET": bucket.url,
                "S3": bucket.storage_options["client_kwargs"]["endpoint_url"],
                "TRACKING": request.getfixturevalue("mlflow_server_url"),
            },
            [*(_rows(url) for url in databases), _objects(bucket)],
        )


def _rows(url: str) -> Iterator[tuple[str, str]]:
    """Yield the content of every table of a database, when it is asked for."""
    import psycopg  # noqa: PLC0415 - there is an environment without it

    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - quoted
            yield table, str(rows)


def _objects(bucket: S3Location) -> Iterator[tuple[str, bytes]]:
    """Yield the content of every object of a bucket, when it is asked for."""
    import s3fs  # noqa: PLC0415 - not in every environment

    files = s3fs.S3FileSystem(**bucket.storage_options)
    for path in files.find(bucket.url.rpartition("/")[0]):
        yield path, files.cat_file(path)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with contextlib.suppress(FileNotFoundError):  # of others who use the server
                yield str(path), path.read_bytes()


def _outcomes(page: Path) -> tuple[list[tuple[str, str]], int]:
    """Return the name of each test with what was printed of it, and how many did not pass."""
    cases = list(ET.parse(page).iter("testcase"))  # noqa: S314 - pytest wrote it
    failed = sum(
        case.find("failure") is not None or case.find("error") is not None for case in cases
    )
    texts = [" ".join([*case.itertext(), *_attributes(case)]) for case in cases]
    return [(str(case.get("name")), text) for case, text in zip(cases, texts, strict=True)], failed


def _attributes(case: ET.Element) -> Iterator[str]:
    for element in case.iter():
        yield from element.attrib.values()


def test_no_secret_is_shown_or_kept(
    inner: InnerPytest,
    servers: tuple[dict[str, str], list[Any]],
    common_folder: Path,
    trials_of: MakeTrials,
) -> None:
    """Nothing that is printed, logged, raised, reported, stored or started has a secret in it.

    Errors of every kind are raised where pytest shows all arguments of all functions in between.
    """
    marker, (places, stored) = _Marker(), servers
    shutil.copy(_PROVOCATIONS, inner.path / "test_provocations.py")
    (inner.path / "conftest.py").write_text(_CONFTEST)
    options = {"junit_logging": "all", "log_level": "DEBUG"}
    selected: tuple[str, ...] = ("-k", _WITHOUT_SERVERS)
    if places:
        tracking = places["TRACKING"].replace("://", f"://user:{marker.text}@")
        options["lineapy_mlflow"] = tracking
        options["lineapy_database_url"] = places["POSTGRESQL"].replace("SECRET", marker.text)
        selected = ()
    inner.ini(**options)
    with run_pytest(
        inner,
        *("-rA", "--junitxml=junit.xml", "--lineapy-report=report.html", *selected),
        **places,
        SECRETS=json.dumps({option: f"{marker.text}-{option}" for option in _OPTIONS}),
        MLFLOW_HTTP_REQUEST_TIMEOUT="2",
    ) as run:
        output = run.output(500)
    (inner.path / "tox.ini").unlink()
    told, failed = _outcomes(inner.path / "junit.xml")
    assert failed > len(told) / 2, "most of it is an error"
    printed = trials_of("secret in what is printed or raised", rounds=170, few=30)
    _look(printed, marker, [*told, ("terminal", output)])
    kept = [*_files(inner.path)]
    for source in stored:
        kept += source
    if places:
        of_server = [*_files(common_folder / "mlflow-server")]
        assert of_server
        kept += of_server
    _look(trials_of("secret in what is stored", rounds=300, few=20), marker, kept)
    commands = (inner.path / "commands.txt").read_text().splitlines()
    _look(
        trials_of("secret in a command line", rounds=10, few=1),
        marker,
        [(command, command) for command in commands],
    )
