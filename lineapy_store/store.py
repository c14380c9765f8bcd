"""The store: the only place where the catalog and the backends meet."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import logging
import os
import platform
import sys
import threading
import uuid
import warnings
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineapy_store import flavors
from lineapy_store.artifact import Artifact, ArtifactListing
from lineapy_store.configuration import Options
from lineapy_store.errors import (
    AlteredContentError,
    BackendUnavailableError,
    ConfigurationError,
    CorruptArtifactError,
    FallbackWarning,
    SliceError,
    StoreError,
    UntrustedArtifactError,
)
from lineapy_store.names import check_alias, check_name, check_version
from lineapy_store.processes import began, is_running, machine
from lineapy_store.provenance import environment, frames_to_the_user, session_id, type_name
from lineapy_store.records import ArtifactRecord, Reservation, jsonable
from lineapy_store.redact import HiddenText, Url, redact
from lineapy_store.selection import Decision, Request, select
from lineapy_store.signing import require_signed, sign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import ModuleType

    from typing_extensions import Unpack

    from lineapy_store.backends.base import Backend, Stored
    from lineapy_store.backends.mlflow import MlflowBackend
    from lineapy_store.catalog import Catalog, Filters
    from lineapy_store.content import ContentStore
    from lineapy_store.flavors import Flavor
    from lineapy_store.slicing._capture_session import Session
    from lineapy_store.slicing._slice import Slice

logger = logging.getLogger("lineapy_store")

if "IPython" in sys.modules:
    # Cells that fail from now on are noted, for only IPython is to be told of them.
    from lineapy_store.slicing import capture as _  # noqa: F401

#: How long a save on another machine, or before this one's last boot, is taken to be in progress:
#: whether its process runs cannot be asked.
_FOREIGN_SAVE = timedelta(hours=24)


@dataclasses.dataclass(frozen=True)
class Leftover:
    """Something that a save has left and no version refers to.

    Attributes:
        kind: ``"content"``, ``"temporary file"`` or ``"reservation"``; in MLflow
            ``"logged model"``, ``"model version"`` or ``"registered model"``.
        name: Its digest, the id of the artifact that was never finished, or what MLflow calls it.
    """

    kind: str
    name: str


class Store:
    """A catalog, a content store and, if set, an MLflow server, with their options.

    A store made by hand has the options given here and no others: it reads neither the
    environment nor configuration files. It connects when it is first used, and may be used
    by several threads at once. ``with Store(...) as store:`` closes it at the end.

    Args:
        home_dir: Folder of the catalog and the content; ``~/.lineapy`` by default.
        database_url: Catalog: SQLite (a file in ``home_dir`` by default) or PostgreSQL.
        artifact_storage_dir: Content: a folder (in ``home_dir`` by default) or a URL that
            fsspec knows, such as ``s3://bucket/path``.
        storage_options: Arguments for fsspec.
        mlflow_tracking_uri: MLflow tracking server; unset by default.
        mlflow_registry_uri: MLflow model registry; MLflow's own default if unset.
        default_ml_models_storage_backend: ``"mlflow"`` or ``"lineapy"``.
        on_fallback: ``"warn"``, ``"error"`` or ``"ignore"``.
        signing_key: Key or list of keys, the newest first.
        logging_level: Level of the logger ``lineapy_store``.

    Raises:
        ConfigurationError: A value that an option cannot have.
    """

    def __init__(  # noqa: PLR0913 - one argument for each option
        self,
        *,
        home_dir: str | os.PathLike[str] | None = None,
        database_url: str | None = None,
        artifact_storage_dir: str | os.PathLike[str] | None = None,
        storage_options: Mapping[str, Any] | None = None,
        mlflow_tracking_uri: str | None = None,
        mlflow_registry_uri: str | None = None,
        default_ml_models_storage_backend: str | None = None,
        on_fallback: str | None = None,
        signing_key: str | bytes | Sequence[str | bytes] | None = None,
        logging_level: str | int | None = None,
    ) -> None:
        __tracebackhide__ = True  # from pytest, which shows arguments, and these may be secret
        self._connect(
            Options(
                {
                    "home_dir": home_dir,
                    "database_url": database_url,
                    "artifact_storage_dir": artifact_storage_dir,
                    "storage_options": storage_options,
                    "mlflow_tracking_uri": mlflow_tracking_uri,
                    "mlflow_registry_uri": mlflow_registry_uri,
                    "default_ml_models_storage_backend": default_ml_models_storage_backend,
                    "on_fallback": on_fallback,
                    "signing_key": signing_key,
                    "logging_level": logging_level,
                }
            )
        )

    def _connect(self, options: Options) -> None:
        self.options = options
        self._lock = threading.Lock()
        self._catalogs: dict[str, Catalog] = {}
        self._contents: dict[str, ContentStore] = {}

    @classmethod
    def _ambient(cls) -> Store:
        """Makes the default store, which reads the environment and configuration files."""
        store = cls.__new__(cls)
        store._connect(Options(ambient=True))  # noqa: SLF001 - its own
        return store

    def save(
        self,
        obj: object,
        name: str,
        storage_backend: str | None = None,
        **log_model_arguments: Any,
    ) -> Artifact:
        """Saves a value as the next version of a name.

        Args:
            obj: Any value. A model that an MLflow flavor takes goes to MLflow when the options
                or ``storage_backend`` say so, everything else to the store's own backend.
            name: What to call it; see ``get``.
            storage_backend: ``"mlflow"``, ``"lineapy"``, or None to let the options decide.
            **log_model_arguments: Passed to ``mlflow.<flavor>.log_model`` as they are.
                ``registered_model_name`` is ``name`` unless given; None registers nothing.

        Returns:
            The new version.

        Raises:
            ConfigurationError: An unknown backend, or MLflow without a tracking URI.
            InvalidNameError: A name that cannot be kept.
            TypeError: An argument that the flavor's ``log_model`` does not have.
            SerializationError: A value that cannot be pickled; the message says which part.
            BackendUnavailableError: MLflow, the catalog or the content cannot be reached.
        """
        from lineapy_store.slicing.capture import capture, note_save  # noqa: PLC0415 - not at import

        check_name(name)
        flavor, decision = self._decide(obj, storage_backend)
        if decision.backend == "lineapy":
            self._report(decision, name, log_model_arguments)
        backend = self._backend(decision.backend)
        catalog = self._catalog()
        captured = capture(sys._getframe(), self.options.secrets())  # noqa: SLF001 - the only way to who calls
        with _in_progress() as artifact_id:
            _reserve(catalog, artifact_id)
            stored: Stored | None = None
            try:
                from lineapy_store.backends.base import SaveRequest  # noqa: PLC0415 - not at import

                stored = backend.save(
                    obj,
                    SaveRequest(
                        artifact_id=artifact_id,
                        name=name,
                        flavor=flavor,
                        arguments=log_model_arguments,
                        reserve=functools.partial(_reserve, catalog, artifact_id),
                    ),
                )
                record = catalog.commit(
                    ArtifactRecord(
                        artifact_id=artifact_id,
                        name=name,
                        version=-1,
                        date_created=datetime.now(UTC),
                        storage_backend=decision.backend,
                        storage_path=stored.path,
                        reason=decision.reason,
                        requested_backend=storage_backend,
                        value_type=type_name(obj),
                        digest=stored.digest,
                        size=stored.size,
                        session_id=session_id(),
                        python_version=platform.python_version(),
                        environment=environment(type(obj)),
                        log_model_arguments=jsonable(log_model_arguments),
                        mlflow=stored.mlflow,
                        code=captured.code,
                    ),
                    sources=captured.texts,
                    sign=functools.partial(sign, keys=self.options.get("signing_key")),
                    settled=stored.settled,
                )
            except BaseException as error:
                saved = self._abandon(catalog, backend, artifact_id, stored)
                if saved is None or not isinstance(error, StoreError):
                    raise
                record = saved
        note_save(sys._getframe(), catalog.id, name, record.version)  # noqa: SLF001 - as above
        return Artifact(self, record)

    def get(self, name: str, version: int | str | None = None) -> Artifact:
        """Returns an artifact; its value is read by ``get_value``.

        Args:
            name: What it was saved as.
            version: A whole number, ``"latest"`` or None for the newest, or an alias.

        Raises:
            ArtifactNotFoundError: There is none; the message has near names or versions.
            InvalidNameError: The name is one that nothing can have.
            ConfigurationError: The version is of no such kind.
            CorruptArtifactError: The catalog is damaged.
            BackendUnavailableError: The catalog cannot be reached.
        """
        from lineapy_store.slicing.capture import note_read  # noqa: PLC0415 - not at import

        catalog = self._catalog()
        record = self._find(check_name(name), check_version(version))
        note_read(sys._getframe(), catalog.id, name, version, record.version)  # noqa: SLF001 - the only way to who calls
        return Artifact(self, record)

    def delete(self, name: str, version: int | str) -> None:
        """Removes versions from the catalog and from where their values are.

        Content that another version shares stays. Version numbers are not used again. Of a version
        whose entry in the catalog is damaged only that goes: what it says is not acted upon.

        Args:
            name: What it was saved as.
            version: A whole number, ``"latest"``, an alias, or ``"all"``.

        Raises:
            ArtifactNotFoundError: There is none.
            CorruptArtifactError: The catalog is damaged; a whole number may still do.
            InvalidNameError: The name is one that nothing can have.
            ConfigurationError: The version is of no such kind.
            BackendUnavailableError: MLflow or the catalog cannot be reached; what could not
                be removed there is still in the catalog.
        """
        if version is None:
            raise ConfigurationError(
                "version=None could mean any: give a whole number, 'latest', an alias, or 'all'"
            )
        catalog = self._catalog()
        if version == "all":
            records = list(catalog.records(name=check_name(name))) or [catalog.find(name)]
        else:
            number = check_version(version)
            try:
                records = [self._find(check_name(name), number)]
            except CorruptArtifactError:
                if not isinstance(number, int) or not catalog.discard(name, number):
                    raise
                records = []
        for record in records:
            if not record.intact:
                catalog.discard(record.name, record.version)
                continue
            backend = self._backend(record.storage_backend)
            if record.storage_backend == "lineapy":
                # The row goes first: content without a row is a leftover, a row without
                # content would be a loss.
                catalog.remove(record.artifact_id)
                catalog.collect(record.digest, functools.partial(backend.delete, record))
            else:
                # What MLflow has is nobody else's, and can be deleted again if this stops here.
                backend.delete(record)
                catalog.remove(record.artifact_id)

    def artifact_store(self) -> ArtifactListing:
        """Returns the artifacts of this store: iterable, printable, searchable."""
        return ArtifactListing(self)

    def get_function(
        self,
        artifacts: Sequence[Any],
        input_parameters: Sequence[str] = (),
        reuse_pre_computed_artifacts: Sequence[Any] = (),
    ) -> Callable[..., dict[str, Any]]:
        """Returns a function that makes artifacts anew, by the code that made them.

        It takes the input parameters as keywords, with the values that they had as defaults, and
        returns the artifacts' values by their names.

        Args:
            artifacts: See ``to_pipeline``.
            input_parameters: See ``to_pipeline``.
            reuse_pre_computed_artifacts: See ``to_pipeline``.

        Raises:
            SliceError: The code cannot be had, or cannot stand in functions.
            ArtifactNotFoundError: There is no such version.
            ConfigurationError: An argument that cannot be.
        """
        made = self.get_module(artifacts, input_parameters, reuse_pre_computed_artifacts)
        function: Callable[..., dict[str, Any]] = made.run_all_sessions
        return function

    def get_module(
        self,
        artifacts: Sequence[Any],
        input_parameters: Sequence[str] = (),
        reuse_pre_computed_artifacts: Sequence[Any] = (),
    ) -> ModuleType:
        """Returns a module that makes artifacts anew: one function each, ``run_all_sessions``.

        Args:
            artifacts: See ``to_pipeline``.
            input_parameters: See ``to_pipeline``.
            reuse_pre_computed_artifacts: See ``to_pipeline``.

        Raises:
            SliceError: The code cannot be had, or cannot stand in functions.
            ArtifactNotFoundError: There is no such version.
            ConfigurationError: An argument that cannot be.
        """
        from lineapy_store import pipelines  # noqa: PLC0415 - not at import

        return pipelines.get_module(
            self,
            artifacts,
            input_parameters=input_parameters,
            reuse_pre_computed_artifacts=reuse_pre_computed_artifacts,
        )

    def get_module_definition(
        self,
        artifacts: Sequence[Any],
        input_parameters: Sequence[str] = (),
        reuse_pre_computed_artifacts: Sequence[Any] = (),
    ) -> str:
        """Returns the text of the module that ``get_module`` returns.

        Args:
            artifacts: See ``to_pipeline``.
            input_parameters: See ``to_pipeline``.
            reuse_pre_computed_artifacts: See ``to_pipeline``.

        Raises:
            SliceError: The code cannot be had, or cannot stand in functions.
            ArtifactNotFoundError: There is no such version.
            ConfigurationError: An argument that cannot be.
        """
        from lineapy_store import pipelines  # noqa: PLC0415 - not at import

        return pipelines.get_module_definition(
            self,
            artifacts,
            input_parameters=input_parameters,
            reuse_pre_computed_artifacts=reuse_pre_computed_artifacts,
        )

    def to_pipeline(  # noqa: PLR0913, PLR0917 - as LineaPy has them
        self,
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
        """Writes the code that made artifacts as a pipeline, and returns the folder that it is in.

        There is a module ``<name>_module.py`` with a function for each artifact and for what
        several have in common, one for each session, and ``run_all_sessions``;
        ``<name>_requirements.txt`` with what it imports, in the versions that are installed;
        ``<name>_Dockerfile``; and the framework's own files. Files of an earlier call are
        written over, others never.

        Args:
            artifacts: Names, pairs of name and version, or artifacts. The code is that of the
                newest version unless another is given.
            framework: What runs it: ``"SCRIPT"``, which is Python alone.
            pipeline_name: A Python name; made of the artifacts' names unless given.
            dependencies: For names of artifacts, the set of those to be made before, where
                sessions depend on each other by more than their code says.
            output_dir: The folder, which is made if need be.
            input_parameters: Variables, given a literal once in the code, that become parameters
                of ``run_all_sessions``.
            reuse_pre_computed_artifacts: What is read from the store instead of being made, in
                the form of ``artifacts``: the newest version at the time when the pipeline runs
                unless one is given. The variable that was saved gets it; others that held the
                same object keep what they have.
            generate_test: Whether there is ``test_<name>.py``, for pytest, which compares what
                the pipeline makes with what was saved.
            pipeline_dag_config: What the framework's own files say; ``"SCRIPT"`` has nothing.
            include_non_slice_as_comment: Other statements are there, as comments.

        Raises:
            SliceError: The code cannot be had, or cannot stand in functions; or a parameter is
                unknown or ambiguous: the message says where.
            ArtifactNotFoundError: There is no such version.
            ConfigurationError: An argument that cannot be, or a file that is not ours to write.
        """
        from lineapy_store import pipelines  # noqa: PLC0415 - not at import

        return pipelines.to_pipeline(
            self,
            artifacts,
            framework=framework,
            pipeline_name=pipeline_name,
            dependencies=dependencies or {},
            output_dir=output_dir,
            input_parameters=input_parameters,
            reuse_pre_computed_artifacts=reuse_pre_computed_artifacts,
            generate_test=generate_test,
            pipeline_dag_config=pipeline_dag_config or {},
            include_non_slice_as_comment=include_non_slice_as_comment,
        )

    def gc(self, *, dry_run: bool = False, mlflow: bool = False) -> list[Leftover]:
        """Removes what saves that were cut off have left, and returns what that was.

        What a save in progress is about to refer to is never touched. In MLflow, only what has
        the tag ``lineapy.artifact_id`` of such a save of this store is, and only as long as
        nobody uses it: a model version with an alias stays. Nothing is removed while the catalog
        is damaged, since content may then only seem to be left over.

        Args:
            dry_run: Only say what would be removed.
            mlflow: Also look in MLflow, where those saves were made.

        Raises:
            BackendUnavailableError: An MLflow server does not answer; all else was done.
            CorruptArtifactError: The catalog is damaged.
        """
        catalog, content = self._catalog(), self._content()
        catalog.check()
        # What is staged is looked at before who is saving: nobody stages unannounced.
        temporaries = set(content.temporaries())
        saves = catalog.reservations()
        dead = {save.artifact_id for save in saves if not _is_alive(save)}
        running = {save.artifact_id for save in saves} - dead
        in_mlflow = [save for save in saves if save.artifact_id in dead and save.mlflow is not None]
        here = dead - {save.artifact_id for save in in_mlflow}
        leftovers = [Leftover("reservation", artifact_id) for artifact_id in sorted(here)]
        # Once more, for those of saves that have ended in between are no longer there.
        staged = temporaries & set(content.temporaries()) - running
        leftovers += [Leftover("temporary file", key) for key in sorted(staged)]
        if not dry_run:
            for leftover in leftovers:
                content.discard_temporary(leftover.name)
                catalog.release(leftover.name)
        stored = list(content.digests())
        needed = catalog.digests(ignoring=dead)
        for digest in sorted(set(stored) - needed):
            if dry_run or catalog.collect(digest, functools.partial(content.delete, digest)):
                leftovers.append(Leftover("content", digest))
        if mlflow:
            leftovers += self._gc_mlflow(catalog, in_mlflow, dry_run=dry_run)
        elif in_mlflow:
            logger.warning(
                "%d saves that ended early may have left something in MLflow: gc(mlflow=True), or "
                "lineapy-store gc --mlflow, looks there",
                len(in_mlflow),
            )
        return leftovers

    def _gc_mlflow(
        self, catalog: Catalog, saves: Sequence[Reservation], *, dry_run: bool
    ) -> Iterator[Leftover]:
        failures: dict[str, StoreError] = {}
        for save in saves:
            server = str((save.mlflow or {}).get("tracking_uri"))
            if server in failures:
                continue
            try:
                record = catalog.with_id(save.artifact_id)
                remains = self._mlflow_backend().remains(save, record, remove=not dry_run)
            except StoreError as error:
                failures[server] = error
                continue
            yield from (Leftover(kind, name) for kind, name in remains)
            yield Leftover("reservation", save.artifact_id)
            if not dry_run:
                catalog.release(save.artifact_id)
        for failure in failures.values():
            raise failure

    def close(self) -> None:
        """Closes connections. The store may be used again, and then connects again."""
        with self._lock:
            catalogs = list(self._catalogs.values())
            self._catalogs.clear()
            self._contents.clear()
        for catalog in catalogs:
            catalog.dispose()

    def __enter__(self) -> Store:  # noqa: PYI034 - Self is for subclasses, and typing has it from 3.11 on
        """Returns the store."""
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Closes the store."""
        self.close()

    def __repr__(self) -> str:
        """Returns where the store is."""
        return f"<Store {self.options.get('home_dir')}>"

    @contextlib.contextmanager
    def activate(self, *, everywhere: bool = False) -> Iterator[Store]:
        """Makes this the store of the module-level functions, in this thread or task.

        Args:
            everywhere: In every other thread and task too, unless it has one of its own.
        """
        if everywhere:
            _everywhere.append(self)
        token = _current.set(self)
        try:
            yield self
        finally:
            _current.reset(token)
            if everywhere:
                _leave(self)

    def _decide(self, obj: object, storage_backend: object) -> tuple[Flavor | None, Decision]:
        flavor = flavors.find(obj)
        tracking_uri = self.options.get("mlflow_tracking_uri")
        # What an obstacle is looked for in has to be pickled, so only where it matters.
        default = self.options.get("default_ml_models_storage_backend")
        may_be_mlflow = tracking_uri is not None and (storage_backend or default) != "lineapy"
        decision = select(
            Request(
                storage_backend=storage_backend,
                tracking_uri_set=tracking_uri is not None,
                default_backend=default,
                flavor=flavor.name if flavor else None,
                obstacle=flavor.obstacle(obj) if flavor and may_be_mlflow else None,
                mlflow_missing=flavors.mlflow_missing(),
                value_type=type_name(obj),
                on_fallback=self.options.get("on_fallback"),
            )
        )
        return flavor, decision

    def _report(self, decision: Decision, name: str, arguments: Mapping[str, Any]) -> None:
        logger.debug("%r goes to the lineapy backend: %s", name, decision.reason)
        if decision.warn:
            warnings.warn(
                f"{name!r} is saved in the lineapy backend: {decision.reason}",
                FallbackWarning,
                stacklevel=frames_to_the_user(),
            )
        if arguments:
            warnings.warn(
                f"{name!r} is saved in the lineapy backend, which only keeps the arguments "
                f"{', '.join(map(repr, arguments))} in the metadata: they are for log_model",
                FallbackWarning if decision.warn else UserWarning,
                stacklevel=frames_to_the_user(),
            )

    def _abandon(
        self, catalog: Catalog, backend: Backend, artifact_id: str, stored: Stored | None
    ) -> ArtifactRecord | None:
        """Undoes a failed save as far as it can be, or returns the version that it is after all.

        Nothing is undone unless the catalog says that there is none.
        """
        record = None
        try:
            record = catalog.give_up(artifact_id)
            if record is None and stored is not None:
                backend.undo(stored)
                if stored.settled:
                    catalog.release(artifact_id)
        except Exception as error:  # noqa: BLE001 - the failure of the save is what is raised
            logger.warning("a save failed, and gc cleans up after it: %s", redact(str(error)))
        return record

    def _find(self, name: str, version: int | str) -> ArtifactRecord:
        try:
            return self._catalog().find(name, version)
        except CorruptArtifactError as error:
            if repr(name) in str(error):
                raise
            raise CorruptArtifactError(f"{name!r}: {error}") from error

    def _load(self, record: ArtifactRecord, mmap_mode: str | None) -> object:
        with self._reading(record) as backend:
            return backend.load(record, mmap_mode)

    def _verify(self, record: ArtifactRecord) -> None:
        with self._reading(record) as backend:
            backend.verify(record)

    @contextlib.contextmanager
    def _reading(self, record: ArtifactRecord) -> Iterator[Backend]:
        """Gives the backend that has a value, and completes its errors: it knows only digests."""
        keys = self.options.get("signing_key")
        require_signed(record, keys)
        self._catalog().require_intact(record)
        label = f"{record.name!r} version {record.version}"
        try:
            yield self._backend(record.storage_backend)
        except StoreError as error:
            kind = type(error)
            if isinstance(error, AlteredContentError):
                kind = UntrustedArtifactError if keys else CorruptArtifactError
            message = str(error) if label in str(error) else f"{label}: {error}"
            if isinstance(error, CorruptArtifactError):
                message += self._where_it_may_be(record)
            if (kind, message) == (type(error), str(error)):
                raise
            raise kind(message) from error

    def _where_it_may_be(self, record: ArtifactRecord) -> str:
        place = self.options.get("artifact_storage_dir")
        if record.storage_backend == "lineapy" and not record.storage_path.startswith(place):
            return (
                f". It was saved as {record.storage_path}, and the option 'artifact_storage_dir' "
                f"is {redact(place)!r} now"
            )
        return ""

    def _captured(self, record: ArtifactRecord) -> tuple[str, dict[str, str]]:
        """Returns the document about the code that saved a version, and the texts that it names."""
        from lineapy_store.slicing import _capture_session  # noqa: PLC0415 - not at import

        require_signed(record, self.options.get("signing_key"))
        self._catalog().require_intact(record)
        label = f"{record.name!r} version {record.version}"
        if record.code is None:
            raise SliceError(f"{label}: it was saved before the code that saves was kept")
        if "document" not in record.code:
            raise SliceError(f"{label}: its code cannot be had: {record.code.get('missing')}")
        digest = record.code["document"]
        document = self._catalog().sources([digest])[digest]
        return document, self._catalog().sources(_capture_session.digests_of(document))

    def _session(self, record: ArtifactRecord) -> Session:
        """Returns what ran up to the save of a version, with what is known of libraries here.

        Raises:
            SliceError: There is none, or the same call went on to save later versions.
        """
        from lineapy_store.slicing._capture_session import place_of, session_of  # noqa: PLC0415 - not at import

        document, texts = self._captured(record)
        place = place_of(document)
        later = {
            other.version: self._captured(other)[0]
            for other in self._records(name=record.name)
            if other.session_id == record.session_id
            and other.version > record.version
            and "document" in (other.code or {})
        }
        for version, other in later.items():
            if place_of(other) == place:
                raise SliceError(
                    f"{record.name!r} version {record.version} has no code of its own: the same "
                    f"statement went on to save version {version}, in a loop perhaps, and "
                    "only the last is what is there at its end. Save each under a name of its own."
                )
        session = session_of(document, texts, list(later.values()))
        files = sorted(Path(self.options.get("home_dir"), "libraries").glob("*.ini"))
        tables = tuple((str(file), file.read_text(encoding="utf-8")) for file in files)
        return session._replace(facts={**session.facts, "tables": tables})

    def _standalone(self, artifact: Artifact, *, dropped_as_comment: bool) -> Slice | None:
        """Returns code that needs no store, if it can be had."""
        from lineapy_store.pipelines._standalone import standalone  # noqa: PLC0415 - not at import

        return standalone(self, artifact, dropped_as_comment=dropped_as_comment)

    def _set_alias(self, record: ArtifactRecord, alias: str) -> None:
        self._catalog().set_alias(record.name, check_alias(alias), record.version)

    def _records(self, **filters: Unpack[Filters]) -> Iterator[ArtifactRecord]:
        return self._catalog().records(**filters)

    def _count(self, **filters: Unpack[Filters]) -> int:
        return self._catalog().count(**filters)

    def _backend(self, name: str) -> Backend:
        if name == "lineapy":
            from lineapy_store.backends.lineapy import LineapyBackend  # noqa: PLC0415 - not at import

            return LineapyBackend(self._content())
        if name == "mlflow":
            return self._mlflow_backend()
        raise ConfigurationError(f"the catalog names a backend that does not exist: {name!r}")

    def _mlflow_backend(self) -> MlflowBackend:
        if missing := flavors.mlflow_missing():
            raise BackendUnavailableError(
                f"the value is in MLflow, but {missing}. "
                "Install it with: pip install 'pytest-lineapy[mlflow]'"
            )
        from lineapy_store.backends.mlflow import MlflowBackend  # noqa: PLC0415 - not at import

        return MlflowBackend(
            self.options.get("mlflow_tracking_uri"),
            self.options.get("mlflow_registry_uri"),
            self._is_registering,
        )

    def _is_registering(self, name: str, artifact_id: str) -> bool:
        """Returns whether another artifact than one is being saved as a registered model."""
        return any(
            save.artifact_id != artifact_id and _is_alive(save)
            for save in self._catalog().reservations()
            if save.mlflow is not None and save.mlflow.get("registered_model_name") == name
        )

    def _catalog(self) -> Catalog:
        url = self.options.get("database_url")
        with self._lock:
            if url not in self._catalogs:
                from lineapy_store.catalog import Catalog  # noqa: PLC0415 - not at import

                self._catalogs[url] = Catalog(url)
            return self._catalogs[url]

    def _content(self) -> ContentStore:
        # Catalogs that share a place must not take each other's content for leftovers.
        place = self.options.get("artifact_storage_dir").rstrip("/")
        location = Url(f"{place}/{self._catalog().id}")
        options = self.options.get("storage_options")
        key = HiddenText(repr((location, dict(options or {}))))
        with self._lock:
            if key not in self._contents:
                from lineapy_store.content import ContentStore  # noqa: PLC0415 - not at import

                self._contents[key] = ContentStore(location, options)
            return self._contents[key]


