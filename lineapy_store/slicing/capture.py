"""Where a value is saved: the source up to there, and what slicing asks of the live objects.

It is plain data, taken at the save; nothing is traced, and nothing is analysed before it is asked
for. What the catalog keeps of it is a small mapping, and texts by their digests. One of the texts
is a document in JSON::

    {
      "kind": "script" | "module" | "stdin" | "command" | "exec" | "cells" | "prompt",
      "filename": of the module or of the last cell,
      "module": its __name__, and "package" its __package__,
      "parts": [{"text": digest, "python": digest, "count": 3, "failure": {"line", "error"}}],
      "call": {"part", "lineno", "end_lineno", "col_offset", "end_col_offset"} or None,
      "reached": {"part", "lineno", "end_lineno", "col_offset", "end_col_offset"} or None,
      "arguments": of the command, or None if one of them may be a secret,
      "frames": [{"name", "qualname", "filename", "part", "text", "missing", "module_level",
                  "direct", "firstlineno", "lineno", "end_lineno", "col_offset",
                  "end_col_offset", "arguments": {name: literal}, "facts"}],
      "facts": {"types", "modules", "objects", "random_state", "iterators", "packages"},
      "reads": [{"catalog", "name", "asked", "version", "part", "text", "lineno", ...}],
      "saves": likewise, of earlier calls of save whose result was used,
    }

``parts`` is one text, or the cells in the order in which they ran. A part's ``python`` is there
where it is not the text itself; what is at a ``failure``, and after it, did not run to its end.
``frames`` are the user's, from the save outward; the last one is the module's top level, whose
place is ``call``, unless a library called the user's functions; if it did so in another thread or
process, ``reached`` is where the module's top level was then. Of a frame, ``part`` says in which
part its code is, or ``text`` in which other file, or ``missing`` why it cannot be had; ``facts``
are there where its module is another one than the session's.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import hashlib
import json
import re
import sys
from typing import TYPE_CHECKING, Any

from lineapy_store.redact import redact
from lineapy_store.slicing import _cells
from lineapy_store.slicing._capture_places import (
    caller_of,
    is_module_level,
    is_result_dropped,
    position,
    top_level_of,
    user_frames,
)
from lineapy_store.slicing._capture_sources import (
    MissingSourceError,
    Source,
    arguments_of_command,
    is_main,
    prompt_inputs,
    source_of,
)
from lineapy_store.slicing._facts import facts, identifiers, literals, may_be_secret, names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import FrameType

    from lineapy_store.slicing._capture_places import UserFrame

_NOTED = 1_000


@dataclasses.dataclass(frozen=True)
class Capture:
    """What is kept of the code that made a value.

    Attributes:
        code: ``kind``, and either ``document``, the digest of the document in JSON, or
            ``missing``, the reason why there is none.
        texts: By their digests: the document, and the texts that it names.
    """

    code: dict[str, str]
    texts: dict[str, str]


def digest_of(text: str) -> str:
    """Returns the digest of a text: SHA-256 of its UTF-8, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def capture(frame: FrameType | None, secrets: Sequence[str] = ()) -> Capture:
    """Returns where a frame's caller is, and what of its source and names a slice needs.

    It never raises: what cannot be had is said in the result.

    Args:
        frame: Of the library, or of what called it; None if Python does not know.
        secrets: URLs with passwords, and keys, of which nothing is kept.
    """
    session = _Session(secrets)
    try:
        document = session.document(user_frames(frame))
        digest = session.keep(json.dumps(document))
    except MissingSourceError as missing:
        return Capture({"kind": session.kind, "missing": str(missing)}, {})
    except Exception as error:  # noqa: BLE001 - a save does not fail for want of its source
        reason = f"its source could not be looked for: {type(error).__name__}: {error}"
        return Capture({"kind": session.kind, "missing": reason[:1000]}, {})
    return Capture({"kind": session.kind, "document": digest}, session.texts)


