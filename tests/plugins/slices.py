"""Whether a slice is right: it and the whole script are run, and make the same value.

Each run has a process of its own, which a server forks that has imported the large libraries and
runs nobody's code: no module, option, environment variable or random state is left from another
run, and a run costs milliseconds instead of an interpreter with pandas.

``python tests/plugins/slices.py [PATTERN]`` checks the corpus, or the part with that in the name;
with ``--shipped 200``, as many example scripts of each package that ships some, for all variables.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import importlib
import io
import itertools
import linecache
import os
import pickle
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import types
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from tests.plugins.cutting import slice_of
    from tests.plugins.examples import of_all_packages, variables
else:
    from cutting import slice_of

    from examples import of_all_packages, variables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Slicer = Callable[..., str]
    Status = Literal[
        "correct", "wrong", "raised", "slicer raised", "not repeatable", "script raised"
    ]

CORPUS = Path(__file__).parents[1] / "slicing" / "corpus"
#: Seconds; what takes longer is killed.
_LIMIT = 60
#: Bytes, which a loop without an end would otherwise fill a machine with.
_MEMORY = 8 << 30
_SHOWN = 10
_SHARE = 50  # scripts that one process checks, before it begins with others
#: Of a script that needs a file, or does not make the same twice.
_NOT_JUDGED = ("script raised", "not repeatable")
_LENGTH = 8
#: What a server imports before anything is run. To fork a process takes the longer, the more it
#: has in memory: a script has the first one that has what it imports.
_SERVERS: dict[str, tuple[str, ...]] = {
    "plain": (),
    "data": ("numpy", "pandas"),
    "models": (
        *("numpy", "pandas", "scipy.stats", "scipy.optimize", "sklearn.ensemble"),
        *("sklearn.linear_model", "sklearn.model_selection", "sklearn.pipeline"),
        *("statsmodels.api", "matplotlib.pyplot", "xgboost"),
    ),
}
_DATA = re.compile(r"\b(numpy|pandas)\b")
_MODELS = re.compile(r"\b(scipy|sklearn|statsmodels|matplotlib|xgboost|seaborn)\b")
_ENVIRONMENT = {
    # A process with threads is not forked safely.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "Agg",
    "PYTHONHASHSEED": "0",
}


@dataclass(frozen=True)
class Result:
    """What came of one slice.

    Attributes:
        status: What it is; ``not repeatable`` if the script itself doesn't make the value twice.
        detail: The differences, or the traceback.
        text: The slice, if there is one.
    """

    status: Status
    detail: str = ""
    text: str = ""

    def __str__(self) -> str:
        """Returns all that there is to know."""
        return f"{self.status}\n{self.detail}\n--- slice ---\n{self.text}"


@dataclass(frozen=True)
class Script:
    """A script of the corpus, and the variables of which it is sliced."""

    path: Path
    source: str
    targets: tuple[str, ...]


def read_script(path: Path) -> Script:
    """Return the script in a file, whose first line names the targets."""
    source = path.read_text(encoding="utf-8")
    first = source.partition("\n")[0]
    if not first.startswith("# target: "):
        raise ValueError(f"the first line of {path.name} is not '# target: x', but {first!r}")
    targets = tuple(name.strip() for name in first.removeprefix("# target: ").split(","))
    return Script(path, source, targets)


def corpus(pattern: str = "") -> list[Script]:
    """Return the scripts of the corpus with some text in their names, in order."""
    return [read_script(path) for path in sorted(CORPUS.glob("*.py")) if pattern in path.stem]


class Slices:
    """Checks slices, in processes that it starts when they are needed."""

    def __init__(self, folder: Path, limit: int = _LIMIT) -> None:
        """Make none yet.

        Args:
            folder: Where scripts are run, one at a time, in a folder that is new for each.
            limit: After how many seconds a script is killed.
        """
        self._folder = folder
        self._limit = limit
        self._servers: dict[str, subprocess.Popen[bytes]] = {}

    def close(self) -> None:
        """End the servers."""
        for server in self._servers.values():
            with server:
                pass  # closes its input, on which it ends
        self._servers.clear()

    def check(
        self,
        source: str,
        targets: Sequence[str],
        slicer: Slicer = slice_of,
        *,
        facts: bool = False,
    ) -> dict[str, Result]:
        """Return what comes of the slice of each target.

        Args:
            source: A script.
            targets: Names of its variables.
            slicer: What makes a slice of a script and a target.
            facts: Whether it also gets, as ``facts``, what was seen of the live variables.
        """
        first, second = (self._run(source, targets, facts=facts) for _ in range(2))
        if facts and not first["error"]:
            slicer = functools.partial(slicer, facts=first["facts"])
        for run in (first, second):
            if run["error"]:
                return dict.fromkeys(targets, Result("script raised", run["error"]))
        return {
            target: self._check(source, target, slicer, first["values"], second["values"])
            for target in targets
        }

    def _check(
        self,
        source: str,
        target: str,
        slicer: Slicer,
        first: dict[str, bytes | None],
        second: dict[str, bytes | None],
    ) -> Result:
        if target not in first:
            return Result("script raised", f"NameError: {target}")
        detail = self._differences((source, first), (source, second), target)
        if detail:
            return Result("not repeatable", detail)
        try:
            text = slicer(source, target)
        except Exception:  # noqa: BLE001 - whatever it is, is the result
            return Result("slicer raised", traceback.format_exc())
        run = self._run(text, [target])
        if run["error"]:
            return Result("raised", run["error"], text)
        detail = self._differences((source, first), (text, run["values"]), target)
        return Result("wrong" if detail else "correct", detail, text)

    def makes(self, source: str, target: str) -> Callable[[str], bool] | None:
        """Return what tells whether a text makes the value that a script makes.

        Returns:
            None if the script raises, or does not make the value twice.
        """
        first = self._run(source, [target])

        def makes_it(text: str) -> bool:
            run = self._run(text, [target])
            if run["error"]:
                return False
            return not self._differences((source, first["values"]), (text, run["values"]), target)

        if first["error"] or target not in first["values"] or not makes_it(source):
            return None
        return makes_it

    def _differences(
        self,
        left: tuple[str, dict[str, bytes | None]],
        right: tuple[str, dict[str, bytes | None]],
        target: str,
    ) -> str:
        """Returns what differs between the values of two runs, as lines; empty if nothing does."""
        if target not in right[1]:
            return f"NameError: {target}"
        ours, theirs = left[1][target], right[1][target]
        if ours is not None and ours == theirs:
            return ""
        sources = left[0], right[0]
        found = None
        if ours is not None and theirs is not None:
            found = self._ask(sources, {"do": "compare", "pickles": (ours, theirs)})["found"]
        if found is None:
            request = {"do": "compare runs", "sources": sources, "target": target}
            found = self._ask(sources, request)["found"]
        return "\n".join(found)

    def _run(self, source: str, names: Sequence[str], *, facts: bool = False) -> dict[str, Any]:
        request = {"do": "run", "source": source, "names": names, "facts": facts}
        return self._ask([source], request)

    def _ask(self, sources: Sequence[str], request: dict[str, Any]) -> dict[str, Any]:
        kind = "plain"
        if any(_DATA.search(source) for source in sources):
            kind = "data"
        if any(_MODELS.search(source) for source in sources):
            kind = "models"
        if kind not in self._servers:
            self._servers[kind] = subprocess.Popen(  # noqa: S603 - this file
                [sys.executable, __file__, "--serve", kind],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=os.environ | _ENVIRONMENT,
            )
        server = self._servers[kind]
        assert server.stdin
        assert server.stdout
        _send(server.stdin, request | {"folder": str(self._folder), "limit": self._limit})
        answer: dict[str, Any] | None = _receive(server.stdout)
        if answer is None:
            raise RuntimeError("the server of scripts has ended")
        return answer


@pytest.fixture(scope="session")
def slices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slices]:
    """Checks slices; its processes are shared by the tests of a worker."""
    with contextlib.closing(Slices(tmp_path_factory.mktemp("slices"))) as running:
        yield running


def _send(file: IO[bytes], message: object) -> None:
    content = pickle.dumps(message)
    file.write(len(content).to_bytes(_LENGTH, "big") + content)
    file.flush()


def _receive(file: IO[bytes]) -> Any:
    """Returns the next message, or None at the end."""
    length = file.read(_LENGTH)
    if len(length) < _LENGTH:
        return None
    content = file.read(int.from_bytes(length, "big"))
    return pickle.loads(content)  # noqa: S301 - from our own process


# ------------------------------------------------------------------------------------- the server


def _serve(kind: str) -> None:
    """Answer requests from the standard input, each in a process of its own."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    importlib.import_module("cloudpickle")
    importlib.import_module("lineapy_store.comparison")
    for name in _SERVERS[kind]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    while (request := _receive(requests)) is not None:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            with os.fdopen(writing, "wb") as file:
                os.setsid()
                signal.alarm(request["limit"])
                resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
                os.dup2(nothing, 2)
                _send(file, _answer(request))
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as file:
            answer = _receive(file)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # with what the script has started
        os.waitpid(child, 0)
        died = {"error": "the process has died, or took too long", "found": ["no answer"]}
        _send(answers, answer or died)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    folder = request["folder"]
    if request["do"] == "run":
        try:
            namespace = _run_script(request["source"], folder)
        except BaseException:  # noqa: BLE001 - whatever it is, is the result
            return {"error": traceback.format_exc(), "values": {}}
        seen = _facts(namespace, request["source"]) if request["facts"] else {}
        _keep_modules(folder)
        names = [name for name in request["names"] if name in namespace]
        values = {name: _pickled(namespace[name]) for name in names}
        return {"error": "", "values": values, "facts": seen}
    try:
        if request["do"] == "compare":
            left, right = (pickle.loads(each) for each in request["pickles"])  # noqa: S301
        else:
            left, right = (
                _run_script(source, folder)[request["target"]] for source in request["sources"]
            )
    except BaseException:  # noqa: BLE001 - the values have to be compared in another way
        return {"found": None if request["do"] == "compare" else [traceback.format_exc()]}
    if isinstance(left, types.GeneratorType) and isinstance(right, types.GeneratorType):
        # Whatever else they are, they are what they still yield.
        left, right = (list(itertools.islice(each, 1000)) for each in (left, right))
    comparison: Any = importlib.import_module("lineapy_store.comparison")
    found = itertools.islice(comparison.differences(left, right), _SHOWN)
    return {"found": [str(each) for each in found]}


