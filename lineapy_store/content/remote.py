"""Files at a URL, through fsspec: ``<location>/<2 hex>/<digest>``."""

from __future__ import annotations

import contextlib
import re
import urllib.parse
from typing import TYPE_CHECKING, Any, cast

from lineapy_store.content import container
from lineapy_store.content.names import (
    TEMPORARY,
    Staged,
    check_key,
    is_digest,
    is_key,
    missing,
)
from lineapy_store.errors import (
    AlteredContentError,
    BackendUnavailableError,
    ConfigurationError,
    StoreError,
)
from lineapy_store.redact import cause as shown_cause
from lineapy_store.redact import redact, secrets_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lineapy_store.content.codec import Encoded
    from lineapy_store.content.container import MmapMode

_S3 = frozenset({"s3", "s3a"})
_ATOMIC = _S3 | {"gs", "gcs", "abfs", "abfss", "adl", "az", "oci", "ocilake", "oss"}
"""Object stores: an upload is visible when it is complete, and not before."""

_PART = 16 << 20
_USERINFO = re.compile(r"(?<=://)[^/@\s]*@")


class RemoteBlobs:
    """The files below one URL.

    Args:
        location: Any URL that fsspec knows.
        storage_options: Of its file system.
    """

    def __init__(self, location: str, storage_options: Mapping[str, Any]) -> None:
        self._location = location.rstrip("/")
        self._protocol = location.partition("://")[0].rpartition("::")[2]
        self._options = dict(storage_options)
        secrets = {*secrets_in(self._options), *_passwords(location)}
        self._secrets = sorted(secrets, key=len, reverse=True)
        self.label = self._redact(self._location)

    def stage(self, encoded: Encoded, key: str) -> Staged:
        """Compute the digest; nothing is uploaded."""
        digest, size = container.write(encoded, lambda _piece, _offset: None)
        return Staged(digest, size, check_key(key), encoded)

    def publish(self, staged: Staged) -> str:
        """Upload, unless it is there."""
        name = self._name(staged.digest)
        with self._explained("write", name):
            files, root = self._place
            path = f"{root}/{staged.digest[:2]}/{staged.digest}"
            with contextlib.suppress(FileNotFoundError):
                if files.info(path)["size"] == staged.size:
                    return name
            if self._protocol in _ATOMIC:
                self._upload(staged, path)
                return name
            temporary = f"{root}/{TEMPORARY}/{staged.key}"
            for file in (temporary, path):
                files.makedirs(file.rpartition("/")[0], exist_ok=True)
            try:
                self._upload(staged, temporary)
                files.mv(temporary, path)
            except BaseException:
                with contextlib.suppress(Exception):  # the first error counts
                    files.rm_file(temporary)
                raise
        return name

    def read(
        self, digest: str, mmap_mode: MmapMode | None
    ) -> tuple[memoryview, Sequence[memoryview], str]:
        """Download a file: the pickle stream, its buffers, and the URL for messages."""
        if mmap_mode:
            raise ConfigurationError(
                f"mmap_mode={mmap_mode!r} needs a file on this machine, and content is at "
                f"{self.label}: load without it, or keep the artifacts in a folder"
            )
        with self._explained("read", self._name(digest)):
            source = self._open(digest)
            return *container.read(source, digest), source.name

    def verify(self, digest: str) -> None:
        """Download a file and compare digests."""
        with self._explained("read", self._name(digest)):
            container.verify(self._open(digest), digest)

    def delete(self, digest: str) -> None:
        """Remove a file."""
        self._remove(f"{digest[:2]}/{digest}")

    def digests(self) -> Iterator[str]:
        """The names of all files that are a digest, in the folder that they belong in."""
        for path in self._list(""):
            *_, shard, name = ("", *path.split("/"))
            if is_digest(name) and shard == name[:2]:
                yield name

    def temporaries(self) -> Iterator[str]:
        """The names of all temporary files."""
        return filter(is_key, (path.rpartition("/")[2] for path in self._list(f"/{TEMPORARY}")))

    def discard_temporary(self, key: str) -> None:
        """Remove a temporary file."""
        check_key(key)
        if self._protocol not in _ATOMIC:
            self._remove(f"{TEMPORARY}/{key}")

    @property
    def _place(self) -> tuple[Any, str]:
        """The file system, which fsspec keeps for each process, and the path in it."""
        import fsspec  # noqa: PLC0415 - only when a URL is used

        try:
            files, root = fsspec.core.url_to_fs(self._location, **self._bounded_options())
        except ImportError as error:
            remedy = "pip install pytest-lineapy[s3]" if self._protocol in _S3 else str(error)
            raise ConfigurationError(
                f"{self.label} needs a package that is not installed: {self._redact(remedy)}"
            ) from shown_cause(error, self._redact)
        except (TypeError, ValueError) as error:
            raise ConfigurationError(
                f"{self.label} cannot be used with the storage_options given: "
                f"{self._redact(str(error))}"
            ) from shown_cause(error, self._redact)
        # What other processes do is not in fsspec's listings.
        files.invalidate_cache()
        return files, root.rstrip("/")

    def _bounded_options(self) -> dict[str, Any]:
        """The options; by default S3 gives up after seconds if nobody answers."""
        if self._protocol not in _S3 or "::" in self._location:
            return self._options
        config = {"retries": {"total_max_attempts": 2}, **self._options.get("config_kwargs", {})}
        return {**self._options, "config_kwargs": config}

    def _name(self, digest: str) -> str:
        return f"{self.label}/{digest[:2]}/{digest}"

    def _open(self, digest: str) -> _Object:
        files, root = self._place
        path = f"{root}/{digest[:2]}/{digest}"
        return _Object(self._name(digest), files, path, files.info(path)["size"])

    def _upload(self, staged: Staged, path: str) -> None:
        """Upload what is staged; if that fails, nothing of it is visible in an object store."""
        encoded = cast("Encoded", staged.encoded)
        file = self._place[0].open(path, "wb", block_size=_PART)
        try:
            digest, _ = container.write(
                encoded, lambda piece, _: file.write(bytes(piece)), in_order=True
            )
            if digest != staged.digest:
                raise StoreError(  # noqa: TRY301 - the upload is discarded below
                    "the value was changed while it was saved: save it when no other thread is "
                    "working on it"
                )
        except BaseException:
            with contextlib.suppress(Exception):  # the first error counts
                file.discard()
            with contextlib.suppress(AttributeError):
                file.closed = True  # closing it would complete the upload
            raise
        file.close()

    def _remove(self, path: str) -> None:
        with self._explained("delete", f"{self.label}/{path}"):
            files, root = self._place
            with contextlib.suppress(FileNotFoundError):
                files.rm_file(f"{root}/{path}")

    def _list(self, folder: str) -> Iterator[str]:
        with self._explained("list", self.label), contextlib.suppress(FileNotFoundError):
            files, root = self._place
            yield from files.find(root + folder)

    @contextlib.contextmanager
    def _explained(self, verb: str, name: str) -> Iterator[None]:
        """Turn what a file system says into an error of the library, without secrets."""
        try:
            yield
        except (StoreError, MemoryError):
            raise
        except NotImplementedError as error:
            raise ConfigurationError(
                f"cannot {verb} {name}: this kind of URL does not allow it"
            ) from shown_cause(error, self._redact)
        except Exception as error:  # noqa: BLE001 - each file system has errors of its own
            cause = shown_cause(error, self._redact)
            if verb == "read" and isinstance(error, FileNotFoundError):
                raise missing(name) from cause
            raise BackendUnavailableError(
                f"cannot {verb} {name}: {type(error).__name__}: {self._redact(str(error))}"
            ) from cause

    def _redact(self, text: str) -> str:
        text = _USERINFO.sub("***@", text)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return redact(text)


class _Object:
    """A remote file to read from: each read is one request for a range."""

    batch = 8

    def __init__(self, name: str, files: Any, path: str, size: int) -> None:
        self.name = name
        self.size = size
        self._files = files
        self._path = path

    def read(self, offset: int, areas: Sequence[memoryview]) -> None:
        """Fill areas of memory, one after the other, from an offset on."""
        size = sum(area.nbytes for area in areas)
        if not size:
            return
        found = memoryview(self._files.cat_file(self._path, start=offset, end=offset + size))
        if found.nbytes != size:
            raise AlteredContentError(f"{self.name} has been cut while it was read")
        for area in areas:
            area[:] = found[: area.nbytes]
            found = found[area.nbytes :]


def _passwords(url: str) -> Iterator[str]:
    """The password in a URL, as it is there and as it is meant."""
    for found in _USERINFO.finditer(url):
        _, _, password = found[0].removesuffix("@").partition(":")
        if password:
            yield from {password, urllib.parse.unquote(password)}
