"""Storage for models and other values, in the line of LineaPy.

``save`` puts a machine-learning model in MLflow and anything else in the store's own
backend, by rules that the options control; ``get`` brings it back.

    import lineapy_store as lineapy

    lineapy.options.set("mlflow_tracking_uri", "http://127.0.0.1:5000")
    lineapy.save(model, "clf")
    model = lineapy.get("clf").get_value()
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lineapy_store.api import (
        artifact_store,
        delete,
        get,
        get_function,
        get_module,
        get_module_definition,
        options,
        save,
        to_pipeline,
    )
    from lineapy_store.artifact import Artifact, ArtifactListing, Metadata
    from lineapy_store.comparison import Difference, differences
    from lineapy_store.errors import (
        ArtifactNotFoundError,
        BackendUnavailableError,
        ConfigurationError,
        CorruptArtifactError,
        FallbackWarning,
        InvalidNameError,
        SerializationError,
        SliceError,
        StoreError,
        UntrustedArtifactError,
    )
    from lineapy_store.side_effects import db, file_system
    from lineapy_store.store import Store

__all__ = [
    "Artifact",
    "ArtifactListing",
    "ArtifactNotFoundError",
    "BackendUnavailableError",
    "ConfigurationError",
    "CorruptArtifactError",
    "Difference",
    "FallbackWarning",
    "InvalidNameError",
    "Metadata",
    "SerializationError",
    "SliceError",
    "Store",
    "StoreError",
    "UntrustedArtifactError",
    "artifact_store",
    "db",
    "delete",
    "differences",
    "file_system",
    "get",
    "get_function",
    "get_module",
    "get_module_definition",
    "options",
    "save",
    "to_pipeline",
]

_MODULES = {
    "lineapy_store.api": (
        *("artifact_store", "delete", "get", "options", "save"),
        *("get_function", "get_module", "get_module_definition", "to_pipeline"),
    ),
    "lineapy_store.artifact": ("Artifact", "ArtifactListing", "Metadata"),
    "lineapy_store.comparison": ("Difference", "differences"),
    "lineapy_store.side_effects": ("db", "file_system"),
    "lineapy_store.store": ("Store",),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Imports what is asked for, so that ``import lineapy_store`` costs next to nothing."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES.get(name, "lineapy_store.errors")), name)
    globals()[name] = value
    return value


if "IPython" in sys.modules:
    # Which cells run, and which fail, is known only to who looks on.
    importlib.import_module("lineapy_store.slicing.capture")


def __dir__() -> list[str]:
    """Returns the public names."""
    return __all__