def _run_script(source: str, folder: str) -> dict[str, Any]:
    """Run a script in a new folder, and return its variables."""
    shutil.rmtree(folder, ignore_errors=True)
    Path(folder).mkdir(parents=True)
    os.chdir(folder)
    random.seed()  # not with what the server has, which would make any draw the same in all runs
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    path = f"{folder}/script.py"
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=__builtins__)
    sys.modules["__main__"] = main
    sys.path[0] = folder
    sys.argv = [path]
    # For tracebacks, and what reads its own source.
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    code = compile(source, path, "exec", dont_inherit=True)
    with contextlib.suppress(SystemExit):
        exec(code, main.__dict__)  # noqa: S102 - that is what this is for
    return main.__dict__


def _facts(namespace: dict[str, Any], source: str) -> dict[str, Any]:
    module: Any = importlib.import_module("lineapy_store.slicing._facts")
    facts: dict[str, Any] = module.facts(namespace, module.identifiers(source))
    return facts


def _keep_modules(folder: str) -> None:
    """Have modules that the script has written pickled as they are: they are gone with it."""
    cloudpickle = importlib.import_module("cloudpickle")
    for module in list(sys.modules.values()):
        if str(getattr(module, "__file__", None)).startswith(folder):
            with contextlib.suppress(Exception):
                cloudpickle.register_pickle_by_value(module)


