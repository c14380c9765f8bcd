"""Artifacts as pipelines: a module of functions, and what runs it elsewhere."""

from __future__ import annotations

import itertools
import linecache
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineapy_store.errors import ConfigurationError
from lineapy_store.pipelines._home import differences_at_home, take_home
from lineapy_store.pipelines._pipeline import pipeline_of
from lineapy_store.pipelines._writers import WRITTEN, writer_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lineapy_store.store import Store

__all__ = [
    "differences_at_home",
    "get_module",
    "get_module_definition",
    "take_home",
    "to_pipeline",
]

_numbers = itertools.count(1)


def get_module_definition(store: Store, artifacts: Sequence[Any], **given: Any) -> str:
    """Return the text of a module that makes artifacts; see ``Store.get_module_definition``."""
    return pipeline_of(store, artifacts, **given).module


def get_module(store: Store, artifacts: Sequence[Any], **given: Any) -> types.ModuleType:
    """Return a module that makes artifacts; see ``Store.get_module``."""
    pipeline = pipeline_of(store, artifacts, **given)
    name = f"lineapy_pipeline_{next(_numbers)}"
    module = types.ModuleType(name)
    file = f"<{name} of {pipeline.name}>"
    module.__file__ = file
    # Tracebacks and inspect find the text there.
    linecache.cache[file] = (
        len(pipeline.module),
        None,
        pipeline.module.splitlines(keepends=True),
        file,
    )
    # As of any module that is imported; classes look there for the module they are of.
    sys.modules[name] = module
    exec(compile(pipeline.module, file, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - the user's own code, asked for
    return module


def to_pipeline(  # noqa: PLR0913 - as LineaPy has them
    store: Store,
    artifacts: Sequence[Any],
    *,
    framework: str,
    pipeline_name: str | None,
    dependencies: Mapping[str, Any],
    output_dir: str | Path,
    input_parameters: Sequence[str],
    reuse_pre_computed_artifacts: Sequence[Any],
    generate_test: bool,
    pipeline_dag_config: Mapping[str, Any],
    include_non_slice_as_comment: bool,
) -> Path:
    """Write the files of a pipeline; see ``Store.to_pipeline``."""
    writer = writer_of(framework)
    pipeline = pipeline_of(
        store,
        artifacts,
        name=pipeline_name,
        dependencies=dependencies,
        input_parameters=input_parameters,
        reuse_pre_computed_artifacts=reuse_pre_computed_artifacts,
        include_non_slice_as_comment=include_non_slice_as_comment,
    )
    files = writer.files(pipeline, pipeline_dag_config, generate_test=generate_test)
    folder = Path(output_dir).expanduser()
    for name in files:
        _require_ours(folder / name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigurationError(
            f"output_dir is {str(output_dir)!r}, where nothing can be written: {error}"
        ) from error
    return folder


def _require_ours(path: Path) -> None:
    """Refuse to write over a file that somebody else has written.

    Raises:
        ConfigurationError: Somebody has.
    """
    if path.exists() and not (
        path.is_file() and WRITTEN in path.read_text(encoding="utf-8", errors="replace")[:2000]
    ):
        raise ConfigurationError(
            f"{path} is there, and not by to_pipeline, so it is not written over. Move it, or give "
            "another output_dir or pipeline_name."
        )
