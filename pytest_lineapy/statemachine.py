"""A store against a dictionary: whatever is done to both, they have to agree after every step.

In a test module::

    from pytest_lineapy.statemachine import StoreMachine

    TestMyStore = StoreMachine.configured(
        database_url="postgresql://...", artifact_storage_dir="s3://bucket/tests"
    ).TestCase

A failure prints the fewest steps that lead to it, as a program.
"""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar

from lineapy_store import (
    ArtifactNotFoundError,
    ConfigurationError,
    CorruptArtifactError,
    Store,
    UntrustedArtifactError,
    differences,
)
from lineapy_store.configuration import Options
from lineapy_store.folders import TemporaryFolder
from pytest_lineapy import _elsewhere, _stores
from pytest_lineapy.settings import check

try:
    from hypothesis import strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "pytest_lineapy.statemachine needs Hypothesis: pip install 'pytest-lineapy[hypothesis]'",
        name=error.name,
    ) from error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import SearchStrategy

    from lineapy_store import Artifact

__all__ = ["StoreMachine"]

# Few, so that versions, equal content and aliases that move come up all the time.
_NAMES = st.sampled_from(["a", "b", "100% 'ä'/\U0001f600"])
_ALIASES = st.sampled_from(["prod", "%'_"])
_PLAIN: SearchStrategy[Any] = (
    st.integers(0, 2) | st.text("ab", max_size=2) | st.lists(st.integers(0, 2), max_size=2)
)
_KEYS = st.none() | st.lists(st.sampled_from(["key", "other key"]), min_size=1, unique=True)


@dataclasses.dataclass
class _Version:
    """What one version has to be.

    Attributes:
        value: What was saved.
        key: By which it is signed, or None.
        digest: Of its content.
        backend: Which has the content.
    """

    value: object
    key: str | None
    digest: str
    backend: str


def _existing() -> SearchStrategy[tuple[str, int]]:
    """Name and version of something that is in the store."""
    return st.runner().flatmap(lambda machine: st.sampled_from(sorted(machine._expected)))  # noqa: SLF001 - the machine's own


_VALUES: SearchStrategy[Any] = st.runner().flatmap(lambda machine: machine._values)  # noqa: SLF001 - the machine's own


def _is_filled(machine: StoreMachine) -> bool:
    return bool(machine._expected)  # noqa: SLF001 - the machine's own