class _Session:
    """What a capture consists of, while it is taken."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self.kind = "unknown"
        self._secrets = secrets
        self.texts: dict[str, str] = {}
        self._parts: list[dict[str, Any]] = []
        self._part_of: dict[str, int] = {}  # by the names of code

    def keep(self, text: str) -> str:
        """Returns the digest of a text that the capture has from now on, without the secrets."""
        for secret in self._secrets:
            text = _without(text, secret)
        try:
            digest = digest_of(text)
        except UnicodeEncodeError:
            raise MissingSourceError("its source has characters that UTF-8 cannot hold") from None
        if "\0" in text:
            raise MissingSourceError("its source has characters that a database cannot hold")
        self.texts[digest] = text
        return digest

    def document(self, frames: list[UserFrame]) -> dict[str, Any]:
        """Returns the document; see the module.

        Raises:
            MissingSourceError: The source of the outermost frame cannot be had.
        """
        if not frames:
            raise MissingSourceError("no Python code called save, as in a frozen program")
        outermost = frames[-1].frame
        mentioned = self._find_parts(outermost)
        described = [self._frame(each, outermost) for each in frames]
        call = reached = None
        if is_module_level(outermost.f_code):
            keys = ("part", "lineno", "end_lineno", "col_offset", "end_col_offset")
            call = {key: described[-1][key] for key in keys}
        elif (top := top_level_of(outermost)) is not None:
            part = self._part_of.get(top.f_code.co_filename)
            reached = None if part is None else {"part": part, **_place(top)}
        return {
            "kind": self.kind,
            "filename": outermost.f_code.co_filename,
            "module": str(outermost.f_globals.get("__name__")),
            "package": str(outermost.f_globals.get("__package__") or ""),
            "parts": self._parts,
            "call": call,
            "reached": reached,
            "arguments": self._arguments(outermost),
            "frames": described,
            "facts": facts(_namespace(outermost), mentioned),
            "reads": self._noted(_reads, described),
            "saves": self._noted(_saves, described),
        }

    def _arguments(self, frame: FrameType) -> list[str] | None:
        """Returns the arguments of the command, if it is that command which a module is of."""
        if frame.f_globals.get("__name__") == "__mp_main__":
            found = sys.argv[1:]  # which multiprocessing has passed on
        elif self.kind in ("script", "stdin", "command") and is_main(frame):
            found = arguments_of_command()
        else:
            return []
        return None if any(may_be_secret(each, self._secrets) for each in found) else found

    def _find_parts(self, frame: FrameType) -> set[str]:
        """Finds the source of the session, and returns the names that it could mention."""
        name = frame.f_code.co_filename
        if _cells.is_cell(frame):
            self.kind = "cells"
            for cell in _cells.ran(frame):
                part: dict[str, Any] = {"text": self.keep(cell.text), "count": cell.number}
                if cell.python not in (cell.text, f"{cell.text}\n"):
                    part["python"] = self.keep(cell.python)
                if cell.failure is not None:
                    part["failure"] = cell.failure._asdict()
                if cell.name is not None:
                    self._part_of[cell.name] = len(self._parts)
                self._parts.append(part)
            # What a magic runs is a part of the cell that it is in.
            self._part_of.setdefault(name, len(self._parts) - 1)
            return identifiers("\n".join(self.texts.values()))
        source = source_of(frame)
        self.kind = source.kind
        inputs = prompt_inputs(name) if source.kind == "prompt" else [(name, source.text)]
        for each, text in inputs:
            self._part_of[each] = len(self._parts)
            part = {"text": self.keep(text)}
            if source.kind == "prompt" and (failure := _failed(each)):
                part["failure"] = failure
            self._parts.append(part)
        if len(inputs) == 1 and is_module_level(frame.f_code):
            return names_in(frame.f_code)  # which takes a tenth of the time
        return identifiers("\n".join(text for _, text in inputs))

    def _frame(self, each: UserFrame, outermost: FrameType) -> dict[str, Any]:
        frame = each.frame
        code = frame.f_code
        described: dict[str, Any] = {
            "name": code.co_name,
            "qualname": getattr(code, "co_qualname", code.co_name),  # from Python 3.11 on
            "filename": code.co_filename,
            "module_level": is_module_level(code),
            "direct": each.direct,
            "firstlineno": code.co_firstlineno,
            "arguments": literals(frame, self._secrets),
            **_place(frame),
        }
        if code.co_filename in self._part_of:
            described["part"] = self._part_of[code.co_filename]
        else:
            try:
                source = source_of(frame)
                described["text"] = self.keep(source.text)
            except MissingSourceError as missing:
                described["missing"] = str(missing)
                source = Source("", "")
            if frame.f_globals is not outermost.f_globals:
                described["facts"] = facts(frame.f_globals, identifiers(source.text))
        return described

    def _noted(
        self, noted: Iterable[dict[str, Any]], described: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Returns the reads or saves from code of the texts that the capture has."""
        elsewhere = {each["filename"]: each["text"] for each in described if "text" in each}
        counts = {
            part["count"]: number for number, part in enumerate(self._parts) if "count" in part
        }
        found = []
        for read in list(noted):
            what = dict(read)
            filename, number = what.pop("filename"), what.pop("count")
            if number is not None and number in counts:
                found.append(what | {"part": counts[number]})
            elif number is None and filename in self._part_of:
                found.append(what | {"part": self._part_of[filename]})
            elif filename in elsewhere:
                found.append(what | {"text": elsewhere[filename]})
        return found


