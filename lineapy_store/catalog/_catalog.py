"""The catalog: every question that the store asks of it, each one transaction."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import re
import time
import uuid
from typing import TYPE_CHECKING, Any, TypedDict

import sqlalchemy as sa

from lineapy_store.catalog._database import Database
from lineapy_store.catalog._rows import (
    to_catalog_id,
    to_record,
    to_reservation,
    to_row,
    to_source,
)
from lineapy_store.catalog._tables import (
    ALIASES,
    ARTIFACT_SOURCES,
    ARTIFACTS,
    CATALOG,
    NAMES,
    RESERVATIONS,
    SOURCES,
)
from lineapy_store.errors import (
    ArtifactNotFoundError,
    BackendUnavailableError,
    ConfigurationError,
    CorruptArtifactError,
    StoreError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection
    from typing_extensions import Unpack

    from lineapy_store.records import ArtifactRecord, Reservation

_PAGE = 500  # rows fetched at once
_NEAR = 1000  # names looked at on either side of one that is missing
_PAUSE = 0.1  # seconds between tries to reach a database that is restarted
_SHOWN = 5  # versions and names told in an error
_LARGEST_VERSION = 2**31 - 1

# Built once: SQLAlchemy then finds the compiled text by the statement's cached key.
_NAMED = sa.select(ARTIFACTS).where(ARTIFACTS.c.name == sa.bindparam("name"))
_NEWEST = _NAMED.order_by(ARTIFACTS.c.version.desc()).limit(1)
_EXACT = _NAMED.where(ARTIFACTS.c.version == sa.bindparam("version"))
_ALIASED = _NAMED.join(
    ALIASES, (ALIASES.c.name == ARTIFACTS.c.name) & (ALIASES.c.version == ARTIFACTS.c.version)
).where(ALIASES.c.alias == sa.bindparam("alias"))
_CATALOG_ID = sa.select(CATALOG.c.catalog_id)
_NEXT_VERSION = sa.select(NAMES.c.next_version).where(NAMES.c.name == sa.bindparam("name"))
_ALIASES_OF = (
    sa.select(ALIASES.c.alias, ALIASES.c.version)
    .where(ALIASES.c.name == sa.bindparam("name"))
    .order_by(ALIASES.c.alias)
)
# The names on either side of one. Those whose versions have been deleted are passed over, but only
# after the limit: there may be any number of them.
_AFTER, _BEFORE = (
    sa.select(near.c.name).where(sa.exists().where(ARTIFACTS.c.name == near.c.name))
    for near in (
        sa.select(NAMES.c.name).where(there).order_by(order).limit(_NEAR).subquery()
        for there, order in (
            (NAMES.c.name > sa.bindparam("name"), NAMES.c.name),
            (NAMES.c.name < sa.bindparam("name"), NAMES.c.name.desc()),
        )
    )
)
_RESERVED = RESERVATIONS.c.artifact_id == sa.bindparam("id")
_SAVING = _RESERVED & (RESERVATIONS.c.pid != 0)
_RELEASE = RESERVATIONS.delete().where(_RESERVED)
_RELEASE_SAVING = RESERVATIONS.delete().where(_SAVING)
_END_SAVING = RESERVATIONS.update().where(_SAVING).values(pid=0)
_RELEASE_UNLESS_IN_MLFLOW = RESERVATIONS.delete().where(_RESERVED, RESERVATIONS.c.mlflow.is_(None))
_BY_ID = sa.select(ARTIFACTS).where(ARTIFACTS.c.artifact_id == sa.bindparam("id"))
_REMOVE_SOURCES = SOURCES.delete().where(
    SOURCES.c.digest.in_(sa.bindparam("digests", expanding=True)),
    ~sa.exists().where(ARTIFACT_SOURCES.c.digest == SOURCES.c.digest),
)
# One statement, so that both tables are seen at the same moment: a commit in between would move
# the digest from one to the other.
_REFERENCED = sa.select(
    sa.exists().where(ARTIFACTS.c.digest == sa.bindparam("digest"))
    | sa.exists().where(RESERVATIONS.c.digest == sa.bindparam("digest"))
)


class Filters(TypedDict, total=False):
    """What the versions of a listing have in common.

    Attributes:
        name: Exactly this name.
        search: Part of the name or the value's type, in any case; or, with ``*`` (any text) or
            ``?`` (any character), a pattern for the whole of one of them.
        storage_backend: Exactly this backend.
        value_type: Exactly this qualified name of a class.
        created_after: At this moment or later; with a time zone.
        created_before: Before this moment; with a time zone.
    """

    name: str
    search: str
    storage_backend: str
    value_type: str
    created_after: datetime
    created_before: datetime


class Catalog:
    """The versions of every name, in a database which several processes may share.

    Safe to use from several threads, and in a forked child. Creating one does no input or output:
    the database is opened, made or migrated at the first use. Every method raises

    - `BackendUnavailableError` when the database is locked, full, down or cannot be opened,
    - `ConfigurationError` when a newer version of the library made it, or it refuses the user,
    - `CorruptArtifactError` when it, or the row asked for, is damaged.

    Args:
        url: ``sqlite:///PATH``, ``postgresql://...`` or ``postgresql+psycopg://...``.
        busy_timeout: Seconds to wait for a lock, a connection or a server.

    Raises:
        ConfigurationError: The URL is none of these.
    """

    def __init__(self, url: str, *, busy_timeout: float = 10.0) -> None:
        self._database = Database(url, busy_timeout)
        self._busy_timeout = busy_timeout
        self._failed: set[str] = set()  # ids of saves that could not be given up yet
        self._reserve = self._database.upsert(RESERVATIONS)
        self._count = self._database.upsert(NAMES, next_version=NAMES.c.next_version + 1)
        self._alias = self._database.upsert(ALIASES)
        self._source = self._database.upsert(SOURCES)

    def __repr__(self) -> str:
        """Show the URL, without its password."""
        return f"Catalog({self._database.shown!r})"

    @functools.cached_property
    def id(self) -> str:
        """Which catalog this is: 32 hexadecimal digits, given to it when it was first asked for.

        It tells the content of several catalogs apart that keep it in one place.
        """
        with self._database.reading() as connection:
            found = connection.execute(_CATALOG_ID).scalar()
        if found is None:
            insert = self._database.upsert(CATALOG, catalog_id=CATALOG.c.catalog_id)
            with self._database.writing() as connection:
                connection.execute(insert, {"key": 1, "catalog_id": uuid.uuid4().hex})
                found = connection.execute(_CATALOG_ID).scalar_one()
        return to_catalog_id(found)

    def reserve(self, reservation: Reservation) -> None:
        """Announce a save, so that what it is about to refer to is not collected.

        Args:
            reservation: The save; announced again, as once its digest is known, it replaces what
                was announced before. It stays until `commit` or `release`.
        """
        self._give_up_failed()
        # Whoever saves does not survive a power cut either, only what is in MLflow does. Should
        # only the server lose it, then `commit` refuses.
        try:
            with self._database.writing(durable=reservation.mlflow is not None) as connection:
                if reservation.digest is not None:
                    self._database.hold_digests(connection, reservation.digest, shared=True)
                connection.execute(self._reserve, to_row(reservation))
        except BaseException:
            self._failed.add(reservation.artifact_id)  # for it may be there
            raise

    def release(self, artifact_id: str) -> None:
        """Withdraw the announcement of a save that failed; fine if there is none."""
        with self._database.writing(durable=False) as connection:
            connection.execute(_RELEASE, {"id": artifact_id})

    def give_up(self, artifact_id: str) -> ArtifactRecord | None:
        """End a save that seems to have failed: unless it was committed, it cannot be any more.

        Its announcement is withdrawn, but for what it says of MLflow. If that fails, so that it
        seems to be in progress, it is done when the database answers again.

        Returns:
            The version if it was committed, as it may be although the answer to that was lost.
        """
        self._failed.add(artifact_id)
        with self._database.writing() as connection:
            # Waits for a commit that the server is still about; such a one has changed this row.
            connection.execute(_END_SAVING, {"id": artifact_id})
            row = connection.execute(_BY_ID, {"id": artifact_id}).first()
            if row is None:
                connection.execute(_RELEASE_UNLESS_IN_MLFLOW, {"id": artifact_id})
        self._failed.discard(artifact_id)
        return None if row is None else self._record(row)

    def _give_up_failed(self) -> None:
        for artifact_id in list(self._failed):
            self.give_up(artifact_id)

    def with_id(self, artifact_id: str) -> ArtifactRecord | None:
        """Return the version that has an id, or None."""
        with self._database.reading() as connection:
            row = connection.execute(_BY_ID, {"id": artifact_id}).first()
        return None if row is None else self._record(row)

    def reservations(self) -> list[Reservation]:
        """Return the saves in progress, and those whose process died, oldest first."""
        self._give_up_failed()
        order = RESERVATIONS.c.date_created, RESERVATIONS.c.artifact_id
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(RESERVATIONS).order_by(*order)).all()
        return [to_reservation(row, self._database.shown) for row in rows]

    def commit(
        self,
        record: ArtifactRecord,
        *,
        sources: Mapping[str, str] | None = None,
        sign: Callable[[ArtifactRecord], str | None] | None = None,
        settled: bool = True,
    ) -> ArtifactRecord:
        """Make a version visible, and end its reservation.

        Args:
            record: With any version, since the catalog gives it one: the next of its name, never
                one that was given before.
            sources: The texts that the record's code refers to, by their digests.
            sign: Called with the record that holds its version; returns the record's signature.
            settled: Whether nothing else of this save can be in MLflow. If not, the reservation
                stays, and says that the save has ended.

        Returns:
            The record as it was stored.

        Raises:
            BackendUnavailableError: The reservation is gone, so the content may be, too. Or the
                database does not say whether it has committed; the message tells.
        """
        complete = False
        try:
            with self._database.writing() as connection:
                record = self._commit(connection, record, sources or {}, sign, settled=settled)
                complete = True  # and leaving the block commits it
        except StoreError as error:
            if not complete:
                raise
            return self._outcome(record, error)
        return record

    def _commit(
        self,
        connection: Connection,
        record: ArtifactRecord,
        sources: Mapping[str, str],
        sign: Callable[[ArtifactRecord], str | None] | None,
        *,
        settled: bool,
    ) -> ArtifactRecord:
        end = _RELEASE_SAVING if settled else _END_SAVING
        if not connection.execute(end, {"id": record.artifact_id}).rowcount:
            raise BackendUnavailableError(
                f"The save of {record.name!r} was not finished: its reservation in the "
                f"catalog {self._database.shown} is gone, as when a garbage collection takes "
                "the save for abandoned. Save it again."
            )
        connection.execute(self._count, {"name": record.name, "next_version": 1})
        following = connection.execute(_NEXT_VERSION, {"name": record.name}).scalar_one()
        record = dataclasses.replace(record, version=following - 1)
        if sign is not None:
            record = dataclasses.replace(record, signature=sign(record))
        connection.execute(ARTIFACTS.insert(), to_row(record))
        if sources:
            self._keep_sources(connection, record.artifact_id, sources)
        return record

    def _outcome(self, record: ArtifactRecord, error: StoreError) -> ArtifactRecord:
        """Return the record if it was committed though the answer to that was an error."""
        deadline = time.monotonic() + self._busy_timeout
        while True:
            try:
                found = self.give_up(record.artifact_id)
                break
            except BackendUnavailableError:
                if time.monotonic() > deadline:
                    raise BackendUnavailableError(
                        f"{error} Whether {record.name!r} was saved is not known: the catalog did "
                        f"not answer that for {self._busy_timeout:g} s. Look for it before it is "
                        "saved again."
                    ) from error
                time.sleep(_PAUSE)
        if found is None:
            raise error
        return found

    def _keep_sources(
        self, connection: Connection, artifact_id: str, sources: Mapping[str, str]
    ) -> None:
        digests = sorted(sources)
        known: set[str] = set()
        for page in _pages(digests):
            # Until this is committed, nobody takes one of them for left over.
            self._database.hold_digests(connection, *page, shared=True)
            there = sa.select(SOURCES.c.digest).where(SOURCES.c.digest.in_(page))
            known.update(connection.execute(there).scalars())
        missing = [each for each in digests if each not in known]
        if missing:
            rows = [{"digest": each, "text": sources[each]} for each in missing]
            connection.execute(self._source, rows)
        rows = [{"artifact_id": artifact_id, "digest": each} for each in digests]
        connection.execute(ARTIFACT_SOURCES.insert(), rows)

    def sources(self, digests: Collection[str]) -> dict[str, str]:
        """Return texts that `commit` was given, by their digests.

        Raises:
            CorruptArtifactError: One is missing, or is not what its digest says.
        """
        rows: list[sa.Row[Any]] = []
        with self._database.reading() as connection:
            for page in _pages(sorted(digests)):
                rows += connection.execute(
                    sa.select(SOURCES).where(SOURCES.c.digest.in_(page))
                ).all()
        found = {row.digest: to_source(row) for row in rows}
        if lost := [digest for digest in digests if digest not in found]:
            raise CorruptArtifactError(
                f"The catalog {self._database.shown} has lost the source {lost[0]}. Restore it "
                "from a backup."
            )
        return found

    def find(self, name: str, version: int | str | None = None) -> ArtifactRecord:
        """Return one version of a name.

        Args:
            name: The artifact's name.
            version: A number; None or ``"latest"`` for the newest there is; else an alias.

        Raises:
            ArtifactNotFoundError: There is none; the message tells which there are.
        """
        with self._database.reading() as connection:
            if version is None or version == "latest":
                row = connection.execute(_NEWEST, {"name": name}).first()
            elif isinstance(version, str):
                row = connection.execute(_ALIASED, {"name": name, "alias": version}).first()
            elif 0 <= version <= _LARGEST_VERSION:
                row = connection.execute(_EXACT, {"name": name, "version": version}).first()
            else:
                row = None
            if row is None:
                raise ArtifactNotFoundError(self._what_there_is(connection, name, version))
        if row.name != name or (isinstance(version, int) and row.version != version):
            raise CorruptArtifactError(
                f"The catalog {self._database.shown} has {row.name!r} version {row.version!r} in "
                f"the place of {name!r} version {version!r}: an index is damaged. Restore it from "
                "a backup."
            )
        return self._record(row)

    def require_intact(self, record: ArtifactRecord) -> None:
        """Return if a version's row is as it was written, as far as can be told.

        Raises:
            CorruptArtifactError: It is not.
        """
        if not record.intact:
            raise CorruptArtifactError(
                f"The entry for {record.name!r} version {record.version} in the catalog "
                f"{self._database.shown} is damaged: it is not what was written. Restore the "
                "catalog from a backup, or delete that version."
            )

    def check(self) -> None:
        """Read everything, and return if it is sound.

        Raises:
            CorruptArtifactError: It is not; the message has what was found first.
        """
        if fault := self._database.fault():
            raise CorruptArtifactError(
                f"The catalog {self._database.shown} is damaged: {fault}. Restore it from a backup."
            )
        for record in self.records():
            self.require_intact(record)

    def versions(self, name: str | None = None) -> list[tuple[str, int]]:
        """Return the names and numbers of versions, whatever else their rows hold."""
        statement = sa.select(ARTIFACTS.c.name, ARTIFACTS.c.version)
        if name is not None:
            statement = statement.where(ARTIFACTS.c.name == name)
        with self._database.reading() as connection:
            found = connection.execute(statement.order_by(ARTIFACTS.c.name, ARTIFACTS.c.version))
            return [(row.name, row.version) for row in found]

    def records(self, **filters: Unpack[Filters]) -> Iterator[ArtifactRecord]:
        """Yield the versions that pass every filter given, by name and then version.

        Rows are fetched a page at a time and no connection is kept in between, so the catalog may
        be changed while this runs. A version that is there throughout is yielded once.

        Raises:
            ConfigurationError: A moment has no time zone.
        """
        return self._pages(sa.select(ARTIFACTS).where(*self._conditions(**filters)))

    def count(self, **filters: Unpack[Filters]) -> int:
        """Return how many versions pass every filter given.

        Raises:
            ConfigurationError: A moment has no time zone.
        """
        statement = sa.select(sa.func.count()).select_from(ARTIFACTS)
        with self._database.reading() as connection:
            found = connection.execute(statement.where(*self._conditions(**filters)))
            return int(found.scalar_one())

    def _conditions(self, **filters: Unpack[Filters]) -> list[sa.ColumnElement[bool]]:
        columns = ARTIFACTS.c
        conditions: list[sa.ColumnElement[bool]] = [
            column == value
            for column, value in (
                (columns.name, filters.get("name")),
                (columns.storage_backend, filters.get("storage_backend")),
                (columns.value_type, filters.get("value_type")),
            )
            if value is not None
        ]
        if (search := filters.get("search")) is not None:
            pattern = sa.literal(_like(search), sa.Text)  # without the collation of a name
            conditions.append(
                self._database.in_any_case(columns.name).ilike(pattern, escape="\\")
                | columns.value_type.ilike(pattern, escape="\\")
            )
        if (after := filters.get("created_after")) is not None:
            conditions.append(columns.date_created >= _with_zone(after, "created_after"))
        if (before := filters.get("created_before")) is not None:
            conditions.append(columns.date_created < _with_zone(before, "created_before"))
        return conditions

    def _pages(self, statement: sa.Select[Any]) -> Iterator[ArtifactRecord]:
        key = sa.tuple_(ARTIFACTS.c.name, ARTIFACTS.c.version)
        page = statement.order_by(ARTIFACTS.c.name, ARTIFACTS.c.version).limit(_PAGE)
        following = page
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(following).all()
            yield from map(self._record, rows)
            if len(rows) < _PAGE:
                return
            following = page.where(key > sa.tuple_(rows[-1].name, rows[-1].version))

    def set_alias(self, name: str, alias: str, version: int) -> None:
        """Let an alias name a version; one that names another version is moved.

        Raises:
            ArtifactNotFoundError: There is no such version.
        """
        target = (
            sa.select(ARTIFACTS.c.version)
            .where(ARTIFACTS.c.name == name, ARTIFACTS.c.version == version)
            .with_for_update(read=True, key_share=True)
        )
        with self._database.writing() as connection:
            exists = 0 <= version <= _LARGEST_VERSION and connection.execute(target).first()
            if not exists:
                raise ArtifactNotFoundError(self._what_there_is(connection, name, version))
            connection.execute(self._alias, {"name": name, "alias": alias, "version": version})

    def delete_alias(self, name: str, alias: str) -> None:
        """Remove an alias; the version that it names stays.

        Raises:
            ArtifactNotFoundError: The name has no such alias.
        """
        delete = ALIASES.delete().where(ALIASES.c.name == name, ALIASES.c.alias == alias)
        with self._database.writing() as connection:
            if not connection.execute(delete).rowcount:
                raise ArtifactNotFoundError(self._what_there_is(connection, name, alias))

    def aliases(self, name: str) -> dict[str, int]:
        """Return the aliases of a name and the versions that they name, by alias."""
        with self._database.reading() as connection:
            return _aliases(connection, name)

    def remove(self, artifact_id: str) -> bool:
        """Remove a version, its aliases and what only it has of sources.

        Its number is not given again.

        Returns:
            Whether it was there.
        """
        return self._remove(ARTIFACTS.c.artifact_id == artifact_id)

    def discard(self, name: str, version: int) -> bool:
        """Remove a version as `remove` does, whatever its row holds.

        Returns:
            Whether it was there.
        """
        return self._remove((ARTIFACTS.c.name == name) & (ARTIFACTS.c.version == version))

    def _remove(self, which: sa.ColumnElement[bool]) -> bool:
        sources = (
            sa.select(ARTIFACT_SOURCES.c.digest)
            .where(
                ARTIFACT_SOURCES.c.artifact_id.in_(sa.select(ARTIFACTS.c.artifact_id).where(which))
            )
            .order_by(ARTIFACT_SOURCES.c.digest)
        )
        with self._database.writing() as connection:
            digests = connection.execute(sources).scalars().all()
            removed = connection.execute(ARTIFACTS.delete().where(which)).rowcount > 0
            for page in _pages(digests):
                # A save that refers to one of them as well is waited for, or waits.
                self._database.hold_digests(connection, *page, shared=False)
                connection.execute(_REMOVE_SOURCES, {"digests": page})
            return removed

    def collect(self, digest: str, unlink: Callable[[], None]) -> bool:
        """Remove content that nothing refers to, while saves of the same content wait.

        Args:
            digest: Of the content.
            unlink: Removes it. What it raises is raised here, and nothing is changed.

        Returns:
            Whether nothing referred to it, so that `unlink` was called.
        """
        with self._database.writing() as connection:
            self._database.hold_digests(connection, digest, shared=False)
            if connection.execute(_REFERENCED, {"digest": digest}).scalar_one():
                return False
            unlink()
            return True

    def digests(self, *, ignoring: Collection[str] = ()) -> set[str]:
        """Return every digest that a version or a save in progress refers to.

        Args:
            ignoring: Ids of the artifacts whose saves do not count.
        """
        reserved = sa.select(RESERVATIONS.c.artifact_id, RESERVATIONS.c.digest)
        with self._database.reading() as connection:
            # Reservations first: a save that is committed in between is met twice, and not never.
            saves = connection.execute(reserved).all()
            found = set(connection.execute(sa.select(ARTIFACTS.c.digest)).scalars())
        return found | {
            save.digest for save in saves if save.digest and save.artifact_id not in ignoring
        }

    def _record(self, row: sa.Row[Any]) -> ArtifactRecord:
        return to_record(row, self._database.shown)

    def dispose(self) -> None:
        """Close the connections; the next use opens new ones."""
        self._database.dispose()

    def _what_there_is(self, connection: Connection, name: str, version: int | str | None) -> str:
        """Return the message for a name or version that is missing."""
        numbers = (
            sa.select(ARTIFACTS.c.version)
            .where(ARTIFACTS.c.name == name)
            .order_by(ARTIFACTS.c.version.desc())
            .limit(_SHOWN + 1)
        )
        versions = [str(number) for number in connection.execute(numbers).scalars()]
        if not versions:
            near = _near(connection, name)
            names = f" Near names: {', '.join(map(repr, near))}." if near else ""
            return f"No artifact is named {name!r} in the catalog {self._database.shown}.{names}"
        if len(versions) > _SHOWN:
            versions[_SHOWN:] = ["..."]
        kind = "alias" if isinstance(version, str) else "version"
        message = (
            f"The artifact {name!r} has no {kind} {version!r} in the catalog "
            f"{self._database.shown}. Its versions, newest first: {', '.join(versions)}."
        )
        aliases = _aliases(connection, name)
        if aliases:
            named = ", ".join(f"{alias!r} ({number})" for alias, number in aliases.items())
            message += f" Its aliases: {named}."
        return message


def _pages(digests: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(digests), _PAGE):
        yield digests[start : start + _PAGE]


def _with_zone(moment: datetime, argument: str) -> datetime:
    if moment.tzinfo is None:
        raise ConfigurationError(
            f"{argument} is {moment.isoformat()!r}, which has no time zone. Give it one, as in "
            "datetime.now(timezone.utc)."
        )
    return moment


def _aliases(connection: Connection, name: str) -> dict[str, int]:
    rows = connection.execute(_ALIASES_OF, {"name": name}).all()
    return {row.alias: row.version for row in rows}


def _near(connection: Connection, name: str) -> list[str]:
    """Return the names most like one that is missing, of those that sort next to it."""
    folded: dict[str, list[str]] = {}
    for names in _AFTER, _BEFORE:
        for candidate in connection.execute(names, {"name": name}).scalars():
            folded.setdefault(candidate.casefold(), []).append(candidate)
    near = difflib.get_close_matches(name.casefold(), folded, n=_SHOWN)
    return [candidate for match in near for candidate in folded[match]][:_SHOWN]


def _like(search: str) -> str:
    """Return a pattern for LIKE, with the backslash as its escape."""
    escaped = re.sub(r"([\\%_])", r"\\\1", search)
    if "*" in search or "?" in search:
        return escaped.replace("*", "%").replace("?", "_")
    return f"%{escaped}%"
