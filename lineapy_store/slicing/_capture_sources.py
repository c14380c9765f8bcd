"""The text that a frame's code was compiled from, where it can still be had.

A file may have been changed since it was read. One that is older than the process was not; of any
other, the text is compiled again and compared with the code that runs.
"""

from __future__ import annotations

import functools
import io
import linecache
import os
import re
import stat
import sys
import textwrap
import time
import tokenize
import warnings
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any, NamedTuple

from lineapy_store.slicing._capture_places import is_module_level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_SLACK = 0.05  # seconds; the clocks of files and of processes advance by up to 0.01
_ANCESTORS = 20
_FILES = 64  # whose texts are remembered
_PROMPT = re.compile(r"(<python-input-|<stdin>-|<pyshell#)(\d+)(>?)")
_TEXT = re.compile("[cm]")  # after which a text, or the name of a module, ends Python's own options
_WITH_VALUE = ("-W", "-X", "--check-hash-based-pycs")


class MissingSourceError(Exception):
    """The source cannot be had; the message says why."""


class Source(NamedTuple):
    """Where code is from.

    Attributes:
        kind: ``script``, ``module``, ``stdin``, ``command``, ``prompt`` or ``exec``.
        text: As it was, with its own ends of lines.
    """

    kind: str
    text: str


def source_of(frame: FrameType) -> Source:
    """Returns the source of a frame's code.

    Raises:
        MissingSourceError: It cannot be had.
    """
    code = frame.f_code
    name = code.co_filename
    if _PROMPT.fullmatch(name):
        return Source("prompt", _registered(name))
    if name == "<stdin>":
        return Source("stdin", _standard_input(code))
    if name == "<string>":
        return Source("command", _command(code))
    if _is_registered(name):
        text = _registered(name)
        if not _same(text, code):
            raise MissingSourceError(f"what is known as the source of {name} is not what ran")
        return Source("exec", text)
    if name.startswith("<"):
        raise MissingSourceError(
            f"its code was made from a text, as {name}, of which nothing is kept"
        )
    return Source("script" if is_main(frame) else "module", _file(frame))


def is_main(frame: FrameType) -> bool:
    """Returns whether a frame's module is the program that was started."""
    return bool(frame.f_globals.get("__name__") == "__main__")


def prompt_inputs(name: str) -> list[tuple[str, str]]:
    """Returns the inputs of a prompt up to one, in order: name of the code, and text."""
    match = _PROMPT.fullmatch(name)
    assert match is not None  # noqa: S101 - callers have such a name from source_of
    numbers = {
        int(found[2])
        for each in _registered_names()
        if (found := _PROMPT.fullmatch(each)) and found[1] == match[1]
    }
    names = [
        f"{match[1]}{number}{match[3]}" for number in sorted(numbers) if number <= int(match[2])
    ]
    return [(each, _registered(each)) for each in names]


def _interactive() -> dict[Any, Any]:
    # Where Python 3.14 keeps what is typed, by name, file and line of the code.
    return getattr(linecache, "_interactive_cache", {})


def _registered_names() -> list[str]:
    return [*linecache.cache, *(key[1] for key in list(_interactive()))]


def _is_registered(name: str) -> bool:
    entry = linecache.cache.get(name)
    # Only an entry without a time was put there by whoever compiled the code.
    return entry is not None and (len(entry) == 1 or entry[1] is None)


def _registered(name: str) -> str:
    lines = linecache.getlines(name)
    if not lines:
        for key, entry in list(_interactive().items()):
            if key[1] == name:
                lines = entry[2]
    if not lines:
        raise MissingSourceError(f"what was typed as {name} is not kept any more")
    return "".join(lines)


def _standard_input(code: CodeType) -> str:
    if hasattr(sys, "ps1") or sys.flags.interactive:
        raise MissingSourceError(
            "it was saved at a prompt that keeps no record of what was typed; IPython and the "
            "prompt of Python 3.13 and newer do"
        )
    try:
        size = os.fstat(0).st_size
        # By position, so that who reads standard input goes on where it was.
        text = _decoded(os.pread(0, size, 0)) if stat.S_ISREG(os.fstat(0).st_mode) else None
    except OSError as error:
        raise MissingSourceError(f"standard input cannot be read again: {error}") from None
    if text is None:
        raise MissingSourceError(
            "the script came through a pipe, which can be read only once; run it from a file, as "
            "in 'python script.py' or 'python - < script.py'"
        )
    if not _same(text, code):
        raise MissingSourceError("what standard input has is not, or not any more, what ran")
    return text


def _command(code: CodeType) -> str:
    text, _ = _command_line()
    for candidate in () if text is None else (text, textwrap.dedent(text)):
        if _same(candidate, code):
            return candidate
    raise MissingSourceError("its code was given to exec or eval as a text, which Python drops")


def arguments_of_command() -> list[str]:
    """Returns the arguments that the program was started with, as ``sys.argv`` had them then."""
    return _command_line()[1]


