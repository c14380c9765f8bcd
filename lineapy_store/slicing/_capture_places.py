"""Whose code it is: the user's, a library's, or the interpreter's own."""

from __future__ import annotations

import dis
import functools
import inspect
import itertools
import os
import site
import sys
import sysconfig
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FrameType

#: Names of packages in which a caller is never the user.
OWN = {"lineapy_store", "pytest_lineapy"}

#: Packages that run a test, or a function in another process, which nothing further out has to do
#: with.
_RUNNERS = {"_pytest", "pluggy", "unittest", "multiprocessing"}

#: How many frames are kept at either end of a chain, which recursion can make very long.
_KEPT = 50

_CACHE, _POP_TOP = (bytes([dis.opmap[name]]) for name in ("CACHE", "POP_TOP"))

_Position = tuple["int | None", "int | None", "int | None", "int | None"]
_NOWHERE: _Position = (None, None, None, None)


class UserFrame(NamedTuple):
    """A frame of the user's code.

    Attributes:
        frame: The frame.
        direct: Whether it called the next inner one of the user's, or the library, by itself;
            else code of another library is in between.
    """

    frame: FrameType
    direct: bool


@functools.lru_cache(maxsize=1000)
def origin(filename: str) -> str:
    """Returns whose a file is: ``"stdlib"``, ``"installed"`` or ``"user"``."""
    if filename.startswith("<frozen "):
        return "stdlib"
    folders = filename.replace("\\", "/").split("/")
    if "site-packages" in folders or "dist-packages" in folders:
        return "installed"
    if filename.startswith(_prefixes(installed=True)):
        return "installed"
    return "stdlib" if filename.startswith(_prefixes(installed=False)) else "user"


@functools.cache
def _prefixes(*, installed: bool) -> tuple[str, ...]:
    if installed:
        names = ("purelib", "platlib", "scripts")
        folders = [*map(sysconfig.get_path, names), *site.getsitepackages()]
    else:
        folders = [*map(sysconfig.get_path, ("stdlib", "platstdlib")), os.path.dirname(os.__file__)]  # noqa: PTH120 - compared with code paths, which are texts
    return tuple(folder.rstrip(os.sep) + os.sep for folder in folders if folder)


def is_module_level(code: CodeType) -> bool:
    """Returns whether code is what stands outside functions and classes."""
    if code.co_flags & inspect.CO_OPTIMIZED:
        return False
    return code.co_name == "<module>" or code.co_name.startswith("<cell line")  # IPython 8's


def position(frame: FrameType, instruction: int) -> _Position:
    """Returns line, last line, column and end column of an instruction; None where unknown.

    Lines count from 1, columns from 0 in bytes of UTF-8, as in the module ast.
    """
    if instruction >= 0:
        places = frame.f_code.co_positions()
        return next(itertools.islice(places, instruction // 2, None), _NOWHERE)
    return _NOWHERE


def user_frames(frame: FrameType | None) -> list[UserFrame]:
    """Returns the user's frames from one outward, up to the first that is a module's top level.

    Code that is installed counts as the user's only if there is no other.
    """
    chain = list(_outward(frame))
    found = _chosen(chain, {"user"}) or _chosen(chain, {"user", "installed"})
    if len(found) > 2 * _KEPT:
        del found[_KEPT:-_KEPT]
    return found


def caller_of(frame: FrameType | None) -> FrameType | None:
    """Returns the user's frame that called the library, if nothing else did so on its behalf."""
    found = user_frames(frame)
    while frame is not None and _package(frame) == "lineapy_store":
        frame = frame.f_back
    return frame if found and found[0].frame is frame else None


def is_result_dropped(frame: FrameType) -> bool:
    """Returns whether a frame does nothing with what the call that it is in returns."""
    code = frame.f_code.co_code
    after = frame.f_lasti + 2
    while code[after : after + 1] == _CACHE:
        after += 2
    return code[after : after + 1] == _POP_TOP


def top_level_of(frame: FrameType) -> FrameType | None:
    """Returns where the top level of a function's module is, which goes on in another thread.

    In a process that was forked, that is where it was then.
    """
    for start in (frame, *sys._current_frames().values()):  # noqa: SLF001 - documented
        outer: FrameType | None = start
        while outer is not None:
            if is_module_level(outer.f_code) and outer.f_globals is frame.f_globals:
                return outer
            outer = outer.f_back
    return None


def _outward(frame: FrameType | None) -> Iterator[FrameType]:
    inside = True
    while frame is not None:
        inside = inside and _is_own(frame)
        if not inside:
            yield frame
        frame = frame.f_back


def _chosen(chain: list[FrameType], origins: set[str]) -> list[UserFrame]:
    found: list[UserFrame] = []
    direct = True
    for frame in chain:
        if found and _package(frame) in _RUNNERS:
            break
        chosen = not _is_own(frame) and _origin_of(frame) in origins
        if chosen:
            found.append(UserFrame(frame, direct))
            if is_module_level(frame.f_code):
                break
        direct = chosen
    return found


def _is_own(frame: FrameType) -> bool:
    return _package(frame) in OWN


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__")).partition(".")[0]


def _origin_of(frame: FrameType) -> str:
    if _package(frame).startswith("hypothesis_temporary_module_"):
        return "installed"  # around a test, and says that it is in the test's file
    filename = frame.f_code.co_filename
    if not filename.startswith("<"):
        return origin(filename)
    if filename.startswith(("<frozen ", "<magic-timeit")):
        return "stdlib"
    if _package(frame) == "__main__":  # whose file, at a prompt, is the prompt's own
        return "user"
    # Code that a library has made: it runs in that library's namespace.
    module = sys.modules.get(str(frame.f_globals.get("__name__")))
    file = getattr(module, "__file__", None)
    return origin(file) if isinstance(file, str) else "user"
