"""What a check comes to: a result, and for a failure the text that answers what is wrong."""

from __future__ import annotations

import contextlib
import dataclasses
import sysconfig
import traceback
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lineapy_store.comparison import Difference

_SHOWN = 10
_LINES_OF_CODE = 15
_PACKAGES = ("pytest_lineapy", "lineapy_store")


@dataclasses.dataclass(frozen=True)
class CheckResult:
    """What one check of one model with one backend came to.

    Attributes:
        check: Its name, such as ``predictions``.
        status: ``"passed"``, ``"failed"`` or ``"skipped"``.
        seconds: How long it took, without what the model's checks have in common.
        detail: What is wrong, or why it was skipped; empty if it passed.
        model: The name of the model case.
        backend: ``"lineapy"`` or ``"mlflow"``.
    """

    check: str
    status: str
    seconds: float
    detail: str
    model: str
    backend: str


class RoundtripError(AssertionError):
    """A model does not survive the round trip; the message says what is lost, and where."""

    __module__ = "pytest_lineapy"


class Failed(Exception):  # noqa: N818 - an outcome, as in pytest
    """A check does not hold.

    Args:
        what: A clause, such as "the predictions differ".
        lines: The evidence, a line each.
        sides: What left and right stand for in them.
        causes: What usually causes it, besides what is usual for the check.
        code: What has been run, if it is the user's own.
    """

    def __init__(
        self,
        what: str,
        lines: Sequence[str] = (),
        *,
        sides: str = "",
        causes: Sequence[str] = (),
        code: str = "",
    ) -> None:
        super().__init__(what)
        self.what = what
        self.lines = list(lines)
        self.sides = sides
        self.causes = list(causes)
        self.code = code


class Skipped(Exception):  # noqa: N818 - an outcome, as in pytest
    """A check has nothing to look at; the message says why."""


def require_equal(what: str, found: Sequence[Difference], *, sides: str) -> None:
    """Fail with the differences, if there are any.

    Raises:
        Failed: There are.
    """
    if found:
        raise Failed(what, [str(each) for each in found], sides=sides)


@contextlib.contextmanager
def failing(what: str) -> Iterator[None]:
    """Turn whatever is raised inside into a failure of the check.

    Args:
        what: A clause, such as "it cannot be loaded".

    Raises:
        Failed: Something is raised that is no outcome of a check itself.
    """
    try:
        yield
    except (Failed, Skipped):
        raise
    except Exception as error:  # noqa: BLE001 - the user's classes raise what they like
        raise Failed(what, describe(error)) from None


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Let no warning of the model's or of MLflow's be an error, as it is in strict suites."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def describe(error: BaseException) -> list[str]:
    """Return an exception as lines: what it says, and where in code that is not ours it began."""
    lines = "".join(traceback.format_exception_only(type(error), error)).splitlines()
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not is_a_librarys(frame.filename)
    ]
    if frames:
        last = frames[-1]
        lines.append(f"raised in {last.filename}:{last.lineno}, {last.name}()")
    return lines


def is_a_librarys(file: str) -> bool:
    """Return whether code is Python's, ours or installed, and not what the user wrote."""
    path = Path(file).as_posix()
    folders = (sysconfig.get_path("stdlib"), *(f"/{package}/" for package in _PACKAGES))
    return path.startswith("<") or any(part in path for part in ("/site-packages/", *folders))


def report(failure: Failed, *, model: str, backend: str, check: str, causes: Sequence[str]) -> str:
    """Return a failure as it is shown to the user."""
    text = [f"{model}: {failure.what} (check {check!r}, backend {backend!r})", ""]
    text += (f"  {line}" for line in failure.lines[:_SHOWN])
    if len(failure.lines) > _SHOWN:
        text.append(f"  ... and {len(failure.lines) - _SHOWN} more")
    if failure.sides:
        text += ["", f"  ({failure.sides})"]
    if failure.code:
        code = failure.code.splitlines()
        text += ["", "  The code:", ""]
        if len(code) > _LINES_OF_CODE:
            text.append(f"    # {len(code) - _LINES_OF_CODE} lines before these")
        text += (f"    {line}" for line in code[-_LINES_OF_CODE:])
    usual = [*failure.causes, *causes]
    if usual:
        text += ["", "  What usually causes this:", *(f"  - {cause}" for cause in usual)]
    return "\n".join(text).rstrip()