_current: ContextVar[Store | None] = ContextVar("lineapy_store_current", default=None)
_everywhere: list[Store] = []


def _leave(store: Store) -> None:
    """Takes out the innermost activation of a store, which in threads need not be the last."""
    del _everywhere[len(_everywhere) - 1 - _everywhere[::-1].index(store)]


@functools.cache
def _default_store() -> Store:
    return Store._ambient()  # noqa: SLF001 - made in this module


def current_store() -> Store:
    """Returns the store of the module-level functions."""
    return _current.get() or next(reversed(_everywhere), None) or _default_store()


_saves: set[str] = set()


@contextlib.contextmanager
def _in_progress() -> Iterator[str]:
    """Gives the id of a save that this process is about until the block ends."""
    artifact_id = uuid.uuid4().hex
    _saves.add(artifact_id)
    try:
        yield artifact_id
    finally:
        _saves.discard(artifact_id)


def _reserve(
    catalog: Catalog,
    artifact_id: str,
    *,
    digest: str | None = None,
    mlflow: Mapping[str, Any] | None = None,
) -> None:
    catalog.reserve(
        Reservation(
            artifact_id=artifact_id,
            digest=digest,
            host=machine(),
            pid=os.getpid(),
            since=began(os.getpid()),
            date_created=datetime.now(UTC),
            mlflow=mlflow,
        )
    )


def _is_alive(reservation: Reservation) -> bool:
    if reservation.pid == 0:
        return False
    if reservation.host != machine():
        return datetime.now(UTC) - reservation.date_created < _FOREIGN_SAVE
    if (reservation.pid, reservation.since) == (os.getpid(), began(os.getpid())):
        # What has failed here may not have been able to withdraw its announcement.
        return reservation.artifact_id in _saves
    return is_running(reservation.pid, reservation.since)
