"""The module-level functions: the verbs of the current store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lineapy_store.store import current_store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import ModuleType

    from lineapy_store.artifact import Artifact, ArtifactListing


class CurrentOptions:
    """The options of the current store, whichever that is when they are used.

    Print them for a table of key, value, and where each value came from.
    """

    def set(self, key: str, value: object) -> None:
        """Sets an option; None unsets it.

        Raises:
            ConfigurationError: An unknown option, or a value that it cannot have.
        """
        __tracebackhide__ = True  # from pytest, which shows arguments, and these may be secret
        current_store().options.set(key, value)

    def reset(self, key: str) -> None:
        """Takes back what ``set`` did, so that the environment, files or default apply."""
        current_store().options.reset(key)

    def get(self, key: str) -> Any:
        """Returns the value that applies now, or None where it is unset.

        Raises:
            ConfigurationError: An unknown option, or the environment or a file holds a
                value that it cannot have.
        """
        return current_store().options.get(key)

    def context(self, **values: Any) -> AbstractContextManager[None]:
        """Sets options for a ``with`` block, in this thread or task only; None unsets.

        Raises:
            ConfigurationError: An unknown option, or a value that it cannot have.
        """
        __tracebackhide__ = True  # as above
        return current_store().options.context(**values)

    def __repr__(self) -> str:
        """Returns a table of key, value and where the value came from, without secrets."""
        return repr(current_store().options)


options = CurrentOptions()


def save(
    obj: object, name: str, storage_backend: str | None = None, **log_model_arguments: Any
) -> Artifact:
    """Saves a value as the next version of a name; see ``Store.save``."""
    return current_store().save(obj, name, storage_backend, **log_model_arguments)


def get(name: str, version: int | str | None = None) -> Artifact:
    """Returns an artifact, the newest unless a version or alias is given; see ``Store.get``."""
    return current_store().get(name, version)


def delete(name: str, version: int | str) -> None:
    """Removes a version, ``"latest"`` or ``"all"``, on both sides; see ``Store.delete``."""
    current_store().delete(name, version)


def artifact_store() -> ArtifactListing:
    """Returns all artifacts: iterable, printable, searchable; see ``Store.artifact_store``."""
    return current_store().artifact_store()


def get_function(
    artifacts: Sequence[Any],
    input_parameters: Sequence[str] = (),
    reuse_pre_computed_artifacts: Sequence[Any] = (),
) -> Callable[..., dict[str, Any]]:
    """Returns a function that makes artifacts anew; see ``Store.get_function``."""
    return current_store().get_function(artifacts, input_parameters, reuse_pre_computed_artifacts)


def get_module(
    artifacts: Sequence[Any],
    input_parameters: Sequence[str] = (),
    reuse_pre_computed_artifacts: Sequence[Any] = (),
) -> ModuleType:
    """Returns a module that makes artifacts anew; see ``Store.get_module``."""
    return current_store().get_module(artifacts, input_parameters, reuse_pre_computed_artifacts)


def get_module_definition(
    artifacts: Sequence[Any],
    input_parameters: Sequence[str] = (),
    reuse_pre_computed_artifacts: Sequence[Any] = (),
) -> str:
    """Returns the text of that module; see ``Store.get_module_definition``."""
    return current_store().get_module_definition(
        artifacts, input_parameters, reuse_pre_computed_artifacts
    )


def to_pipeline(  # noqa: PLR0913, PLR0917 - as LineaPy has them
    artifacts: Sequence[Any],
    framework: str = "SCRIPT",
    pipeline_name: str | None = None,
    dependencies: Mapping[str, Any] | None = None,
    output_dir: str | Path = ".",
    input_parameters: Sequence[str] = (),
    reuse_pre_computed_artifacts: Sequence[Any] = (),
    generate_test: bool = False,  # noqa: FBT001, FBT002 - by position in LineaPy, too
    pipeline_dag_config: Mapping[str, Any] | None = None,
    include_non_slice_as_comment: bool = False,  # noqa: FBT001, FBT002 - as above
) -> Path:
    """Writes the code that made artifacts as a pipeline; see ``Store.to_pipeline``."""
    return current_store().to_pipeline(
        artifacts,
        framework,
        pipeline_name,
        dependencies,
        output_dir,
        input_parameters,
        reuse_pre_computed_artifacts,
        generate_test,
        pipeline_dag_config,
        include_non_slice_as_comment,
    )