class StoreMachine(RuleBasedStateMachine):
    """Saves, reads, deletes, damages and reopens a store, and compares it with a dictionary.

    ``StoreMachine.TestCase`` tests a store with default options; ``configured`` makes a machine
    for any other. Each example has a store of its own, in a temporary folder.
    """

    _options: ClassVar[Mapping[str, Any]] = {}
    _database_url: ClassVar[str | None] = None
    _artifact_dir: ClassVar[str | None] = None
    _values: ClassVar[SearchStrategy[Any]] = _PLAIN

    @classmethod
    def configured(
        cls,
        *,
        database_url: str | None = None,
        artifact_storage_dir: str | None = None,
        values: SearchStrategy[Any] | None = None,
        **options: Any,
    ) -> type[StoreMachine]:
        """Returns a machine for stores with other options.

        Args:
            database_url: PostgreSQL database, in which each example has a schema of its own.
            artifact_storage_dir: Folder or URL, in which each example has a folder of its own.
            values: What to save, such as ``models()``; small plain values by default.
            **options: Further options of ``Store``.

        Raises:
            ConfigurationError: An option that does not exist, or a value that it cannot have.
            pytest.UsageError: A place in which examples cannot have places of their own.
        """
        source = "StoreMachine.configured()"
        if "home_dir" in options:
            raise ConfigurationError(
                f"{source} has 'home_dir', but each example has a folder of its own"
            )
        Options(options)
        changes = {
            "_options": options,
            "_database_url": check("database_url", database_url, f"database_url= of {source}"),
            "_artifact_dir": check(
                "artifact_dir", artifact_storage_dir, f"artifact_storage_dir= of {source}"
            ),
            "_values": cls._values if values is None else values,
        }
        machine: type[StoreMachine] = type(cls.__name__, (cls,), changes)
        return machine

    def __init__(self) -> None:
        super().__init__()
        self._expected: dict[tuple[str, int], _Version] = {}
        self._aliases: dict[tuple[str, str], int] = {}
        self._next_version: dict[str, int] = {}
        #: Digests of damaged content, and what was done to it.
        self._damaged: dict[str, str] = {}
        with contextlib.ExitStack() as stack:
            home = stack.enter_context(TemporaryFolder())
            place = stack.enter_context(
                _stores.place(
                    home,
                    database_url=self._database_url,
                    artifact_dir=self._artifact_dir,
                    storage_options=self._options.get("storage_options"),
                )
            )
            self._state: dict[str, Any] = {**self._options, **place.options()}
            self._store = Store(**self._state)
            stack.callback(self._close)
            self._resources = stack.pop_all()

    def _close(self) -> None:
        self._store.close()  # which may be another one than at first

    def teardown(self) -> None:
        """Closes the store and removes it."""
        self._resources.close()

    @rule(name=_NAMES, value=_VALUES)
    def save(self, name: str, value: Any) -> None:
        """Adds a version."""
        artifact = self._store.save(value, name)
        facts = artifact.get_metadata().lineapy
        self._saved(name, artifact.version, value, facts.digest, facts.storage_backend)

    @rule(name=_NAMES, value=_VALUES)
    def save_from_another_process(self, name: str, value: Any) -> None:
        """Adds a version, with a store that another process opens."""
        version, digest = _elsewhere.save(self._state, value, name)
        backend = self._store.get(name, version).get_metadata().lineapy.storage_backend
        self._saved(name, version, value, digest, backend)

    @rule(name=_NAMES, version=st.sampled_from([None, "latest"]))
    def get(self, name: str, version: str | None) -> None:
        """Reads the newest version, if there is one."""
        self._get(name, version)

    @rule(name=_NAMES, version=st.integers(0, 4))
    def get_version(self, name: str, version: int) -> None:
        """Reads a version by its number, if it exists."""
        self._get(name, version)

    @rule(name=_NAMES, alias=_ALIASES)
    def get_alias(self, name: str, alias: str) -> None:
        """Reads a version by its alias, if it has one."""
        self._get(name, alias)

    @precondition(_is_filled)
    @rule(existing=_existing(), alias=_ALIASES)
    def set_alias(self, existing: tuple[str, int], alias: str) -> None:
        """Gives a version an alias, which another one may have."""
        name, version = existing
        self._store.get(name, version).set_alias(alias)
        self._aliases[name, alias] = version

    @rule(name=_NAMES, version=st.sampled_from(["latest", "all"]) | st.integers(0, 4) | _ALIASES)
    def delete(self, name: str, version: int | str) -> None:
        """Removes a version or all of a name, which may not exist."""
        if version == "all":
            expected = [each for each in self._expected if each[0] == name]
        else:
            found = self._find(name, version)
            expected = [] if found is None else [(name, found)]
        try:
            self._store.delete(name, version)
        except ArtifactNotFoundError:
            _require(not expected, f"delete({name!r}, {version!r}) does not find {expected}")
        else:
            _require(bool(expected), f"delete({name!r}, {version!r}) deletes what is not there")
        for key in expected:
            del self._expected[key]
            self._aliases = {
                (owner, alias): number
                for (owner, alias), number in self._aliases.items()
                if (owner, number) != key
            }
        stored = {each.digest for each in self._expected.values()}
        self._damaged = {key: how for key, how in self._damaged.items() if key in stored}
        leftovers = self._store.gc(dry_run=True)
        _require(not leftovers, f"delete({name!r}, {version!r}) leaves {leftovers}")

    @rule(
        options=st.fixed_dictionaries(
            {},
            optional={
                "signing_key": _KEYS,
                "on_fallback": st.sampled_from(["warn", "error", "ignore"]),
                "default_ml_models_storage_backend": st.sampled_from([None, "mlflow", "lineapy"]),
            },
        )
    )
    def change_options(self, options: dict[str, Any]) -> None:
        """Sets options of the open store."""
        for key, value in options.items():
            self._store.options.set(key, value)
            self._state[key] = value

    @rule()
    def reopen(self) -> None:
        """Closes the store and opens another one in the same place."""
        self._store.close()
        self._store = Store(**self._state)

    @precondition(_is_filled)
    @rule(existing=_existing(), how=st.sampled_from(["remove", "cut", "flip"]))
    def damage(self, existing: tuple[str, int], how: str) -> None:
        """Removes the file of a version, cuts it short, or changes a byte of it."""
        version = self._expected[existing]
        if version.backend == "lineapy" and version.digest not in self._damaged:
            path = self._store.get(*existing).get_metadata().lineapy.storage_path
            _damage(path, how, self._options.get("storage_options") or {})
            self._damaged[version.digest] = how

    @invariant()
    def agrees_with_a_dictionary(self) -> None:
        """Compares everything that the store has with what was put there."""
        listing = {(each.name, each.version): each for each in self._store.artifact_store()}
        _require(
            sorted(listing) == sorted(self._expected),
            f"the store has {sorted(listing)} instead of {sorted(self._expected)}",
        )
        for artifact in listing.values():
            self._compare(artifact)
        by_name: dict[tuple[str, str], int] = {
            (name, "latest"): number for name, number in sorted(self._expected)
        }
        for (name, alias), expected in (self._aliases | by_name).items():
            found = self._store.get(name, alias).version
            _require(
                found == expected,
                f"get({name!r}, {alias!r}) is version {found} instead of {expected}",
            )

    def _saved(self, name: str, version: int, value: object, digest: str, backend: str) -> None:
        expected = self._next_version.get(name, 0)
        _require(version == expected, f"{name!r} is version {version} instead of {expected}")
        self._next_version[name] = version + 1
        keys = self._state.get("signing_key")
        self._expected[name, version] = _Version(value, keys[0] if keys else None, digest, backend)
        # At a URL, what has the right size is not uploaded again.
        if not (self._damaged.get(digest) == "flip" and "://" in str(self._artifact_dir)):
            self._damaged.pop(digest, None)

    def _find(self, name: str, version: int | str | None) -> int | None:
        """The version that is meant, or None if there is none."""
        numbers = [number for owner, number in self._expected if owner == name]
        if version in (None, "latest"):
            return max(numbers, default=None)
        if isinstance(version, int):
            return version if version in numbers else None
        return self._aliases.get((name, str(version)))

    def _get(self, name: str, version: int | str | None) -> None:
        expected = self._find(name, version)
        try:
            artifact = self._store.get(name, version)
        except ArtifactNotFoundError:
            _require(expected is None, f"get({name!r}, {version!r}) does not find {expected}")
        else:
            _require(
                (artifact.name, artifact.version) == (name, expected),
                f"get({name!r}, {version!r}) is {artifact!r} instead of version {expected}",
            )
            self._compare(artifact)

    def _compare(self, artifact: Artifact) -> None:
        """Compares a value, or that it cannot be had, with what has to be."""
        version = self._expected[artifact.name, artifact.version]
        keys = self._state.get("signing_key")
        error: type[Exception] | None = None
        if keys and version.key not in keys:
            error = UntrustedArtifactError
        elif how := self._damaged.get(version.digest):
            # With a key, what is there and is not what was signed is not only damaged.
            error = UntrustedArtifactError if keys and how != "remove" else CorruptArtifactError
        try:
            value = artifact.get_value()
        except (UntrustedArtifactError, CorruptArtifactError) as caught:
            if type(caught) is not error:
                raise
            return
        _require(error is None, f"{artifact!r} is read, and has to be {error}")
        found = differences(version.value, value)
        _require(not found, f"{artifact!r} is not what was saved: {found}")


def _require(condition: bool, message: str) -> None:  # noqa: FBT001 - reads like assert
    if not condition:
        raise AssertionError(message)


def _damage(location: str, how: str, storage_options: Mapping[str, Any]) -> None:
    from fsspec.core import url_to_fs  # noqa: PLC0415 - takes a while

    files, path = url_to_fs(location, **storage_options)
    content = bytearray(files.cat_file(path))
    files.rm_file(path)
    if how == "cut":
        del content[len(content) // 2 :]
    elif how == "flip":
        content[len(content) // 2] ^= 1
    if how != "remove":
        files.pipe_file(path, bytes(content))
