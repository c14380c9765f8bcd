"""Artifacts and lists of them: what ``save``, ``get`` and ``artifact_store`` give back."""

from __future__ import annotations

import copy
import html
from typing import TYPE_CHECKING, Any

from lineapy_store.errors import SliceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from lineapy_store.records import ArtifactRecord
    from lineapy_store.store import Store


class Metadata(dict[str, Any]):
    """A dictionary whose keys are attributes too: ``metadata.lineapy.digest``."""

    def __getattr__(self, key: str) -> Any:
        """Returns what the key of that name holds."""
        try:
            return self[key]
        except KeyError:
            raise AttributeError(f"no {key!r} here; there are: {', '.join(self)}") from None


class Artifact:
    """One version of a name in a store. The value is read when it is asked for.

    Attributes:
        name: What it was saved as.
        version: Whole number from 0.
        date_created: Timezone-aware, in UTC.
    """

    def __init__(self, store: Store, record: ArtifactRecord) -> None:
        self._store = store
        self._record = record

    @property
    def name(self) -> str:
        """What it was saved as."""
        return self._record.name

    @property
    def version(self) -> int:
        """Whole number from 0, one more at each save of the name."""
        return self._record.version

    @property
    def date_created(self) -> datetime:
        """When it was saved; timezone-aware, in UTC."""
        return self._record.date_created

    def get_value(self, mmap_mode: str | None = None) -> Any:
        """Returns a fresh object; changing it changes nothing that is stored.

        The bytes are compared with the digest of what was saved before anything of them
        is unpickled.

        Args:
            mmap_mode: ``"r"`` maps large arrays read-only instead of reading them, ``"c"``
                maps them copy-on-write. The bytes of mapped arrays are not compared; use
                ``verify`` for that. Only for values in the lineapy backend on a local disk.

        Raises:
            CorruptArtifactError: The stored bytes are missing or altered.
            UntrustedArtifactError: A signing key is set and the signature is not by it.
            SerializationError: The value needs a module or class that is not there.
            BackendUnavailableError: The backend does not answer.
            ConfigurationError: An unknown ``mmap_mode``, or one that cannot be had here.
        """
        return self._store._load(self._record, mmap_mode)  # noqa: SLF001 - an artifact is its store's

    def get_session_code(self) -> str:
        """Returns the code of the session that saved it, as it was: all of it, with comments.

        For a notebook, the cells in the order in which they ran.

        Raises:
            SliceError: The source could not be had; the message says why.
            CorruptArtifactError: The catalog's text is not the one that was kept.
            UntrustedArtifactError: A signing key is set and the signature is not by it.
            BackendUnavailableError: The catalog cannot be reached.
        """
        from lineapy_store.slicing import _capture_session  # noqa: PLC0415 - not at import

        return _capture_session.entered(*self._store._captured(self._record))  # noqa: SLF001 - an artifact is its store's

    def get_code(
        self,
        use_lineapy_serialization: bool = True,  # noqa: FBT001, FBT002 - by position in LineaPy, too
        keep_lineapy_save: bool = False,  # noqa: FBT001, FBT002 - as above
        include_non_slice_as_comment: bool = False,  # noqa: FBT001, FBT002 - as above
        *,
        verify: bool = False,
    ) -> str:
        """Returns the statements that made the value, as they were written, and no others.

        Args:
            use_lineapy_serialization: Values of other artifacts are read from the store;
                otherwise the code that made them is there, too, and nothing refers to the library.
            keep_lineapy_save: The statement that saved it is there, too.
            include_non_slice_as_comment: Other statements are there, as comments.
            verify: The code is run in a new interpreter, and what it makes compared with the
                value.

        Raises:
            SliceError: The source could not be had or cannot be parsed, or with ``verify``,
                another value was made; the message says which.
            CorruptArtifactError: The catalog's text is not the one that was kept.
            UntrustedArtifactError: A signing key is set and the signature is not by it.
            BackendUnavailableError: The catalog cannot be reached.
        """
        return self._slice(
            {"keeps_save": keep_lineapy_save, "dropped_as_comment": include_non_slice_as_comment},
            verify=verify,
            reads_store=use_lineapy_serialization,
        )

    def _slice(self, style: dict[str, bool], *, verify: bool, reads_store: bool) -> str:
        from lineapy_store.slicing import _code, _slice  # noqa: PLC0415 - not at import

        store, label = self._store, f"{self.name!r} version {self.version}"
        session = store._session(self._record)  # noqa: SLF001 - an artifact is its store's
        wanted = _slice.Style(
            keeps_save=style["keeps_save"], dropped_as_comment=style["dropped_as_comment"]
        )
        found = _code.code_of(session, self.name, wanted)
        if not reads_store and not style["keeps_save"] and _code.reads_of_library(found.text):
            as_comment = style["dropped_as_comment"]
            found = store._standalone(self, dropped_as_comment=as_comment) or found  # noqa: SLF001 - as above
        if not reads_store and (used := _code.reads_of_library(found.text)):
            raise SliceError(
                f"The code of {label} needs the library: {used}. Only values that "
                "get(...).get_value() read, of artifacts that are still there, can be made instead."
            )
        if verify:
            from lineapy_store.slicing._verify import verify as run  # noqa: PLC0415 - as above

            plain = found
            if style["keeps_save"]:  # what saves is not run
                plain = _code.code_of(session, self.name, _slice.Style())
            run(plain, self.get_value(), label, store.options.environment(), session.filename)
        return found.text

    def get_metadata(self) -> Metadata:
        """Returns what is known: ``{"lineapy": {...}}``, and ``"mlflow"`` when MLflow holds it.

        The keys are attributes too, as in ``metadata.lineapy.storage_backend``.
        """
        record = self._record
        metadata = Metadata(
            lineapy=Metadata(
                artifact_id=record.artifact_id,
                name=record.name,
                version=record.version,
                date_created=record.date_created,
                storage_backend=record.storage_backend,
                storage_path=record.storage_path,
                reason=record.reason,
                requested_backend=record.requested_backend,
                value_type=record.value_type,
                digest=record.digest,
                size=record.size,
                session_id=record.session_id,
                code=None if record.code is None else dict(record.code),
                python_version=record.python_version,
                environment=copy.deepcopy(dict(record.environment)),
                log_model_arguments=copy.deepcopy(dict(record.log_model_arguments)),
            )
        )
        if record.mlflow is not None:
            metadata["mlflow"] = Metadata(copy.deepcopy(dict(record.mlflow)))
        return metadata

    def verify(self) -> None:
        """Reads every byte and compares digests; for MLflow, also that the model loads.

        Raises:
            CorruptArtifactError: The stored bytes are missing or altered.
            UntrustedArtifactError: A signing key is set and the signature is not by it.
            BackendUnavailableError: The backend does not answer.
        """
        self._store._verify(self._record)  # noqa: SLF001 - an artifact is its store's

    def set_alias(self, alias: str) -> None:
        """Gives this version a further name, which is taken from the version that had it.

        Raises:
            InvalidNameError: The alias is not a name, or means a version by itself.
        """
        self._store._set_alias(self._record, alias)  # noqa: SLF001 - an artifact is its store's

    def __repr__(self) -> str:
        """Returns name, version, backend and type."""
        record = self._record
        return (
            f"<Artifact {record.name!r} version {record.version}: "
            f"{record.value_type} in {record.storage_backend}>"
        )


