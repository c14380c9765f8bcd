"""Values in a folder: complete or absent, verified, private, and shared when equal."""

from __future__ import annotations

import concurrent.futures
import contextlib
import errno
import fcntl
import os
import pickle
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lineapy_store.content import ContentStore, encode
from lineapy_store.errors import (
    BackendUnavailableError,
    ConfigurationError,
    CorruptArtifactError,
    StoreError,
)

MIB = 1 << 20


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    """A store in a folder that does not exist yet."""
    return ContentStore(str(tmp_path / "content"))


class Block:
    """An object with a large buffer, as arrays have one, for where numpy is not."""

    def __init__(self, memory: Any) -> None:
        self.memory = memory

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        """What pickle gets."""
        return Block, (pickle.PickleBuffer(self.memory),)


def save(store: ContentStore, value: object, key: str = "key") -> str:
    """Save a value and return its digest."""
    staged = store.stage(encode(value), key=key)
    store.publish(staged)
    return staged.digest


def path_of(store: ContentStore, value: object) -> Path:
    """Save a value and return the path of its file."""
    return Path(store.publish(store.stage(encode(value), key="key")))


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a script in another process."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(  # noqa: S603 - the command is ours
        command, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("mmap_mode", [None, "r", "c"])
@pytest.mark.parametrize("size", [1, 5000, MIB, 5 * MIB + 3, 20 * MIB])
def test_buffers_come_back(store: ContentStore, size: int, mmap_mode: str | None) -> None:
    """Buffers of any size, writable or not, come back in every mode, and verify."""
    data = os.urandom(size)
    digest = save(store, {"w": Block(bytearray(data)), "r": Block(data), "n": 1})
    value = store.load(digest, mmap_mode=mmap_mode)
    assert value["n"] == 1
    assert value["w"].memory == data
    assert value["r"].memory == data
    assert memoryview(value["r"].memory).readonly
    mapped = mmap_mode == "r" and size >= 5000
    assert memoryview(value["w"].memory).readonly == mapped
    store.verify(digest)


@pytest.mark.parametrize("mmap_mode", [None, "c"])
def test_loads_do_not_share_memory(store: ContentStore, mmap_mode: str | None) -> None:
    """Each load gives an object of its own: changing one changes no other, and not the file."""
    digest = save(store, Block(bytearray(2 * MIB)))
    first = store.load(digest, mmap_mode=mmap_mode)
    first.memory[0] = 1
    assert store.load(digest, mmap_mode=mmap_mode).memory[0] == 0
    store.verify(digest)


def test_forked_process_does_not_share_memory(store: ContentStore) -> None:
    """What a forked process writes to a loaded value does not change it here."""
    script = """
import os, pickle, sys
from lineapy_store.content import ContentStore, encode
store = ContentStore(sys.argv[1])
staged = store.stage(encode(pickle.PickleBuffer(bytearray(2 << 20))), key="k")
store.publish(staged)
memory = store.load(staged.digest)
if not (child := os.fork()):
    memory[0] = 1
    os._exit(0)
os.waitpid(child, 0)
print(memory[0])
"""
    assert run(script, repr(store)[14:-2]).stdout == "0\n"


def test_mapping_does_not_read_arrays(store: ContentStore) -> None:
    """A mapped load trusts the array's bytes, which verify then finds changed."""
    digest = save(store, Block(bytes(5 * MIB)))
    path = Path(next(Path(repr(store)[14:-2]).glob(f"*/{digest}")))
    data = bytearray(path.read_bytes())
    data[3 * MIB] = 1
    path.write_bytes(data)
    assert store.load(digest, mmap_mode="r").memory.tobytes().count(1) == 1
    with pytest.raises(CorruptArtifactError, match=str(path)):
        store.verify(digest)
    with pytest.raises(CorruptArtifactError, match=str(path)):
        store.load(digest)


@pytest.mark.parametrize("mmap_mode", [None, "r", "c"])
def test_changed_pickle_is_never_unpickled(store: ContentStore, mmap_mode: str | None) -> None:
    """A file whose pickle would now do something is refused, whether mapped or read."""
    path = path_of(store, {"command": "true " * 2000, "array": Block(bytes(MIB))})
    data = path.read_bytes()
    assert b"true" in data
    path.write_bytes(data.replace(b"true", b"fals"))
    with pytest.raises(CorruptArtifactError, match="Nothing of it was unpickled"):
        store.load(path.name, mmap_mode=mmap_mode)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(position=st.integers(min_value=0), bits=st.integers(1, 255))