def _command_line() -> tuple[str | None, list[str]]:
    """Returns the text that ``python -c`` was given, and the arguments of the program."""
    arguments = iter(sys.orig_argv[1:])
    for argument in arguments:
        if not argument.startswith("-") or argument == "-":
            break
        if argument in _WITH_VALUE:
            next(arguments, None)
        elif not argument.startswith(("--", "-W", "-X")) and (found := _TEXT.search(argument)):
            text = argument[found.end() :] or next(arguments, None)
            return text if found.group() == "c" else None, [*arguments]
    return None, [*arguments]


class _Remembered(NamedTuple):
    signature: tuple[int, ...]
    text: str
    codes: list[CodeType]  # that are known to be of this text


_remembered: dict[str, _Remembered] = {}


def _file(frame: FrameType) -> str:
    """Returns the text of a file, or what it was when this process first looked."""
    code, name = frame.f_code, frame.f_code.co_filename
    known = _remembered.get(name)
    try:
        found = Path(name).stat()
    except OSError:
        if known is not None and _is_of(known, frame):
            return known.text
        return _loaded(frame)
    changed = max(found.st_mtime, found.st_ctime)
    signature = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
    if known is not None and known.signature == signature and _is_of(known, frame):
        return known.text
    fresh = _Remembered(signature, _decoded(Path(name).read_bytes(), name), [])
    # A relative path may mean another file by now.
    if Path(name).is_absolute() and changed < started() - _SLACK:
        fresh.codes.append(code)
    if not _is_of(fresh, frame):
        if known is not None and _is_of(known, frame):
            return known.text
        raise MissingSourceError(f"{name} changed on disk while it ran")
    if len(_remembered) >= _FILES:
        _remembered.pop(next(iter(_remembered)), None)
    _remembered[name] = fresh
    return fresh.text


def _is_of(known: _Remembered, frame: FrameType) -> bool:
    code = frame.f_code
    if any(code is each for each in known.codes):
        return True
    if not _same(known.text, code, frame.f_globals.get("__loader__")):
        return False
    del known.codes[100:]
    known.codes.append(code)
    return True


def _loaded(frame: FrameType) -> str:
    """Returns the text that the module's loader has, as for one in a zip file."""
    name = frame.f_code.co_filename
    loader = frame.f_globals.get("__loader__")
    try:
        text = _decoded(loader.get_data(name), name)  # type: ignore[union-attr]  # or an error
    except Exception:  # noqa: BLE001 - loaders raise what they like
        raise MissingSourceError(f"its source, {name}, is not there") from None
    if not _same(text, frame.f_code):
        raise MissingSourceError(f"{name} changed on disk while it ran")
    return text


def _decoded(data: bytes, name: str = "standard input") -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise MissingSourceError(f"{name} cannot be decoded: {error}") from None


def _encoded(text: str) -> bytes:
    """Returns the bytes of a text in the encoding that it says that it has."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(text.encode()).readline)
    return text.encode(encoding)


def _same(text: str, code: CodeType, loader: object = None) -> bool:
    """Returns whether a text is what code was compiled from, as far as that can be seen."""
    name = code.co_filename
    equal: Callable[[CodeType, CodeType], bool] = _equal
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if hasattr(type(loader), "source_to_code"):  # which type checkers make their own
                whole = loader.source_to_code(_encoded(text), name)  # type: ignore[attr-defined]  # it has one
            else:
                whole = compile(text, name, "exec", dont_inherit=True)
                # As pytest's, which rewrites what it loads.
                if loader is not None:
                    equal = _similar
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    candidates = [whole]
    if not is_module_level(code):
        place = (code.co_name, code.co_firstlineno)
        candidates = [
            each for each in _nested(whole) if (each.co_name, each.co_firstlineno) == place
        ]
    return any(equal(each, code) for each in candidates)


def _similar(plain: CodeType, changed: CodeType) -> bool:
    return set(plain.co_names) <= set(changed.co_names) and (
        plain.co_varnames[: plain.co_argcount] == changed.co_varnames[: changed.co_argcount]
    )


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


def _equal(one: CodeType, other: CodeType) -> bool:
    # Comparing leaves out the lines in some versions.
    return one == other and all(
        first.co_linetable == second.co_linetable
        for first, second in zip(_nested(one), _nested(other), strict=True)
    )


@functools.cache
def started() -> float:
    """Returns a time at or before which this process began to load code, as files have it.

    A process that was forked has the code that its parent had, so that the parent's start counts.
    """
    try:
        own = parent = _process("self")
        for _ in range(_ANCESTORS):
            older = _process(parent.parent)
            # The stack is elsewhere in a process that has begun a program of its own.
            if older.stack != own.stack:
                break
            parent = older
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - parent.ticks / os.sysconf("SC_CLK_TCK")
        return time.time() - age
    except (OSError, ValueError, IndexError, AttributeError):
        return 0.0  # every file is compared


class _Process(NamedTuple):
    parent: str
    ticks: int  # since the machine was started
    stack: str  # its first address


def _process(pid: str) -> _Process:
    # The fields are those of the manual page proc_pid_stat, the first two cut off.
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    fields = text.rpartition(")")[2].split()
    return _Process(fields[1], int(fields[19]), fields[25])
