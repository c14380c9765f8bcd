"""Generated programs as pipelines: some of their variables are saved on the way.

``python tests/plugins/programs_as_pipelines.py 5000`` makes functions of that many, and compares.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import io
import random
import sys
import time
import types
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lineapy_store.comparison import differences
from lineapy_store.pipelines._layout import Target, lay_out
from lineapy_store.pipelines._module import Names, functions_of
from lineapy_store.pipelines._pipeline import module_text, names_of
from lineapy_store.pipelines._sessions import without_main_guard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.plugins.programs import generate, run, variables
else:
    from programs import generate, run, variables

_MODULE = "generated_pipeline"
#: What comparing finds where functions and classes are the same, but made in a function; where an
#: iterator that goes backwards has been copied at its end; and the state of classes, which is one
#: for all copies of their instances.
_OF_THE_PLACE = (
    *("__module__", "__qualname__", "__closure__", "__globals__", ".__class__."),
    *("co_code", "co_flags", "co_freevars", "co_names", "reverseiterator"),
)


@dataclass
class Saving:
    """A program that saves some of its variables.

    Attributes:
        source: Its text, with the markers.
        targets: What it saves.
        values: What it saves, by name.
    """

    source: str
    targets: list[Target] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)


def saving(seed: int) -> Saving | None:
    """Return the generated program of a seed, saving one to three variables.

    It is None where the program cannot be run, or has nothing to save.
    """
    rng = random.Random(seed)  # noqa: S311 - the same at each call
    source = generate(seed, 5 + seed % 30)
    lines = source.splitlines(keepends=True)
    ends = [statement.end_lineno or 0 for statement in ast.parse(source).body]
    places = range(len(ends) // 2, len(ends))
    found = Saving("")
    begin = 0
    chosen = sorted(rng.sample(places, min(rng.choice([1, 2, 2, 3]), len(places))))
    for place in chosen:
        found.source += "".join(lines[begin : ends[place]])
        begin = ends[place]
        try:
            namespace = run(found.source)
        except Exception:  # noqa: BLE001 - it depended on what an omitted statement left behind
            return None
        names = [
            name
            for name in variables(namespace)
            if not name.startswith("_") and _is_copied(namespace[name])
        ]
        if names:
            name = rng.choice(sorted(names))
            target = Target(name=f"saved {len(found.targets)}", marker=f"_lineapy_{place}_")
            found.source += f"{target.marker} = {name}\n"
            found.targets.append(target)
            found.values[target.name] = copy.deepcopy(namespace[name])
    found.source += "".join(lines[begin:])
    return found if found.targets else None


def _is_copied(value: Any) -> bool:
    """Return whether a copy of a value can be had, and has nothing in common with it."""
    if hasattr(value, "__next__") or callable(value):
        return False
    try:
        copy.deepcopy(value)
    except TypeError:
        return False
    return True


def text_of(saved: Saving, *, parameters: Sequence[str] = ()) -> str:
    """Return the module that makes what a program saves."""
    layout = lay_out(saved.source, saved.targets, {}, parameters=parameters)
    names = Names(taken={"run_all_sessions", *names_of(layout)})
    functions = functions_of(layout, names)
    wanted = [target.name for target in saved.targets]
    return module_text([functions], parameters, names, wanted, {})


def problems(saved: Saving) -> list[str]:
    """Return what is wrong about what the module makes."""
    text = text_of(saved)
    module = sys.modules[_MODULE] = types.ModuleType(_MODULE)
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(text, _MODULE, "exec"), module.__dict__)  # noqa: S102 - ours
        made = module.run_all_sessions()
    for each in vars(module).values():
        if getattr(each, "__module__", None) == _MODULE:
            each.__module__ = "__main__"
    return [
        f"{name}{each}\n{text}"
        for name, value in saved.values.items()
        for each in differences(value, made[name])
        if not any(word in str(each) for word in _OF_THE_PLACE) and "<locals>" not in str(each)
    ]


def script_of_functions(source: str, variable: str) -> str:
    """Return a script that makes a variable of another script by the functions made of that.

    Some variables that are set before are artifacts, too, so that there is something to cut.
    """
    source = without_main_guard(source if source.endswith("\n") else f"{source}\n")
    lines = source.splitlines(keepends=True)
    targets = []
    for number, statement in enumerate(ast.parse(source).body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value, end_lineno=end):
                is_plain = isinstance(value, (ast.List, ast.Dict, ast.Constant, ast.ListComp))
                if is_plain and name != variable and ";" not in lines[(end or 0) - 1]:
                    target = Target(name=f"extra {number}", marker=f"_lineapy_{number}_")
                    lines[(end or 0) - 1] += f"{target.marker} = {name}\n"
                    targets.append(target)
    targets.append(Target(name="it", marker="_lineapy_"))
    text = text_of(Saving(f"{''.join(lines)}_lineapy_ = {variable}\n", targets))
    return f"{text.partition('if __name__ ==')[0]}{variable} = run_all_sessions()['it']\n"


def check(seeds: range) -> tuple[int, list[str]]:
    """Return how many programs of some seeds there are, and what is wrong about them."""
    count, found = 0, []
    for seed in seeds:
        saved = saving(seed)
        if saved is None:
            continue
        count += 1
        try:
            found += problems(saved)[:1]
        except Exception as error:  # noqa: BLE001 - any is wrong
            found.append(f"seed {seed}: {error!r}\n{saved.source}")
    return count, found


def main(arguments: Sequence[str] | None = None) -> None:
    """Check many programs on two processes, and print what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=1000, help="how many programs")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    seeds = range(options.start, options.start + options.count)
    parts = [seeds[first : first + 50] for first in range(0, len(seeds), 50)]
    total, wrong = 0, []
    with ProcessPoolExecutor(2) as pool:
        for count, found in pool.map(check, parts):
            total += count
            wrong += found
    sys.stdout.write("\n\n".join(sorted(wrong, key=len)[:1]))
    seconds = time.perf_counter() - started
    sys.stdout.write(f"{total} programs: {len(wrong)} wrong, in {seconds:.0f} s\n")


if __name__ == "__main__":
    main()