def test_flipped_byte_on_disk(store: ContentStore, position: int, bits: int) -> None:
    """A byte changed anywhere in a file of several MiB is found, and the file is named."""
    path = path_of(store, {"x": Block(bytes(5 * MIB))})
    data = bytearray(path.read_bytes())
    data[position % len(data)] ^= bits
    path.write_bytes(data)
    with pytest.raises(CorruptArtifactError, match=str(path)):
        store.load(path.name)


def test_saved_twice_is_stored_once(store: ContentStore) -> None:
    """Equal values are one file, and nothing temporary remains."""
    digests = {save(store, {"x": [1, 2.5, "z"]}, key) for key in "ab"}
    assert set(store.digests()) == digests
    assert len(digests) == 1
    assert not list(store.temporaries())


def test_saving_again_mends(store: ContentStore) -> None:
    """A damaged file is replaced when the value is saved again."""
    path = path_of(store, [1, 2])
    path.write_bytes(b"x" * path.stat().st_size)
    assert store.load(save(store, [1, 2])) == [1, 2]


def test_nothing_is_visible_before_publish(store: ContentStore) -> None:
    """A staged value can be neither listed nor loaded; discarding it leaves nothing."""
    staged = store.stage(encode("value"), key="abc")
    assert not list(store.digests())
    assert list(store.temporaries()) == ["abc"]
    with pytest.raises(CorruptArtifactError, match=f"{staged.digest} is missing"):
        store.load(staged.digest)
    store.discard(staged)
    store.discard(staged)
    assert not list(store.temporaries())


def test_size_is_that_of_the_file(store: ContentStore) -> None:
    """The size reported is the size of the file."""
    staged = store.stage(encode({"x": Block(bytes(3 * MIB))}), key="k")
    assert Path(store.publish(staged)).stat().st_size == staged.size


def test_delete(store: ContentStore) -> None:
    """A deleted value is gone; deleting it again is fine, also in a store never written to."""
    digest = save(store, 1)
    for _ in range(2):
        store.delete(digest)
        assert not list(store.digests())
    assert not list(ContentStore(repr(store) + "x").digests())


def test_only_content_is_listed(store: ContentStore, tmp_path: Path) -> None:
    """Files that are no content, or are in a folder where none would look, are not listed."""
    digest = save(store, 1)
    for other in ("zz", digest[:2][::-1] + "0", "ab"):
        (tmp_path / "content" / other).mkdir(exist_ok=True)
        (tmp_path / "content" / other / "x").touch()
        (tmp_path / "content" / other / ("ee" * 32)).touch()
    (tmp_path / "content" / "README").touch()
    (tmp_path / "content" / "tmp" / ".hidden file").touch()
    assert list(store.digests()) == [digest]
    assert not list(store.temporaries())


@pytest.mark.parametrize(
    "digest",
    [
        "",
        "../../etc/passwd",
        "0" * 63,
        "0" * 65,
        "A" * 64,
        "0" * 63 + "/",
        "é" * 64,
        "0" * 64 + "\n",
        None,
        5,
        b"0" * 64,
    ],
)
def test_hostile_digest(store: ContentStore, digest: Any) -> None:
    """What a damaged catalog says is no path until it is 64 hexadecimal digits."""
    for method in (store.load, store.verify, store.delete):
        with pytest.raises(CorruptArtifactError, match="not 64 lowercase hexadecimal digits"):
            method(digest)


@pytest.mark.parametrize("key", ["", ".", "..", "a/b", "a\0", "é", "x" * 101])
def test_hostile_key(store: ContentStore, key: str) -> None:
    """A key that could name another place is refused before anything is written."""
    with pytest.raises(ConfigurationError, match="cannot be named"):
        store.stage(encode(1), key=key)
    with pytest.raises(ConfigurationError, match="cannot be named"):
        store.discard_temporary(key)


def test_links_are_not_followed(store: ContentStore, tmp_path: Path) -> None:
    """A link planted for a file or a folder of the store leads nowhere."""
    path = path_of(store, "secret")
    outside = tmp_path / "outside"
    path.parent.rename(outside)
    path.parent.symlink_to(outside)
    with pytest.raises(CorruptArtifactError, match=str(path)):
        store.load(path.name)
    with pytest.raises(BackendUnavailableError, match=str(path)):
        save(store, "secret")
    with pytest.raises(BackendUnavailableError, match=str(path)):
        store.delete(path.name)
    path.parent.unlink()
    path.parent.mkdir()
    path.symlink_to(outside / path.name)
    with pytest.raises(CorruptArtifactError, match=str(path)):
        store.load(path.name)
    assert (outside / path.name).exists()


