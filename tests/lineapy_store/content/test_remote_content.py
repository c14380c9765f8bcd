"""Values at a URL: on an S3 server, and in fsspec's memory."""

from __future__ import annotations

import concurrent.futures
import pickle
import socket
import sys
import time
import traceback
import uuid
from typing import TYPE_CHECKING, Any

import fsspec
import pytest

from lineapy_store.content import ContentStore, encode
from lineapy_store.errors import (
    BackendUnavailableError,
    ConfigurationError,
    CorruptArtifactError,
    StoreError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugins.s3 import S3Location

MIB = 1 << 20
SECRET = "hunter2-hunter2"  # noqa: S105 - to be looked for


@pytest.fixture(params=["memory", "s3"])
def store(request: pytest.FixtureRequest) -> ContentStore:
    """An empty store at a URL."""
    if request.param == "memory":
        return ContentStore(f"memory://{uuid.uuid4().hex}/artifacts/")
    location: S3Location = request.getfixturevalue("s3_location")
    return ContentStore(location.url, location.storage_options)


@pytest.fixture
def closed_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def save(store: ContentStore, value: object, key: str = "key") -> str:
    """Save a value and return its digest."""
    staged = store.stage(encode(value), key=key)
    store.publish(staged)
    return staged.digest


def files(store: ContentStore) -> tuple[Any, str]:
    """The file system of a store, and its folder there."""
    found: tuple[Any, str] = vars(store)["_blobs"]._place  # noqa: SLF001 - to spoil what is there
    return found


def values() -> list[Any]:
    """Small and large, of one part and of several."""
    return [1, {"x": [b"bytes" * 1000]}, bytes(9 * MIB), {"a": bytearray(b"ab" * (10 * MIB))}]


@pytest.mark.parametrize("value", values(), ids=["int", "dict", "bytes", "bytearray"])
def test_values_come_back(store: ContentStore, value: object) -> None:
    """What is published can be loaded, verified, listed, and deleted more than once."""
    staged = store.stage(encode(value), key="key")
    assert not list(store.digests())
    url = store.publish(staged)
    assert url.endswith(f"artifacts/{staged.digest[:2]}/{staged.digest}")
    assert store.load(staged.digest) == value
    store.verify(staged.digest)
    assert list(store.digests()) == [staged.digest]
    system, root = files(store)
    assert system.info(f"{root}/{staged.digest[:2]}/{staged.digest}")["size"] == staged.size
    for _ in range(2):
        store.delete(staged.digest)
    assert not list(store.digests())
    with pytest.raises(CorruptArtifactError, match=f"{staged.digest} is missing"):
        store.load(staged.digest)


def test_local_and_remote_digests_agree(store: ContentStore, tmp_path: Any) -> None:
    """A value has one digest, wherever it is stored."""
    value = {"a": bytearray(3 * MIB)}
    assert save(store, value) == save(ContentStore(str(tmp_path)), value)


def test_saved_twice_is_uploaded_once(store: ContentStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that is there already is not uploaded again, and nothing temporary remains."""
    digest = save(store, [1, 2])
    system, _ = files(store)
    monkeypatch.setattr(type(system), "_open", None)
    assert save(store, [1, 2], "other") == digest
    assert not list(store.temporaries())


def test_incomplete_upload_is_replaced(store: ContentStore) -> None:
    """A file of another size, such as an upload that was cut short, is replaced."""
    digest = save(store, [1, 2])
    system, root = files(store)
    system.pipe_file(f"{root}/{digest[:2]}/{digest}", b"x")
    with pytest.raises(CorruptArtifactError, match="is damaged"):
        store.load(digest)
    assert store.load(save(store, [1, 2])) == [1, 2]


@pytest.mark.parametrize("position", [0, 100, 2 * MIB, -1])
def test_flipped_byte(store: ContentStore, position: int) -> None:
    """A byte that is not what was written is found, and the URL is named."""
    staged = store.stage(encode({"x": bytes(3 * MIB)}), key="key")
    url = store.publish(staged)
    system, root = files(store)
    path = f"{root}/{staged.digest[:2]}/{staged.digest}"
    data = bytearray(system.cat_file(path))
    data[position] ^= 1
    system.pipe_file(path, bytes(data))
    for method in (store.load, store.verify):
        with pytest.raises(CorruptArtifactError, match=url):
            method(staged.digest)
    system.pipe_file(path, b"")
    with pytest.raises(CorruptArtifactError, match=url):
        store.load(staged.digest)


@pytest.mark.parametrize("size", [100, 40 * MIB])
def test_failed_upload_is_not_visible(
    store: ContentStore, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A value that changes while it is uploaded is an error, and nothing of it is there."""
    buffer = bytearray(size)
    staged = store.stage(encode({"x": memoryview_holder(buffer)}), key="key")
    system, root = files(store)
    if size > MIB:
        buffer[-1] = 1
        with pytest.raises(StoreError, match="changed while it was saved"):
            store.publish(staged)
    else:
        monkeypatch.setattr("lineapy_store.content.container.write", _fail)
        with pytest.raises(BackendUnavailableError, match="OSError: broken"):
            store.publish(staged)
    try:
        left = system.find(root)
    except FileNotFoundError:
        left = []
    assert not left


def _fail(*_: object, **__: object) -> None:
    raise OSError("broken")


def memoryview_holder(buffer: bytearray) -> Any:
    """An object whose pickle leaves its memory outside."""
    return pickle.PickleBuffer(buffer)


def test_concurrent_publishers(store: ContentStore) -> None:
    """Threads that save and load one value at once all succeed, and it is stored once."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        digests = set(pool.map(lambda n: save(store, {"x": "y" * 5000}, f"key{n}"), range(4)))
        (digest,) = digests
        loaded = list(pool.map(lambda _: store.load(digest), range(4)))
    assert loaded == [{"x": "y" * 5000}] * 4
    assert list(store.digests()) == [digest]
    assert not list(store.temporaries())


def test_temporaries_are_listed() -> None:
    """What an upload that was killed has left on a file system is listed and can be removed."""
    url = f"memory://{uuid.uuid4().hex}"
    store = ContentStore(url)
    fsspec.filesystem("memory").pipe_file(f"{url}/tmp/left-behind", b"part")  # noqa: S108 - in memory
    assert list(store.temporaries()) == ["left-behind"]
    assert not list(store.digests())
    store.discard_temporary("left-behind")
    store.discard_temporary("left-behind")
    assert not list(store.temporaries())


@pytest.mark.parametrize("mode", ["r", "c"])
def test_mapping_needs_a_folder(store: ContentStore, mode: str) -> None:
    """Mapping at a URL is refused, and the message says why and what to do."""
    with pytest.raises(ConfigurationError, match=r"on this machine.*load without it"):
        store.load(save(store, 1), mmap_mode=mode)


def test_dead_endpoint(closed_port: int) -> None:
    """An S3 endpoint where nobody listens is an error within seconds that names the URL."""
    pytest.importorskip("s3fs", reason="s3:// URLs need the extra s3")
    options = {
        "key": SECRET + "-id",
        "secret": SECRET,
        "client_kwargs": {"endpoint_url": f"http://127.0.0.1:{closed_port}"},
    }
    store = ContentStore("s3://bucket/artifacts", options)
    staged = store.stage(encode(1), key="key")
    start = time.monotonic()
    with pytest.raises(BackendUnavailableError, match=r"cannot write s3://bucket/artifacts/") as e:
        store.publish(staged)
    with pytest.raises(BackendUnavailableError, match=r"cannot read s3://bucket/artifacts/"):
        store.load(staged.digest)
    assert time.monotonic() - start < 15
    assert f"127.0.0.1:{closed_port}" in str(e.value)
    assert SECRET not in "".join(traceback.format_exception(e.value))
    assert "config_kwargs" not in options


def test_missing_bucket(s3_location: S3Location) -> None:
    """A bucket that does not exist is an error when written to."""
    store = ContentStore("s3://no-such-bucket/x", s3_location.storage_options)
    with pytest.raises(BackendUnavailableError, match="no-such-bucket"):
        save(store, 1)
    with pytest.raises(CorruptArtifactError, match="is missing"):
        store.load("0" * 64)


def test_missing_implementation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without s3fs an s3:// URL is an error that says what to install."""
    loaded = vars(sys.modules["fsspec.registry"])["_registry"]
    monkeypatch.setitem(sys.modules, "s3fs", None)
    for protocol in ("s3", "s3a"):
        monkeypatch.delitem(loaded, protocol, raising=False)
    with pytest.raises(ConfigurationError, match=r"pip install pytest-lineapy\[s3\]"):
        save(ContentStore("s3://bucket"), 1)


def test_unknown_protocol() -> None:
    """A URL that fsspec does not know is an error that names it."""
    with pytest.raises(ConfigurationError, match="nosuch"):
        save(ContentStore("nosuch://place"), 1)


class _Leaky(fsspec.AbstractFileSystem):
    """A file system whose every error shows what it was given."""

    protocol = "leaky"
    cachable = False

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self._options = options
        if options.get("refuse"):
            raise ValueError(f"bad options {options}")

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        raise OSError(f"no access to {path} with {self._options}")

    def find(self, path: str, **_: Any) -> list[str]:
        return list(self.info(path))

    def rm_file(self, path: str) -> None:
        self.info(path)


@pytest.mark.parametrize("refuse", [False, True])
def test_secrets_are_never_shown(*, refuse: bool) -> None:
    """No error, traceback or representation has a password, key or token."""
    fsspec.register_implementation("leaky", _Leaky, clobber=True)
    options = {
        "refuse": refuse,
        "client_kwargs": {"aws_secret_access_key": SECRET + "1", "tokens": [SECRET + "2"]},
        "account_key": SECRET + "3",
        "endpoint": f"http://user:{SECRET}4@host/",
    }
    store = ContentStore(f"leaky://user:{SECRET}%21@host/path", options)
    assert SECRET not in repr(store)
    assert "host/path" in repr(store)
    calls: list[Callable[[], object]] = [
        lambda: save(store, 1),
        lambda: store.load("0" * 64),
        lambda: store.verify("0" * 64),
        lambda: store.delete("0" * 64),
        lambda: list(store.digests()),
        lambda: list(store.temporaries()),
        lambda: store.discard_temporary("key"),
    ]
    for call in calls:
        with pytest.raises(StoreError, match="host/path") as caught:
            call()
        assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_read_only_file_system() -> None:
    """A kind of URL that cannot be written to is an error that says so."""

    class ReadOnly(fsspec.AbstractFileSystem):
        protocol = "readonly"
        cachable = False

        def info(self, path: str, **_: Any) -> dict[str, Any]:
            raise FileNotFoundError(path)

    fsspec.register_implementation("readonly", ReadOnly, clobber=True)
    with pytest.raises(ConfigurationError, match=r"cannot write readonly://place/"):
        save(ContentStore("readonly://place"), 1)
