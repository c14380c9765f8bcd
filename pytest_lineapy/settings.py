"""The plugin's options: each an argument of a factory, on the command line, and ini."""

from __future__ import annotations

import dataclasses
import math
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://.+")


def nearest(value: object, choices: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest of the choices, or nothing."""
    import difflib  # noqa: PLC0415 - only for errors

    near = difflib.get_close_matches(str(value), list(choices), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _url(text: str) -> str:
    """Return a URL that is shown without its password."""
    from lineapy_store.redact import as_url  # noqa: PLC0415 - only where there is one

    return as_url(text)


def _mlflow(value: object) -> str:
    if value in ("sqlite", "server"):
        return str(value)
    if re.match(r"https?://[^/\s]+", str(value)):
        return _url(str(value).rstrip("/"))
    raise ValueError(
        "it has to be 'sqlite', 'server' or the URL of a server, such as http://127.0.0.1:5000"
        + nearest(value, ("sqlite", "server"))
    )


def _database_url(value: object) -> str:
    if re.match(r"postgresql(\+psycopg)?://", str(value)):
        return _url(str(value))
    raise ValueError(
        "it has to begin with postgresql://; leave it out for SQLite, of which each test has a "
        "database of its own"
    )


def _artifact_dir(value: object) -> str:
    text = str(value)
    if not text.strip():
        raise ValueError("it has to be a folder, or a URL that fsspec knows")
    if _URL.fullmatch(text):
        return _url(text.rstrip("/"))
    if "://" in text:
        raise ValueError("a URL has to name a place, such as s3://bucket/path")
    return text


def _seconds(value: object) -> float:
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = math.nan
    if 0 < seconds < math.inf:
        return seconds
    raise ValueError("it has to be a number of seconds above 0, such as 60")


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("it has to be true or false")


@dataclasses.dataclass(frozen=True)
class _Option:
    """One line of the table.

    Attributes:
        check: Return the value as it is kept, or raise ValueError with what it has to be.
        help: For ``pytest --help``.
        metavar: Its value in help; none for a flag.
        default: What it is unless given.
    """

    check: Callable[[object], Any]
    help: str
    metavar: str | None = None
    default: object = None


_TABLE = {
    "mlflow": _Option(
        _mlflow,
        "where MLflow tracks: a database for each test, a temporary server that all tests share, "
        "or a server that is there already (default: sqlite)",
        "sqlite|server|URI",
        "sqlite",
    ),
    "database_url": _Option(
        _database_url,
        "PostgreSQL database for the catalogs of stores, in which each test gets a schema of its "
        "own (default: an SQLite file for each test)",
        "URL",
    ),
    "artifact_dir": _Option(
        _artifact_dir,
        "folder or fsspec URL in which each test gets a folder of its own for its store's content "
        "(default: pytest's temporary folder)",
        "DIR|URL",
    ),
    "start_timeout": _Option(
        _seconds, "how long the tracking server may take to start (default: 120)", "SECONDS", 120.0
    ),
    "keep": _Option(
        _flag,
        "keep what failed tests logged, and print a URL that opens it in MLflow's UI",
        default=False,
    ),
    "reuse_server": _Option(
        _flag, "keep the tracking server for the next run, for some minutes", default=False
    ),
}


class Settings:
    """The options of a run.

    Raises:
        pytest.UsageError: A value that an option cannot have.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._values: dict[str, Any] = {}
        self._sources: dict[str, str] = {}
        for key, option in _TABLE.items():
            name = f"lineapy_{key}"
            given, ini = config.getoption(name), _ini(config, name)
            if given is not None:
                value, source = given, "command line"
            elif ini is not None:
                value, source = ini, "ini"
            else:
                self._values[key] = option.default
                continue
            self._sources[key] = source
            told = _dashed(key) if source == "command line" else f"{name} in the ini-file"
            self._values[key] = check(key, value, told)
            if key == "artifact_dir" and source == "command line":
                self._values[key] = _below(config.invocation_params.dir, self._values[key])

    def get(self, key: str, argument: object = None) -> Any:
        """Return an option's value: a factory's argument, checked already, if it is not None."""
        value: Any = self._values[key] if argument is None else argument
        return _below(self._config.rootpath, value) if key == "artifact_dir" and value else value

    def describe(self, *, always: bool = False) -> str | None:
        """Return the settings and where each came from in one line; None if all are defaults.

        Args:
            always: Name the mode in any case.
        """
        keys = [key for key in _TABLE if key in self._sources or (always and key == "mlflow")]
        parts = (
            f"{key.replace('_', '-')}={shown(self._values[key])} "
            f"({self._sources.get(key, 'default')})"
            for key in keys
        )
        return f"lineapy: {', '.join(parts)}" if keys else None


def _ini(config: pytest.Config, name: str) -> object:
    try:
        return config.getini(name)
    except (TypeError, ValueError, pytest.UsageError) as error:
        raise pytest.UsageError(f"{name} in the ini-file: {error}") from None


def _below(folder: Path, place: str) -> str:
    """Return a place that means the same wherever a process runs."""
    return place if "://" in place else str(folder / place)


def _dashed(key: str) -> str:
    return f"--lineapy-{key.replace('_', '-')}"


def shown(value: object) -> str:
    """Return a value as it may be shown: URLs without names and passwords."""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    if "@" not in text and "?" not in text:
        return text
    from lineapy_store.redact import redact  # noqa: PLC0415 - only where there may be one

    text = re.sub(r"://[^/@\s]*@", "://***@", redact(text))
    return re.sub(r"^[^/@\s]*@", "***@", text)  # without a scheme


def add_options(parser: pytest.Parser) -> None:
    """Register every option, for the command line and the ini-file."""
    group = parser.getgroup("lineapy", "MLflow and lineapy stores")
    for key, option in _TABLE.items():
        name = f"lineapy_{key}"
        if option.metavar is None:
            group.addoption(
                _dashed(key), dest=name, action="store_true", default=None, help=option.help
            )
            parser.addini(name, option.help, type="bool", default=None)
        else:
            group.addoption(
                _dashed(key), dest=name, metavar=option.metavar, default=None, help=option.help
            )
            parser.addini(name, option.help, type="string", default=None)


def check(key: str, value: object, source: str) -> Any:
    """Return a value as it is kept; None stays None.

    Args:
        key: Name of the option.
        value: As it was given.
        source: How the user would know where it was given.

    Raises:
        pytest.UsageError: The option cannot have it.
    """
    if value is None:
        return None
    try:
        return _TABLE[key].check(value)
    except ValueError as error:
        raise pytest.UsageError(f"{source} is {shown(value)!r}, but {error}") from None


@dataclasses.dataclass(frozen=True)
class Marker:
    """What the markers ``lineapy`` of a test say.

    Attributes:
        mlflow: Which tracking backend; None where no marker says.
        options: Options of the store, by name.
    """

    mlflow: str | None
    options: dict[str, Any]


# Where a test's things are is for the fixtures to say: a place of its own.
_OURS = ("home_dir", "database_url", "artifact_storage_dir", "mlflow_tracking_uri")


def read_marker(item: pytest.Item | pytest.Collector) -> Marker:
    """Return what the test's markers say, the closest first.

    Raises:
        pytest.UsageError: A marker has an argument, an option or a value that does not exist; the
            message has the nearest that does.
    """
    found = Marker(None, {})
    for mark in reversed(list(item.iter_markers("lineapy"))):
        if mark.args:
            given = mark.args[0]
            given = repr(shown(given)) if isinstance(given, str) else f"a {type(given).__name__}"
            raise pytest.UsageError(
                f"@pytest.mark.lineapy takes no positional arguments, but got {given}: "
                "write mlflow=... or options={...}"
            )
        for key in mark.kwargs:
            if key not in ("mlflow", "options"):
                raise pytest.UsageError(
                    f"@pytest.mark.lineapy has no argument {key!r}"
                    f"{nearest(key, ('mlflow', 'options'))}"
                )
        mlflow = check("mlflow", mark.kwargs.get("mlflow"), "mlflow= of @pytest.mark.lineapy")
        options = check_options(mark.kwargs.get("options"), "options= of @pytest.mark.lineapy")
        found = Marker(mlflow or found.mlflow, found.options | options)
    return found


def check_options(options: object, source: str) -> dict[str, Any]:
    """Return options for a store.

    Args:
        options: A dict by name, or None.
        source: How the user would know where they were given.

    Raises:
        pytest.UsageError: No dict, an option that does not exist, or one that the fixtures set.
    """
    __tracebackhide__ = True  # as pytest shows arguments, and these may be secret
    if options is None:
        return {}
    if not isinstance(options, dict):
        raise pytest.UsageError(f"{source} is a {type(options).__name__}, but it has to be a dict")
    from lineapy_store import configuration  # noqa: PLC0415 - only where options are given

    checked: dict[str, Any] = {}
    choices = [key for key in configuration.TABLE if key not in _OURS]
    for key, value in options.items():
        if key in _OURS:
            raise pytest.UsageError(
                f"{source} has {key!r}, which the fixture sets, so that each test has its own place"
            )
        if key not in configuration.TABLE:
            raise pytest.UsageError(
                f"{source} has {key!r}, which is not an option{nearest(key, choices)}. "
                f"Options: {', '.join(choices)}"
            )
        option = configuration.TABLE[key]
        try:
            checked[key] = option.check(value)
        except ValueError as error:
            given = "" if option.is_secret else f" is {value!r}, but"
            raise pytest.UsageError(f"{source}: option {key!r}{given} {error}") from None
    return checked