def test_what_is_no_file(store: ContentStore) -> None:
    """A folder or a pipe in the place of a file is an error at once, and not waited for."""
    path = path_of(store, 1)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(CorruptArtifactError, match=f"{path} is not a file"):
        store.load(path.name)
    path.unlink()
    path.mkdir()
    with pytest.raises(CorruptArtifactError, match=f"{path} is not a file"):
        store.load(path.name)
    with pytest.raises(BackendUnavailableError, match=f"cannot write {path}: "):
        save(store, 1)
    with pytest.raises(BackendUnavailableError, match=f"cannot delete {path}: "):
        store.delete(path.name)


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    """Files have mode 0600 and folders 0700, under the usual umask."""
    store = ContentStore(str(tmp_path / "made" / "too"))
    save(store, Block(bytes(5 * MIB)))
    store.stage(encode(2), key="left")
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "made").rglob("*")}
    assert len(found) == 5
    for path, mode in found.items():
        assert mode == (0o700 if path.is_dir() else 0o600)


@pytest.mark.parametrize("size", [10, 20 * MIB])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT])
def test_failing_disk(
    store: ContentStore, monkeypatch: pytest.MonkeyPatch, code: int, size: int
) -> None:
    """A disk that fails is an error with the path and the cause, and nothing remains."""

    def fail(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "pwrite", fail)
    with pytest.raises(BackendUnavailableError, match=f"content/tmp/key: {os.strerror(code)}"):
        store.stage(encode(Block(bytes(size))), key="key")
    assert not list(store.temporaries())


def test_disk_that_fails_late(store: ContentStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that the system reports only when it is told to sync is reported as well."""

    def fail(_: int) -> None:
        raise OSError(errno.EIO, "late")

    save(store, 1)
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(BackendUnavailableError, match="late"):
        store.stage(encode(2), key="key")
    assert not list(store.temporaries())


def test_file_system_without_direct_writes(
    store: ContentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where writes past the page cache are refused, to several threads at once, usual ones do."""
    refusals: list[int] = []
    pwrite = os.pwrite
    together = threading.Barrier(2)

    def refuse(descriptor: int, piece: memoryview, offset: int) -> int:
        if fcntl.fcntl(descriptor, fcntl.F_GETFL) & getattr(os, "O_DIRECT", 0):
            refusals.append(offset)
            with contextlib.suppress(threading.BrokenBarrierError):  # where only one thread writes
                together.wait(1)
            raise OSError(errno.EINVAL, "direct")
        return pwrite(descriptor, piece, offset)

    monkeypatch.setattr(os, "pwrite", refuse)
    digest = save(store, Block(bytes(17 * MIB)))
    store.verify(digest)
    assert refusals or not hasattr(os, "O_DIRECT")


def test_writes_and_reads_that_come_short(
    store: ContentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system that writes or reads less than asked, as it may, is asked again."""
    pwrite, preadv = os.pwrite, os.preadv
    monkeypatch.setattr(
        os, "pwrite", lambda fd, data, at: pwrite(fd, data[: len(data) // 3 + 1], at)
    )
    monkeypatch.setattr(
        os, "preadv", lambda fd, areas, at: preadv(fd, [areas[0][: len(areas[0]) // 3 + 1]], at)
    )
    data = os.urandom(3 * MIB)
    assert store.load(save(store, [Block(data), "x" * 100])).pop(0).memory == data


def test_file_in_the_way(tmp_path: Path) -> None:
    """A location that is a file, or below one, is an error that names it."""
    (tmp_path / "file").touch()
    for location in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(BackendUnavailableError, match=f"cannot write {location}"):
            save(ContentStore(str(location)), 1)


def test_key_in_use(store: ContentStore) -> None:
    """Two saves under one key are an error, and the first is unharmed."""
    staged = store.stage(encode(1), key="same")
    with pytest.raises(BackendUnavailableError, match="tmp/same: File exists"):
        store.stage(encode(2), key="same")
    store.publish(staged)
    assert store.load(staged.digest) == 1


def test_too_many_open_files(tmp_path: Path) -> None:
    """A process at its limit of open files gets an error that says so."""
    script = """
import resource, os, sys
from lineapy_store.content import ContentStore, encode
from lineapy_store.errors import BackendUnavailableError
store = ContentStore(sys.argv[1])
digest = store.stage(encode(1), key="first")
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
held = []
try:
    while True:
        held.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
try:
    store.stage(encode(2), key="second")
except BackendUnavailableError as error:
    print(error)
"""
    assert "Too many open files" in run(script, tmp_path).stdout


def test_killed_while_writing(tmp_path: Path) -> None:
    """A process killed in the middle of a save leaves only what ``temporaries`` lists."""
    script = """
import os, signal, sys
from lineapy_store.content import ContentStore, encode
import pickle
store = ContentStore(sys.argv[1])
write = os.pwrite
def pwrite(descriptor, piece, offset):
    if offset >= 9 << 20:
        os.kill(os.getpid(), signal.SIGKILL)
    return write(descriptor, piece, offset)
os.pwrite = pwrite
store.stage(encode(pickle.PickleBuffer(bytes(20 << 20))), key="cut-short")
"""
    assert run(script, tmp_path).returncode == -signal.SIGKILL
    store = ContentStore(str(tmp_path))
    assert list(store.temporaries()) == ["cut-short"]
    assert not list(store.digests())
    store.discard_temporary("cut-short")
    store.discard_temporary("cut-short")
    assert not list(store.temporaries())


def test_interrupted_while_writing(store: ContentStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle of a save leaves nothing."""

    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "pwrite", interrupt)
    with pytest.raises(KeyboardInterrupt):
        store.stage(encode(1), key="key")
    assert not list(store.temporaries())


def test_concurrent_threads(store: ContentStore) -> None:
    """Threads that save and load one value at once all succeed, and it is stored once."""
    start = threading.Barrier(8)

    def work(number: int) -> object:
        start.wait()
        return store.load(save(store, {"x": Block(bytes(MIB))}, f"key{number}"))["x"].memory[5]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [0] * 8
    assert len(list(store.digests())) == 1
    assert not list(store.temporaries())


def test_concurrent_processes(tmp_path: Path) -> None:
    """Processes that save one value at once all succeed, and it is stored once."""
    script = """
import sys
from lineapy_store.content import ContentStore, encode
store = ContentStore(sys.argv[1])
for number in range(20):
    staged = store.stage(encode({"x": ["same"] * 100}), key=f"{sys.argv[2]}-{number}")
    store.publish(staged)
    assert store.load(staged.digest) == {"x": ["same"] * 100}
"""
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda number: run(script, tmp_path, number), range(3)))
    assert [(process.returncode, process.stderr) for process in done] == [(0, "")] * 3
    store = ContentStore(str(tmp_path))
    assert len(list(store.digests())) == 1
    assert not list(store.temporaries())