def _without(text: str, secret: str) -> str:
    """Returns a program without a secret: as long as it was, so that all is where it was.

    A key, which may be any word, is left out where it is a whole literal.
    """
    if secret not in text:
        return text
    if (url := redact(secret, fill=_blank)) != secret:
        return text.replace(secret, url)
    return re.sub(f"(?<=['\"]){re.escape(secret)}(?=['\"])", _blank(secret), text)


def _blank(secret: str) -> str:
    return "*" * len(secret.encode(errors="surrogateescape"))


def _failed(name: str) -> dict[str, Any] | None:
    """Returns where an input of a prompt failed, if it was the last that did."""
    error = getattr(sys, "last_value", None)
    traceback = getattr(error, "__traceback__", None)
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_code.co_filename == name and is_module_level(frame.f_code):
            return {"line": traceback.tb_lineno, "error": type(error).__name__}
        traceback = traceback.tb_next
    return None


def _namespace(frame: FrameType) -> dict[str, Any]:
    # The two differ in exec with two namespaces, where names are bound in the inner one.
    if is_module_level(frame.f_code) and frame.f_locals is not frame.f_globals:
        return {**frame.f_globals, **frame.f_locals}
    return frame.f_globals


def _place(frame: FrameType) -> dict[str, int | None]:
    """Returns where in its text a frame is."""
    line, end_line, column, end_column = position(frame, frame.f_lasti)
    line = frame.f_lineno if line is None else line
    offset = _cells.line_offset(frame) if _cells.is_cell(frame) else 0
    return {
        "lineno": line + offset,
        "end_lineno": None if end_line is None else end_line + offset,
        "col_offset": column,
        "end_col_offset": end_column,
    }


_reads: collections.deque[dict[str, Any]] = collections.deque(maxlen=_NOTED)
_saves: collections.deque[dict[str, Any]] = collections.deque(maxlen=_NOTED)


def note_read(
    frame: FrameType | None, catalog: str, name: str, asked: int | str | None, version: int
) -> None:
    """Remembers which version a call of ``get`` was given; it never raises.

    Args:
        frame: Of the library, or of what called it.
        catalog: Its id.
        name: The artifact's name.
        asked: The version that was asked for.
        version: The version that was found.
    """
    _note(_reads, frame, {"catalog": catalog, "name": name, "asked": asked, "version": version})


def note_save(frame: FrameType | None, catalog: str, name: str, version: int) -> None:
    """Remembers which version a call of ``save`` has made, if its caller uses it; it never raises.

    Args:
        frame: Of the library, or of what called it.
        catalog: Its id.
        name: The artifact's name.
        version: Its version.
    """
    what = {"catalog": catalog, "name": name, "version": version}
    _note(_saves, frame, what, is_used=True)


def _note(
    noted: collections.deque[dict[str, Any]],
    frame: FrameType | None,
    what: dict[str, Any],
    *,
    is_used: bool = False,
) -> None:
    """Adds where it was to what is noted; with ``is_used``, only if the call's result is used."""
    try:
        caller = caller_of(frame)
        if caller is None or (is_used and is_result_dropped(caller)):
            return
        what |= {
            "filename": caller.f_code.co_filename,
            "count": _cells.count() if _cells.is_cell(caller) else None,
            **_place(caller),
        }
    except Exception:  # noqa: BLE001 - what is read or saved does not fail for want of its place
        return
    if what not in noted:
        noted.append(what)


with contextlib.suppress(Exception):  # whatever IPython is there
    _cells.watch()