#: Columns of a listing: heading, and how an artifact's record fills it.
_COLUMNS: tuple[tuple[str, Callable[[ArtifactRecord], Any]], ...] = (
    ("name", lambda record: record.name),
    ("version", lambda record: record.version),
    ("date_created", lambda record: record.date_created),
    ("storage_backend", lambda record: record.storage_backend),
    ("value_type", lambda record: record.value_type),
    ("size", lambda record: record.size),
    ("reason", lambda record: record.reason),
)


class ArtifactListing:
    """The artifacts of a store, or those that a search found.

    Iterate over it for artifacts; print it for a table; a notebook shows it as one. It is
    read from the catalog each time, so that it is never out of date.

    Args:
        store: Whose artifacts.
        filters: Keywords of ``search``.
    """

    def __init__(self, store: Store, **filters: Any) -> None:
        self._store = store
        self._filters = filters

    def search(  # noqa: PLR0913 - one keyword for each filter
        self,
        text: str | None = None,
        *,
        name: str | None = None,
        storage_backend: str | None = None,
        value_type: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> ArtifactListing:
        """Returns the artifacts among these for which everything given holds.

        Args:
            text: A part of the name or of the value's type, in any case; or, with ``*`` or
                ``?``, a pattern for the whole of one of them.
            name: The name, exactly.
            storage_backend: ``"mlflow"`` or ``"lineapy"``.
            value_type: Qualified name of the value's class, exactly.
            created_after: Saved at that time or later; timezone-aware.
            created_before: Saved before that time; timezone-aware.
        """
        given = {
            "search": text,
            "name": name,
            "storage_backend": storage_backend,
            "value_type": value_type,
            "created_after": created_after,
            "created_before": created_before,
        }
        return ArtifactListing(
            self._store,
            **self._filters | {key: value for key, value in given.items() if value is not None},
        )

    def to_dict(self) -> dict[str, list[Any]]:
        """Returns a dictionary of columns, as ``pandas.DataFrame`` takes it."""
        rows = self._rows()
        return {
            heading: [row[column] for row in rows] for column, (heading, _) in enumerate(_COLUMNS)
        }

    def __iter__(self) -> Iterator[Artifact]:
        """Yields the artifacts by name and version."""
        for record in self._records():
            yield Artifact(self._store, record)

    def __len__(self) -> int:
        """Returns how many there are."""
        return self._store._count(**self._filters)  # noqa: SLF001 - a listing is its store's

    def __repr__(self) -> str:
        """Returns a table."""
        rows = [[str(_shown(cell)) for cell in row] for row in self._rows()]
        if not rows:
            return "no artifacts"
        table = [[heading for heading, _ in _COLUMNS], *rows]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in table
        )

    def _repr_html_(self) -> str:
        def line(cells: Sequence[Any], tag: str) -> str:
            return "".join(f"<{tag}>{html.escape(str(_shown(cell)))}</{tag}>" for cell in cells)

        head = line([heading for heading, _ in _COLUMNS], "th")
        body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in self._rows())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _rows(self) -> list[list[Any]]:
        return [[cell(record) for _, cell in _COLUMNS] for record in self._records()]

    def _records(self) -> Iterator[ArtifactRecord]:
        return self._store._records(**self._filters)  # noqa: SLF001 - a listing is its store's


def _shown(cell: Any) -> Any:
    return cell.isoformat(sep=" ", timespec="seconds") if hasattr(cell, "isoformat") else cell
