"""The packages that loading and predicting need, found from the value and not by loading it.

MLflow finds them by starting an interpreter that loads the model and notes what is imported, which
takes seconds. Here they are what the flavor always needs and what the value refers to, each mapped
to the distribution that provides it and pinned to the version that is installed.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib.metadata
import json
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from lineapy_store.flavors._table import FLAVORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lineapy_store.flavors._flavor import Flavor


@dataclasses.dataclass(frozen=True, kw_only=True)
class Requirements:
    """What a model needs beside Python and MLflow, which MLflow adds of itself.

    Attributes:
        pinned: Requirements for pip, sorted by name.
        local_modules: Top-level modules of the user's own that no distribution provides, or one
            that is installed from a folder: pip cannot install them elsewhere.
    """

    pinned: list[str]
    local_modules: list[str]


def infer_requirements(value: object, flavor: Flavor, arguments: Mapping[str, Any]) -> Requirements:
    """Find what loading the value and predicting with it needs.

    Args:
        value: A value that has the flavor.
        flavor: Its flavor.
        arguments: All keywords for ``log_model``: the user's and the prepared ones.
    """
    always = {flavor.library, *flavor.requires(arguments)}
    referred, local = _with_local_imports(_roots(flavor.modules(value)))
    needed = {name: item for root in always for name, item in _providers(root).items()}
    further = {
        name: item
        for root in referred - always
        for name, item in _providers(root).items()
        if name not in needed
    }
    # What another requirement pulls in is left to pip, as MLflow leaves it, unless MLflow itself
    # depends on it: then it is pinned.
    unsure = further.keys() - _direct_dependencies("mlflow")
    if unsure:
        pulled = frozenset().union(*map(_dependencies, needed.keys() | further.keys()))
        unsure &= pulled
    needed.update((name, item) for name, item in further.items() if name not in unsure)
    # MLflow pins itself, and it is not the model that needs it.
    for name in ("mlflow", "mlflow-skinny", "mlflow-tracing", "setuptools"):
        needed.pop(name, None)
    return Requirements(
        pinned=sorted(map(_pin, needed.values())),
        local_modules=sorted(local),
    )


def imported_requirements(modules: Iterable[str]) -> Requirements:
    """Find what importing some modules needs.

    Args:
        modules: Their names; those of Python's own are left out.
    """
    roots = {module.partition(".")[0] for module in modules}
    roots -= sys.stdlib_module_names | {"__main__", "__future__", ""}
    found = {name: item for root in roots for name, item in _providers(root).items()}
    return Requirements(
        pinned=sorted(map(_pin, found.values())),
        local_modules=sorted(root for root in roots if not _providers(root)),
    )


def package_versions(kind: type) -> dict[str, str]:
    """Versions of the distributions that a class and those it inherits from are from."""
    roots = _roots(base.__module__ for base in kind.__mro__)
    return {item.name: item.version for root in sorted(roots) for item in _providers(root).values()}


def _roots(modules: Iterable[str]) -> set[str]:
    """Top-level packages of modules, without Python's own."""
    roots = {module.partition(".")[0] for module in modules}
    roots -= sys.stdlib_module_names | {"__main__", "__mp_main__", ""}
    return {root for root in roots if root not in sys.modules or _has_file(sys.modules[root])}


def _has_file(module: ModuleType) -> bool:
    """Whether a module is more than a name that an extension made for its own use."""
    return bool(getattr(module, "__file__", None)) or hasattr(module, "__path__")


def _with_local_imports(roots: set[str]) -> tuple[set[str], set[str]]:
    """Add what the user's own modules refer to at their top, since loading imports it too.

    Returns:
        All roots, and those among them that are the user's own modules.
    """
    local: set[str] = set()
    waiting = set(roots)
    while waiting:
        root = waiting.pop()
        if not _is_local(root):
            continue
        local.add(root)
        names = [name for name in sys.modules if name == root or name.startswith(f"{root}.")]
        found = _roots(module for name in names for module in _referred_by(sys.modules[name]))
        waiting |= found - roots
        roots = roots | found
    return roots, local


