"""What ``mlflow.sklearn`` needs to be told of a value."""

from __future__ import annotations

import functools
import importlib
import inspect
import re
from types import BuiltinFunctionType, FunctionType
from typing import TYPE_CHECKING, Any

from lineapy_store.flavors._flavor import Prepared
from lineapy_store.flavors._references import qualified_name, references

if TYPE_CHECKING:
    from collections.abc import Mapping

# Types and functions that skops writes of itself, or that pickle uses where skops has other
# means. Whatever is in neither of these makes skops try the value first.
_ORDINARY = re.compile(
    r"builtins\.(type|slice|list|set|frozenset|complex|range)$"
    r"|numpy\.(ndarray|dtypes\..*|random\..*)$"
    r"|collections\.(OrderedDict|defaultdict)$"
    r"|sklearn\._loss\._loss\.Cy\w+$"
    r"|sklearn\.linear_model\._sgd_fast\.\w+$"
    r"|_cython_\w+\.cython_function_or_method$"
)
# Types that skops does write, but has to be told to trust.
_WRITABLE = re.compile(
    r"numpy\.dtype$"
    r"|scipy\.sparse\._(csr|csc)\.\w+$"
    r"|sklearn\.tree\._tree\.Tree$"
    r"|sklearn\.ensemble\._hist_gradient_boosting\.predictor\.TreePredictor$"
    r"|sklearn\.metrics\._dist_metrics\.EuclideanDistance64$"
    r"|sklearn\.neighbors\._kd_tree\.KDTree$"
    r"|xgboost\.(core\.Booster|sklearn\.XGB\w+)$"
)


def obstacle(value: Any) -> str | None:
    """Tell what neither skops nor cloudpickle can write."""
    problem = references(value, by_value=True).error
    return problem and f"it cannot be pickled ({problem})"


def modules(value: Any) -> frozenset[str]:
    """Everything in the object."""
    return references(value, by_value=True).modules


def requires(arguments: Mapping[str, Any]) -> frozenset[str]:
    """What every model is loaded with, and what reads its format."""
    return frozenset({"numpy", "pandas", "scipy", _format(arguments)}) - {"pickle"}


def prepare(value: Any, given: Mapping[str, Any]) -> Prepared:
    """Choose the format: skops where it can write the value, else cloudpickle, by value."""
    if _format(given) != "skops" or given.get("skops_trusted_types") is not None:
        return Prepared()
    try:
        trusted = _trusted_types(value)
    except _UnwritableError as problem:
        if given.get("serialization_format") is not None:
            return Prepared()
        return Prepared(
            arguments={"serialization_format": "cloudpickle"},
            reason=f"serialization_format is cloudpickle, since {problem}",
        )
    if not trusted:
        return Prepared()
    return Prepared(
        arguments={"skops_trusted_types": trusted},
        reason=f"skops_trusted_types are types of this very value: {', '.join(trusted)}",
    )


class _UnwritableError(Exception):
    """Skops cannot write the value, or a new process could not read what it writes."""


def _trusted_types(value: Any) -> list[str]:
    """The types that skops must be told to trust for the value to load.

    Raises:
        _UnwritableError: It cannot be done.
    """
    found = references(value, by_value=True)
    if found.by_value:
        # A class says it all, its methods need no mention.
        outermost = (n for n in found.by_value if n.rpartition(".")[0] not in found.by_value)
        culprits = ", ".join(sorted(outermost))
        raise _UnwritableError(f"a new process cannot import {culprits}")
    names = {f"{kind.__module__}.{kind.__name__}" for kind in found.classes}
    names.update(map(qualified_name, filter(_is_named, found.functions)))
    unknown = {name for name in names - _trusted_by_default() if not _ORDINARY.match(name)}
    if all(_WRITABLE.match(name) for name in unknown):
        return sorted(unknown)
    return _try_skops(value)


def _is_named(function: Any) -> bool:
    """Whether a function is not one that only C code refers to."""
    return isinstance(function, FunctionType) or (
        isinstance(function, BuiltinFunctionType) and isinstance(function.__module__, str)
    )


def _try_skops(value: Any) -> list[str]:
    """Write and load the value as ``log_model`` will; costs as much as that part of it does."""
    skops = importlib.import_module("skops.io")
    try:
        content = skops.dumps(value)
        trusted: list[str] = skops.get_untrusted_types(data=content)
        skops.loads(content, trusted=trusted)
    except Exception as problem:
        reason = f"skops cannot write it ({type(problem).__name__}: {problem})"
        raise _UnwritableError(reason) from problem
    return trusted


@functools.cache
def _trusted_by_default() -> frozenset[str]:
    """What skops trusts unasked; fewer are harmless, since to name a trusted type changes nothing.

    Birch is among them though skops cannot write it.
    """
    lists = vars(importlib.import_module("skops.io._trusted_types"))
    names = {name for key, value in lists.items() if key.endswith("_TYPE_NAMES") for name in value}
    return frozenset(names) - {"sklearn.cluster._birch.Birch"}


def _format(arguments: Mapping[str, Any]) -> str:
    """The format that ``log_model`` will write, which was cloudpickle by default up to 3.10."""
    chosen = arguments.get("serialization_format")
    if chosen is None:
        flavor = importlib.import_module("mlflow.sklearn")
        chosen = inspect.signature(flavor.log_model).parameters["serialization_format"].default
        if chosen is None:
            chosen = getattr(flavor, "_get_default_serialization_format", lambda: "skops")()
    return str(chosen)
