"""The options: a typed table, where each value comes from, and scopes.

Precedence, highest first: ``context``, ``set``, the environment,
``lineapy_config.json`` in ``home_dir`` and then in the home folder, the default.
Values are read when they are used; setting one makes no connection.
"""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import json
import logging
import os
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineapy_store.errors import ConfigurationError
from lineapy_store.redact import (
    HiddenBytes,
    HiddenDict,
    HiddenText,
    Url,
    as_url,
    has_secret,
    secrets_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

logger = logging.getLogger("lineapy_store")

CONFIG_FILE = "lineapy_config.json"

#: Set by who starts a process whose options are the environment's alone: tests, whose children
#: must not find the production server of a file in the user's home folder.
NO_CONFIG_FILES = "_LINEAPY_NO_CONFIG_FILES"

BACKENDS = ("mlflow", "lineapy")

_LONG = 8  # letters

#: Options of LineaPy's that have no meaning here.
_IGNORED = frozenset({"customized_annotation_folder", "do_not_track", "is_demo", "logging_file"})

#: Options set with ``context``, innermost last, with the object they belong to.
_scopes: ContextVar[tuple[tuple[Options, Mapping[str, Any]], ...]] = ContextVar(
    "lineapy_store_option_scopes", default=()
)


def one_of(*choices: str) -> Callable[[object], str]:
    """Returns a check for one of ``choices``, which offers the nearest one."""

    def check(value: object) -> str:
        if isinstance(value, str) and value in choices:
            return value
        message = f"must be one of {', '.join(map(repr, choices))}"
        raise ValueError(message + nearest(value, choices))

    return check


def nearest(value: object, choices: Iterable[str]) -> str:
    """Returns ``"; did you mean 'x'?"`` for the nearest of ``choices``, or nothing."""
    near = difflib.get_close_matches(str(value).lower(), list(choices), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip() and "\0" not in value:
        return value
    raise ValueError("must be a text that is not empty (None unsets it)")


def _folder(value: object) -> str:
    path = Path(_text(os.fspath(value) if isinstance(value, os.PathLike) else value))
    try:
        return str(path.expanduser().absolute())
    except RuntimeError as error:
        raise ValueError(f"cannot be found: {error}") from None


def _in_home(name: str) -> Path | None:
    """Returns a path in the home folder; None if there is none, as for a container's user."""
    try:
        return Path("~", name).expanduser()
    except RuntimeError:
        return None


def _location(value: object) -> str:
    if isinstance(value, str) and "://" in value:
        return as_url(value)
    return _folder(value)


def _in_url(path: Path) -> str:
    """Returns a path as it is in a URL, where the letters that are replaced mean something else."""
    return str(path).replace("%", "%25").replace("?", "%3F")


def absolute_database(url: str) -> str:
    """Makes a relative SQLite path absolute, so that it means the same in another folder."""
    scheme, separator, rest = url.partition(":///")
    if scheme.partition("+")[0] == "sqlite" and separator and rest and not rest.startswith("/"):
        return f"{scheme}:////{str(Path(rest).absolute()).lstrip('/')}"
    return url


def _url(value: object) -> str:
    return as_url(absolute_database(_text(value)))


def _mapping(value: object) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise ValueError(f"must be a JSON object: {error}") from None
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return HiddenDict(value)
    raise ValueError("must be a dict with text keys, or a JSON object")


def _keys(value: object) -> tuple[HiddenText | HiddenBytes, ...]:
    if isinstance(value, str) and value.startswith("["):  # as environment variables have several
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError(
                "begins with '[', and so must be a JSON list of keys, newest first; a key that "
                "begins with it is written as a list of one"
            ) from None
    keys = tuple(value) if isinstance(value, (list, tuple)) else (value,)
    if not keys or not all(isinstance(key, (str, bytes)) and key for key in keys):
        raise ValueError(
            "must be a text or bytes that is not empty, or a list of them, newest first"
        )
    return tuple(HiddenText(key) if isinstance(key, str) else HiddenBytes(key) for key in keys)


def _level(value: object) -> str | int:
    names = ("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG", "NOTSET")
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return one_of(*names)(value.upper() if isinstance(value, str) else value)


@dataclasses.dataclass(frozen=True)
class Option:
    """One line of the table.

    Attributes:
        check: Returns the value as it is kept, whose representation may be shown, or raises
            ValueError with what it must be.
        doc: One sentence for people.
        is_secret: Whether a value that it cannot have is not shown either.
    """

    check: Callable[[object], Any]
    doc: str
    is_secret: bool = False


TABLE: dict[str, Option] = {
    "home_dir": Option(_folder, "Folder of the catalog, the content and lineapy_config.json."),
    "database_url": Option(_url, "Catalog: an SQLite or PostgreSQL URL.", is_secret=True),
    "artifact_storage_dir": Option(
        _location,
        "Content: a folder or a URL of fsspec's, such as s3://bucket/path.",
        is_secret=True,
    ),
    "storage_options": Option(_mapping, "Arguments for fsspec, as in pandas.", is_secret=True),
    "mlflow_tracking_uri": Option(_url, "MLflow tracking server or database.", is_secret=True),
    "mlflow_registry_uri": Option(_url, "MLflow model registry.", is_secret=True),
    "default_ml_models_storage_backend": Option(one_of(*BACKENDS), "Where models go."),
    "on_fallback": Option(
        one_of("warn", "error", "ignore"),
        "What to do when MLflow cannot take a value meant for it.",
    ),
    "signing_key": Option(_keys, "Key, or (JSON) list of keys, newest first.", is_secret=True),
    "logging_level": Option(_level, "Level of the logger 'lineapy_store'."),
}


def environment_variable(key: str) -> str:
    """Returns the name of the environment variable that sets the option ``key``."""
    return f"LINEAPY_{key.upper()}"


def check_key(key: str) -> bool:
    """Says whether ``key`` is an option; False for one of LineaPy's without a meaning here.

    Raises:
        ConfigurationError: It is neither; the message has the nearest valid one.
    """
    if key in TABLE:
        return True
    if key in _IGNORED:
        logger.info("option %r of LineaPy's has no meaning here and is ignored", key)
        return False
    raise ConfigurationError(
        f"{key!r} is not an option{nearest(key, list(TABLE))}. Options: {', '.join(TABLE)}"
    )


def _checked(key: str, value: object, source: str) -> Any:
    __tracebackhide__ = True  # from pytest, which shows arguments, and these may be secret
    try:
        return TABLE[key].check(value)
    except ValueError as error:
        shown = "" if TABLE[key].is_secret else f"{value!r} "
        raise ConfigurationError(
            f"option {key!r}: the value {shown}from {source} {error}"
        ) from None


class Options:
    """Options of one store.

    Args:
        values: Options set from the start.
        ambient: Whether the environment and configuration files are read too; they are
            for the default store, and not for one that was made by hand.

    Raises:
        ConfigurationError: An unknown option, or a value that it cannot have.
    """

    def __init__(self, values: Mapping[str, Any] | None = None, *, ambient: bool = False) -> None:
        __tracebackhide__ = True  # as above
        self._ambient = ambient
        self._set: dict[str, Any] = {}
        self._files: dict[Path, tuple[tuple[int, int], dict[str, Any]]] = {}
        for key, value in (values or {}).items():
            self.set(key, value)

    def set(self, key: str, value: object) -> None:
        """Sets an option; None unsets it.

        Raises:
            ConfigurationError: An unknown option, or a value that it cannot have.
        """
        __tracebackhide__ = True  # as above
        if not check_key(key):
            return
        if value is None:
            self._set.pop(key, None)
        else:
            self._set[key] = _checked(key, value, "set()")
        if key == "logging_level" and value is not None:
            logger.setLevel(self._set[key])

    def reset(self, key: str) -> None:
        """Takes back what ``set`` did, so that the environment, files or default apply."""
        self.set(key, None)

    def get(self, key: str) -> Any:
        """Returns the value that applies now, or None where it is unset.

        Raises:
            ConfigurationError: An unknown option, or the environment or a file holds a
                value that it cannot have.
        """
        return self._resolve(key)[0] if check_key(key) else None

    @contextlib.contextmanager
    def context(self, **values: Any) -> Iterator[None]:
        """Sets options for a ``with`` block, in this thread or task only; None unsets.

        Raises:
            ConfigurationError: An unknown option, or a value that it cannot have.
        """
        __tracebackhide__ = True  # as above
        checked = {
            key: None if value is None else _checked(key, value, "context()")
            for key, value in values.items()
            if check_key(key)
        }
        token = _scopes.set((*_scopes.get(), (self, checked)))
        try:
            yield
        finally:
            _scopes.reset(token)

    def _resolve(self, key: str) -> tuple[Any, str]:
        for owner, values in reversed(_scopes.get()):
            if owner is self and key in values:
                if values[key] is None:
                    return self._default(key), "unset by context"
                return values[key], "context"
        if key in self._set:
            return self._set[key], "set"
        if self._ambient:
            variable = environment_variable(key)
            if text := os.environ.get(variable):
                return _checked(key, text, f"the environment variable {variable}"), variable
            for path in self._config_files(key):
                values = self._read(path)
                if values.get(key) is not None:
                    return _checked(key, values[key], str(path)), str(path)
        return self._default(key), "default"

    def _default(self, key: str) -> Any:
        if key == "home_dir":
            if (folder := _in_home(".lineapy")) is None:
                raise ConfigurationError(
                    "there is no home folder: set the option 'home_dir' (the environment variable "
                    "LINEAPY_HOME_DIR) to where the store is to be"
                )
            return str(folder)
        if key == "database_url":
            return f"sqlite:///{_in_url(Path(self.get('home_dir'), 'catalog.sqlite'))}"
        if key == "artifact_storage_dir":
            return str(Path(self.get("home_dir"), "content"))
        if key == "default_ml_models_storage_backend":
            return "mlflow" if self.get("mlflow_tracking_uri") else None
        return {"on_fallback": "warn", "logging_level": "INFO"}.get(key)

    def _config_files(self, key: str) -> Iterator[Path]:
        if os.environ.get(NO_CONFIG_FILES):
            return
        if key != "home_dir":
            yield Path(self.get("home_dir"), CONFIG_FILE)
        if (users := _in_home(CONFIG_FILE)) is not None:
            yield users

    def _read(self, path: Path) -> dict[str, Any]:
        try:
            stat = path.stat()
        except OSError:
            return {}
        version = (stat.st_mtime_ns, stat.st_size)
        known = self._files.get(path)
        if known is None or known[0] != version:
            known = self._files[path] = (version, _parse(path))
        return known[1]

    def secrets(self) -> list[str]:
        """Returns what must not be in what is kept of a program: URLs with passwords, and keys.

        A key of fewer than 8 letters keeps nothing secret, and could be any word of the program.
        """
        values = [self.get(key) for key, option in TABLE.items() if option.is_secret]
        urls = [str(value) for value in values if isinstance(value, Url)]
        keys: list[str] = []
        for value in values:
            if isinstance(value, HiddenDict):
                keys += secrets_in(value)
            elif isinstance(value, tuple):
                keys += map(as_text, value)
        urls = [url for url in urls if has_secret(url)]
        return urls + [key for key in keys if len(key) >= _LONG]

    def environment(self) -> dict[str, str]:
        """Returns variables with which another process has the options that apply here now.

        They hold secrets; they are for processes, not to be shown.
        """
        values = {key: self.get(key) for key in TABLE}
        return {NO_CONFIG_FILES: "1"} | {
            environment_variable(key): as_text(value)
            for key, value in values.items()
            if value is not None
        }

    def describe(self, key: str) -> tuple[str, str]:
        """Returns an option's value as it may be shown, and where the value came from."""
        value, source = self._resolve(key) if check_key(key) else (None, "ignored")
        return "unset" if value is None else repr(value), source

    def __repr__(self) -> str:
        """Returns a table of key, value and where the value came from, without secrets."""
        rows = [("option", "value", "from"), *((key, *self.describe(key)) for key in TABLE)]
        widths = [max(len(row[column]) for row in rows) for column in range(2)]
        return "\n".join(
            f"{key:<{widths[0]}}  {value:<{widths[1]}}  {source}" for key, value, source in rows
        )


def as_text(value: object) -> str:
    """Returns an option's value as an environment variable has it."""
    if isinstance(value, bytes):
        return value.decode(errors="surrogateescape")  # as the environment has bytes
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, (list, tuple)):  # of keys
        keys = [as_text(key) for key in value]
        is_plain = len(keys) == 1 and not keys[0].startswith("[") and "\0" not in keys[0]
        return keys[0] if is_plain else json.dumps(keys)
    return str(value)


def _parse(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        # Not from that error, whose traceback has the content.
        raise ConfigurationError(f"{path} cannot be read as JSON: {error}") from None
    if not isinstance(values, dict):
        raise ConfigurationError(f"{path} must hold a JSON object with options as keys")
    try:
        return {key: value for key, value in values.items() if check_key(key)}
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from None