def _is_local(root: str) -> bool:
    """Whether a package is the user's own: it is there, and pip cannot fetch it."""
    return root in sys.modules and not _providers(root)


def _referred_by(module: ModuleType) -> Iterator[str]:
    for value in list(vars(module).values()):
        name = value.__name__ if isinstance(value, ModuleType) else _module_of(value)
        if isinstance(name, str):
            yield name


def _module_of(value: object) -> object:
    # Through the type, so that an object that makes up its attributes is not asked.
    if isinstance(value, type) or callable(value):
        return getattr(value, "__module__", None)
    return type(value).__module__


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Distribution:
    """An installed distribution that pip can install elsewhere.

    Attributes:
        name: As it calls itself.
        version: Installed version, with its local label.
        source: The rest of a direct reference, where it was installed from a repository.
        requires: Normalized names of its dependencies here, without extras.
    """

    name: str
    version: str
    source: str | None
    requires: frozenset[str]


def _pin(distribution: _Distribution) -> str:
    if distribution.source:
        return f"{distribution.name} @ {distribution.source}"
    # Indexes do not have builds with a local label (1.0+cpu), so it is left out, as MLflow does.
    try:
        version = Version(distribution.version).public
    except InvalidVersion:
        version = distribution.version
    return f"{canonicalize_name(distribution.name)}=={version}"


@functools.cache
def _providers(root: str) -> Mapping[str, _Distribution]:
    """The distributions that provide a top-level package, by normalized name."""
    guesses = next((each.distributions for each in FLAVORS if each.library == root), (root,))
    installed = {name: item for name in guesses if (item := _find(name)) and _has(item, root)}
    if not installed:
        # Reads the list of files of everything that is installed: a tenth of a second, once.
        names = set(_packages_distributions().get(root, ()))
        installed = {name: item for name in names if (item := _find(name))}
    return {
        str(canonicalize_name(item.metadata["Name"])): described
        for item in installed.values()
        if (described := _describe(item))
    }


_packages_distributions = functools.cache(importlib.metadata.packages_distributions)


def _find(name: str) -> importlib.metadata.Distribution | None:
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _has(distribution: importlib.metadata.Distribution, root: str) -> bool:
    """Whether a distribution provides a package, which need not have its name."""
    if root in (distribution.read_text("top_level.txt") or "").split():
        return True
    record = distribution.read_text("RECORD") or ""
    return record.startswith(f"{root}/") or f"\n{root}/" in record or f"\n{root}." in record


def _describe(distribution: importlib.metadata.Distribution) -> _Distribution | None:
    """What is known of a distribution, or None if it is installed from a folder."""
    origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    if "dir_info" in origin:
        return None
    source = None
    if "vcs_info" in origin:
        vcs = origin["vcs_info"]
        source = f"{vcs['vcs']}+{origin['url']}@{vcs['commit_id']}"
    requirements = map(Requirement, distribution.requires or ())
    return _Distribution(
        name=distribution.metadata["Name"],
        version=distribution.version,
        source=source,
        requires=frozenset(
            str(canonicalize_name(each.name))
            for each in requirements
            if each.marker is None or each.marker.evaluate({"extra": ""})
        ),
    )


@functools.cache
def _direct_dependencies(name: str) -> frozenset[str]:
    found = _find(name)
    described = found and _describe(found)
    return described.requires if described else frozenset()


@functools.cache
def _dependencies(name: str) -> frozenset[str]:
    """What a distribution pulls in, however indirectly."""
    seen: set[str] = set()
    waiting = set(_direct_dependencies(name))
    while waiting:
        each = waiting.pop()
        seen.add(each)
        waiting |= _direct_dependencies(each) - seen
    return frozenset(seen - {name})