def _pickled(value: object) -> bytes | None:
    """The value as bytes; nothing if that cannot be."""
    cloudpickle = importlib.import_module("cloudpickle")
    content = io.BytesIO()
    try:
        cloudpickle.dump(value, content)
    except Exception:  # noqa: BLE001 - anything that a user's class can raise
        return None
    return content.getvalue()


# ------------------------------------------------------------------------------------- the corpus


def shipped(count: int, seed: int) -> list[Script]:
    """Return some example scripts of each package that ships some, with all their variables."""
    return [
        Script(Path(one.name), one.source, tuple(variables(one.source)))
        for one in of_all_packages(count, seed=seed)
    ]


def _check_share(scripts: Sequence[Script], *, facts: bool) -> list[tuple[str, str, Result]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(Slices(Path(folder) / "run")) as slices,
    ):
        return [
            (script.path.stem, target, result)
            for script in scripts
            for target, result in slices.check(script.source, script.targets, facts=facts).items()
        ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Check the corpus on two processes, and print what is not correct."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pattern", nargs="?", default="", help="text in the names of the scripts")
    parser.add_argument("-v", "--verbose", action="store_true", help="print slices and tracebacks")
    parser.add_argument("--facts", action="store_true", help="slice with facts on live variables")
    parser.add_argument("--shipped", type=int, help="so many scripts of each package instead")
    parser.add_argument("--seed", type=int, default=0, help="which of them")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        _serve(options.serve)
        return
    started = time.perf_counter()
    with ProcessPoolExecutor(2) as pool:
        scripts = corpus(options.pattern)
        if options.shipped:
            scripts = shipped(options.shipped, options.seed)
        shares = [scripts[first : first + _SHARE] for first in range(0, len(scripts), _SHARE)]
        check = functools.partial(_check_share, facts=options.facts)
        results = sorted(
            (result for share in pool.map(check, shares) for result in share),
            key=lambda each: each[:2],
        )
    say = sys.stdout.write
    counts: dict[str, int] = {}
    for name, target, result in results:
        counts[result.status] = counts.get(result.status, 0) + 1
        if result.status not in ("correct", *(_NOT_JUDGED if options.shipped else ())):
            lines = result.detail.strip().splitlines() or [""]
            detail = lines[-1 if "raised" in result.status else 0]
            say(f"{result.status:14} {name} {target}: {detail[:150]}\n")
            if options.verbose:
                say(f"{result}\n\n")
    total = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    judged = len(results) - sum(counts.get(status, 0) for status in _NOT_JUDGED)
    correct = 100 * counts.get("correct", 0) / max(judged, 1)
    seconds = time.perf_counter() - started
    say(f"{len(results)} slices: {total or 'none'}; {correct:.1f} % correct")
    say(f" of the {judged} whose scripts make the value twice, in {seconds:.0f} s\n")


if __name__ == "__main__":
    main()