@pytest.mark.parametrize("mode", ["r+", "w+", "", "R", True])
def test_unknown_mmap_mode(store: ContentStore, mode: Any) -> None:
    """A mode that does not exist is refused, with those that do."""
    with pytest.raises(ConfigurationError, match=r"None .* 'r' .* 'c'"):
        store.load(save(store, 1), mmap_mode=mode)


@pytest.mark.parametrize("location", ["", "a\0b", "file://"])
def test_impossible_location(location: str) -> None:
    """A location that cannot be one is refused when the store is made."""
    with pytest.raises(ConfigurationError, match="give a folder or a URL"):
        ContentStore(location)


def test_file_url_is_a_folder(tmp_path: Path) -> None:
    """A ``file://`` URL is the folder that it names, with all that a folder can do."""
    digest = save(ContentStore(f"file://{tmp_path}"), Block(bytes(MIB)))
    assert (tmp_path / digest[:2] / digest).is_file()
    assert ContentStore(str(tmp_path)).load(digest, mmap_mode="r").memory[0] == 0


def test_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``~`` is the home folder, and an unknown user's is an error."""
    monkeypatch.setenv("HOME", str(tmp_path))
    save(ContentStore("~/there"), 1)
    assert (tmp_path / "there").is_dir()
    with pytest.raises(ConfigurationError, match="nosuchuser"):
        ContentStore("~nosuchuser/there")


def test_location_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative location is the folder that it named when the store was made."""
    monkeypatch.chdir(tmp_path)
    store = ContentStore("content")
    (tmp_path / "else").mkdir()
    monkeypatch.chdir(tmp_path / "else")
    save(store, 1)
    assert (tmp_path / "content").is_dir()


def test_making_a_store_writes_nothing(tmp_path: Path) -> None:
    """A store that has not been written to has no folder, and is empty."""
    store = ContentStore(str(tmp_path / "content"))
    assert not list(store.digests())
    assert not list(store.temporaries())
    store.delete("0" * 64)
    store.discard_temporary("a")
    assert not list(tmp_path.iterdir())


def test_import_is_light() -> None:
    """The content layer works without numpy and fsspec."""
    script = """
import sys
from lineapy_store.content import ContentStore, encode
ContentStore("/nowhere")
print(sorted({"numpy", "fsspec", "pandas", "s3fs"} & sys.modules.keys()))
"""
    assert run(script).stdout == "[]\n"


def test_publish_after_collection(store: ContentStore) -> None:
    """Publishing what a collector has taken for a leftover is an error, not a broken artifact."""
    staged = store.stage(encode(1), key="key")
    store.discard_temporary("key")
    with pytest.raises(StoreError, match="No such file"):
        store.publish(staged)
    assert not list(store.digests())
