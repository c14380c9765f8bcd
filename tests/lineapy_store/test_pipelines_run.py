"""Pipelines of sessions as people write them: each passes its own test, in a new process."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from lineapy_store import SliceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lineapy_store import Store

LIBRARY = "import lineapy_store as lineapy\n"


@pytest.fixture
def piped(
    ran: Callable[..., Store], tmp_path: Path, run_python: Callable[..., Any]
) -> Callable[..., str]:
    """Runs sessions, then the test of their pipeline, and returns the text of its module."""

    def piped(
        sources: str | list[str], names: list[str], *, undefined: bool = True, **given: Any
    ) -> str:
        sources = [sources] if isinstance(sources, str) else sources
        store = ran(*(LIBRARY + source for source in sources))
        folder = store.to_pipeline(
            names, pipeline_name="it", output_dir=tmp_path / "out", generate_test=True, **given
        )
        for more in ((), ("--ignore-noqa", "--select=F821")) if undefined else ((),):
            check = [sys.executable, "-m", "ruff", "check", "--isolated", *more, str(folder)]
            subprocess.run(check, check=True)  # noqa: S603 - ours
        options = ("-p", "no:cacheprovider", "-p", "no:randomly", "--rootdir", str(folder))
        assert f"{len(names)} passed" in run_python("-m", "pytest", *options, cwd=folder).stdout
        return (folder / "it_module.py").read_text(encoding="utf-8")

    return piped


EXPRESSIONS: dict[str, tuple[str, list[str]]] = {
    "what fit returns": (
        (
            "class Model:\n    def fit(self, rows):\n        self.rows = rows\n"
            "        return self\n\n    def predict(self, rows):\n"
            "        return [row in self.rows for row in rows]\n\n\n"
            "rows = [1, 2]\nmodel = Model()\nlineapy.save(model.fit(rows), 'model')\n"
            "lineapy.save(model.predict([2, 3]), 'predicted')\n"
        ),
        ["model", "predicted"],
    ),
    "what is taken out, and the rest": (
        "x = [1, 2, 3]\nlineapy.save(x.pop(), 'last')\nlineapy.save(x, 'rest')\n",
        ["last", "rest"],
    ),
    "one after the other": (
        "it = iter([4, 5])\nlineapy.save(next(it), 'a')\nlineapy.save(next(it), 'b')\n",
        ["a", "b"],
    ),
    "names that are taken": (
        (
            "x = [1, 2, 3]\nlineapy.save(x.pop(), 'sum')\nlineapy.save(sum(x), 'x')\n"
            "lineapy.save(x.pop(), 'a b')\nlineapy.save(x.pop(), 'a_b')\n"
            "lineapy.save(x * 2, 'copy')\n"
        ),
        ["sum", "x", "a b", "a_b", "copy"],
    ),
}


@pytest.mark.parametrize("source, names", EXPRESSIONS.values(), ids=EXPRESSIONS)  # noqa: PT006 - one text
def test_expressions_that_are_saved(
    piped: Callable[..., str], source: str, names: list[str]
) -> None:
    """What evaluating one does, others may need: it is evaluated once, and handed over."""
    text = piped(source, names)
    assert all(text.count(call) <= source.count(call) for call in ("fit(rows)", "pop()", "next("))


def test_the_models_of_a_library(piped: Callable[..., str]) -> None:
    """The fitted model is one artifact, and what it predicts another."""
    pytest.importorskip("sklearn", reason="its models are what is saved")
    text = piped(
        "from sklearn.linear_model import LinearRegression\n"
        "model = LinearRegression()\nX = [[0.0], [1.0]]\n"
        "lineapy.save(model.fit(X, [0.0, 2.0]), 'model')\n"
        "lineapy.save(model.predict([[2.0]]), 'predicted')\n",
        ["model", "predicted"],
    )
    assert "def get_predicted(model)" in text


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (
            "import builtins\nbuiltins.shown = id\ndef made():\n    shown(1)\n    return 1\n",
            "shown",
        ),
        ("import sys\nsetattr(sys.modules['__main__'], 'late', 1)\nmade = lambda: late\n", "late"),
    ],
)
def test_names_that_the_text_does_not_have(
    ran: Callable[..., Store], lines: str, name: str
) -> None:
    """A module that would not find one is an error that says which, and is never written."""
    store = ran(f"{LIBRARY}{lines}lineapy.save(made(), 'it')\n")
    with pytest.raises(SliceError, match=f"'{name}' has no value in '"):
        store.get_module_definition("it")


def test_names_of_what_has_run_a_session(ran: Callable[..., Store], tmp_path: Path) -> None:
    """The error is the one of the code of the artifact."""
    (tmp_path / "inner.py").write_text(
        f"{LIBRARY}lineapy.save(given + 1, 'it')\n", encoding="utf-8"
    )
    store = ran(
        "source = open('inner.py').read()\n"
        "exec(compile(source, 'inner.py', 'exec'), {'__name__': 'inner', 'given': 1})\n"
    )
    message = "'given' was made by code that is not in the program"
    with pytest.raises(SliceError, match=message):
        store.get("it").get_code()
    with pytest.raises(SliceError, match=message):
        store.get_module_definition("it")


def test_names_that_only_seem_to_have_no_value(piped: Callable[..., str]) -> None:
    """Nobody looks up those in texts; and builtin ones are there again when others are deleted."""
    piped(
        "len = sum\nmade = len([2])\ndel len\nmade += len([2])\n"
        "lineapy.save(made, 'made')\n\n\n"
        "def same(x: 'pd.DataFrame') -> 'np.ndarray':\n    return x\n\n\n"
        "lineapy.save(same(1), 'one')\n",
        ["made", "one"],
        undefined=False,
    )


READS = """\
art = lineapy.get("first")
value = art.get_value()
value.append(5)
lineapy.save(value, "second")
"""


def test_an_artifact_in_a_variable_is_read(
    piped: Callable[..., str], ran: Callable[..., Store]
) -> None:
    """What it was is handed over, in the right order, also where the variable has another one."""
    first = "size = 2\nlineapy.save(list(range(size)), 'first')\n"
    third = """\
art = lineapy.get("second")
print(art.version)
one, other = art.get_value(), art.get_value()
art = lineapy.get("first")


def last():
    found = lineapy.get("second")
    return found.get_value()[-1]


one += [len(other), sum(art.get_value()), last()]
lineapy.save(one, "third")
"""
    names = ["third", "second", "first"]
    text = piped([first, READS, third], names, input_parameters=["size"])
    assert "lineapy_store" not in text.partition('"""\n')[2]
    store = ran()
    code = store.get("third").get_code(use_lineapy_serialization=False)
    assert "lineapy" not in code
    assert store.get_function(names, ["size"])(size=1)["third"] == [0, 5, 2, 0, 5]


def test_what_is_read_from_the_store_all_the_same(
    piped: Callable[..., str], ran: Callable[..., Store]
) -> None:
    """It is made before; a parameter that the reader would not see is an error that says why."""
    first = "size = 2\nlineapy.save(list(range(size)), 'first')\n"
    second = """\
def load(name):
    return lineapy.get(name).get_value()


for name in ("first", "other"):
    value = load(name)
lineapy.save(value, "second")
"""
    text = piped(["lineapy.save([1], 'other')\n", first, second], ["second", "first", "other"])
    calls = text[text.index("def run_all_sessions") :]
    assert calls.index("including_first(") < calls.index("including_second(")
    with pytest.raises(SliceError, match=r"'first' depends on .* of 'second' reads it"):
        ran().get_function(["second", "first"], ["size"])


STEPS = """\
def prepare():
    print("preparing")
    data = [1, 2]
    lineapy.save(data, "data")
    return data


def train(data):
    print("training")
    model = {"sum": sum(data)}
    lineapy.save(model, "model")
    model["later"] = True
    return model


"""
MAIN = """\
def main():
    data = prepare()
    model = train(data)
    score = model["sum"] * 2
    lineapy.save(score, "score")
    return score


"""
NESTED: dict[str, str] = {
    "called by main": f"{STEPS}{MAIN}if __name__ == '__main__':\n    main()\n",
    "called by main, whose result ends the program": f"{STEPS}{MAIN}raise SystemExit(main() - 6)\n",
    "called at the top level": (
        f"{STEPS}data = prepare()\nmodel = train(data)\nlineapy.save(model['sum'] * 2, 'score')\n"
    ),
    "called in what is saved": (f"{STEPS}lineapy.save(train(prepare())['sum'] * 2, 'score')\n"),
    "called by main, which saves first": (
        f"{STEPS}def main():\n    data = prepare()\n    lineapy.save(3 * 2, 'score')\n"
        "    train(data)\n\n\nimport sys\nsys.exit(main())\n"
    ),
    "called by map": (
        f"{STEPS}(model,) = map(train, [prepare()])\nlineapy.save(model['sum'] * 2, 'score')\n"
    ),
    "methods": (
        "class Steps:\n    def __init__(self):\n        print('preparing')\n"
        "        self.data = [1, 2]\n        lineapy.save(self.data, 'data')\n\n"
        "    def train(self):\n        print('training')\n        self.sum = sum(self.data)\n"
        "        for key in ('model', 'other'):\n            lineapy.save([key, self.sum], key)\n"
        "        return self.sum\n\n\n"
        "score = Steps().train() * 2\nlineapy.save(score, 'score')\n"
    ),
}


@pytest.mark.parametrize("source", NESTED.values(), ids=NESTED)
def test_steps_that_functions_save_are_taken_once(
    piped: Callable[..., str], tmp_path: Path, run_python: Callable[..., Any], source: str
) -> None:
    """However many artifacts there are, each function is called as often as in the session."""
    names = ["data", "model", "score"]
    text = piped(source, names)
    assert "save(" not in text
    printed = run_python("it_module.py", cwd=tmp_path / "out").stdout
    assert printed.splitlines()[:-1] == ["preparing", "training"]


def test_what_goes_on_changing_after_it_was_saved(piped: Callable[..., str]) -> None:
    """What is saved in a statement is as it was then."""
    piped(
        "x = [1]\nif x:\n    y = x\n    lineapy.save(x, 'x')\n    y.append(2)\n"
        "lineapy.save(x, 'changed')\n",
        ["x", "changed"],
    )


def test_rounds_that_functions_save_and_others_read(piped: Callable[..., str]) -> None:
    """What one round saved is what is read later, also by the function that went round."""
    names = ["part0", "part1", "total0", "total2", "x1", "total", "result"]
    piped(
        "def step(n):\n    out = [n]\n    lineapy.save(out, f'part{n}')\n    return out\n\n\n"
        "def main():\n    total = []\n    for n in range(3):\n        total += step(n)\n"
        "        lineapy.save(total, f'total{n}')\n"
        "    total.append(lineapy.get('part1').get_value())\n    lineapy.save(total, 'total')\n"
        "    return total\n\n\n"
        "for n in range(3):\n    x = [n]\n    lineapy.save(x, f'x{n}')\n"
        "lineapy.save(main() + lineapy.get('x1').get_value(), 'result')\n",
        names,
    )


def test_functions_and_classes_that_are_saved(piped: Callable[..., str]) -> None:
    """They are the same, though they are in another module, and some of them in functions."""
    piped(
        """\
from dataclasses import dataclass


@dataclass
class Option:
    x: int = 1


@dataclass
class Options:
    option: Option


class Listed:
    known = []

    def __init__(self, x):
        self.x = x
        self.known.append(x)


def adder(a):
    def add(b):
        return a + b

    return add


one = lambda x: x + 1
offset = sum([1, 2])
lineapy.save(one, "one")
lineapy.save([Option, {"one": one, "more": lambda x: x + offset}], "several")
lineapy.save(Options(Option()), "options")
lineapy.save(Options, "class")
lineapy.save(adder(2), "closure")
lineapy.save(Listed(3), "listed")
""",
        ["one", "several", "options", "class", "closure", "listed"],
    )


def test_another_function_is_not_the_same(
    piped: Callable[..., str], tmp_path: Path, run_python: Callable[..., Any]
) -> None:
    """The test of a pipeline fails if a function does something else."""
    text = piped("one = lambda x: x + 1\nlineapy.save([one], 'one')\n", ["one"])
    folder = tmp_path / "out"
    (folder / "it_module.py").write_text(text.replace("x + 1", "x + 1000"), encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        run_python("-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(folder), cwd=folder)


def test_arguments_of_the_command(piped: Callable[..., str]) -> None:
    """The module reads those of its own command, and its test gives it none of pytest's."""
    text = piped(
        "import argparse\nimport sys\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--size', type=int, default=3)\nargs = parser.parse_args()\n"
        "lineapy.save(list(range(args.size)), 'size')\nlineapy.save(len(sys.argv), 'count')\n",
        ["size", "count"],
    )
    assert "arguments of the command" in text[: text.index("import")]


def test_a_command_is_run_as_it_was(
    tmp_path: Path, store: Store, run_python: Callable[..., Any]
) -> None:
    """The test gives the module the session's arguments, and it goes on after a command."""
    pytest.importorskip("click", reason="its commands are what saves")
    (tmp_path / "main.py").write_text("""\
import click
import lineapy_store as lineapy

def fit(rows):
    lineapy.save(sum(rows), "total")
    return rows

@click.command()
@click.argument("numbers", nargs=-1, type=int)
@click.pass_context
def train(context, numbers):
    rows = fit(list(numbers))
    lineapy.save(rows + list(context.params), "rows")

train()
""")
    run_python("main.py", "1", "2")
    folder = store.to_pipeline(
        ["total", "rows"], pipeline_name="it", output_dir=tmp_path / "out", generate_test=True
    )
    options = ("-p", "no:cacheprovider", "-p", "no:randomly", "--rootdir", str(folder))
    assert "2 passed" in run_python("-m", "pytest", *options, cwd=folder).stdout


SHARED = """\
held = {"inner": [1]}
inner = held["inner"]
lineapy.save(inner, "inner")
"""


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("inner.append(2)\nlineapy.save(held, 'after')\n", r"inner.append\(2\)"),
        ("held['inner'].append(2)\nlineapy.save(inner * 2, 'after')\n", r"held\['inner'\]"),
    ],
)
def test_what_is_reused_has_no_other_name(
    ran: Callable[..., Store], lines: str, message: str
) -> None:
    """What is loaded is another object: changes by way of the one that was saved are errors."""
    store = ran(f"{LIBRARY}{SHARED}{lines}")
    with pytest.raises(SliceError, match=f"'inner' cannot be reused: .*{message}.* 'after'"):
        store.get_function(["after"], reuse_pre_computed_artifacts=["inner"])
    assert store.get_function(["after"])() == {"after": store.get("after").get_value()}


def test_what_is_reused_may_be_changed_and_may_have_changed_others(
    piped: Callable[..., str],
) -> None:
    """What it was made of, and what is made of it, are as they were."""
    source = (
        "x = [1, 2]\nlineapy.save(x.pop(), 'last')\nlineapy.save(x, 'rest')\ny = [*x]\n"
        "lineapy.save(y, 'y')\ny.append(3)\nlineapy.save(y, 'more')\n"
    )
    text = piped(source, ["rest", "more"], reuse_pre_computed_artifacts=["last", "y"])
    assert 'get("y")' in text
    assert "[*x]" not in text


def test_names_that_the_module_has_itself(piped: Callable[..., str]) -> None:
    """Functions of the session are not written over by those that make the artifacts."""
    piped(
        "def get_model(n):\n    return [n]\n\n\n"
        "def run_session_including_model():\n    return 3\n\n\n"
        "def artifacts():\n    return 1\n\n\n"
        "model = get_model(run_session_including_model()) + [artifacts()]\n"
        "lineapy.save(model, 'model')\nlineapy.save([1], 'get_model')\n"
        "lineapy.save([2], 'run_all_sessions')\n",
        ["model", "get_model", "run_all_sessions"],
    )


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        (
            ["def run_all_sessions():\n    return 1\n\n\nlineapy.save(run_all_sessions(), 'a')\n"],
            "'a' has a 'run_all_sessions' of its own",
        ),
        (
            [
                (
                    "def bump():\n    global count\n    count += 1\n\n\ncount = 0\nbump()\n"
                    "lineapy.save(count, 'a')\n"
                ),
                "def count():\n    return 5\n\n\nlineapy.save(count(), 'b')\n",
            ],
            "'a' set the global variable 'count'",
        ),
    ],
)
def test_names_with_two_meanings(
    ran: Callable[..., Store], sources: list[str], message: str
) -> None:
    """One name of the module cannot be two things."""
    store = ran(*(LIBRARY + source for source in sources))
    with pytest.raises(SliceError, match=message):
        store.get_function(["a", "b"][: len(sources)])


def test_what_a_session_reads_is_reused(
    piped: Callable[..., str], ran: Callable[..., Store]
) -> None:
    """It is read from the store, in the newest version or the one that is asked for."""
    sources = [
        "lineapy.save([1, 2], 'features')\n",
        (
            "art = lineapy.get('features')\nfeatures = art.get_value()\n"
            "lineapy.save(sum(features), 'model')\n"
        ),
    ]
    text = piped(sources, ["model"], reuse_pre_computed_artifacts=["features"])
    assert "get_features" not in text
    assert 'get("features")' in text
    store = ran()
    both = store.get_function(["model", "features"], reuse_pre_computed_artifacts=["features"])
    first = store.get_function(["model"], reuse_pre_computed_artifacts=[("features", 0)])
    newest = store.get_function(["model"], reuse_pre_computed_artifacts=["features"])
    store.save([10], "features")
    with store.activate():
        assert both() == {"features": [10], "model": 10}
        assert first() == {"model": 3}
        assert newest() == {"model": 10}


def test_imports_from_the_package_of_a_session(
    store: Store, tmp_path: Path, run_python: Callable[..., Any]
) -> None:
    """The module has the package's name, and runs where that can be imported."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    (tmp_path / "package" / "helper.py").write_text("def twice(x):\n    return x * 2\n")
    (tmp_path / "package" / "train.py").write_text(
        f"from . import helper\nfrom .helper import twice\n{LIBRARY}"
        "lineapy.save(helper.twice(twice(3)), 'it')\n"
    )
    run_python("-m", "package.train")
    text = store.get_module_definition(["it"])
    assert "from package import helper\nfrom package.helper import twice\n" in text
    (tmp_path / "it_module.py").write_text(text)
    assert run_python("it_module.py").stdout == "{'it': 12}\n"


def test_imports_from_a_package_that_is_not_known(ran: Callable[..., Store]) -> None:
    """A module that could not be imported is an error, and the error shows the import."""
    store = ran(
        f"{LIBRARY}def later():\n    from . import helper\n    return helper\n\n\n"
        "lineapy.save([later], 'it')\n"
    )
    with pytest.raises(SliceError, match=r"cannot have 'from \. import helper'"):
        store.get_module_definition(["it"])


def test_imports_that_others_must_come_before(piped: Callable[..., str]) -> None:
    """What a module gives all its names after is not moved behind that."""
    piped(
        "try:\n    import a_module_that_nobody_has as json\nexcept ImportError:\n    import json\n"
        "from math import *\nlineapy.save([sqrt(4), json.dumps(3)], 'x')\n"
        "lineapy.save(cos(0), 'y')\n",
        ["x", "y"],
        undefined=False,
    )


ROUNDS = """\
flag = bool([1])
if flag:
    kind = "a"
first, second = 1, 2
names = [str(n) for n in range(3)]
count = 0
for name in names:
    if name:
        kind = "x"
        count += len(name + kind) + first
lineapy.save(count, "count")
found = []
for name in names:
    if name:
        kind = name * 2
        found.append(kind)
lineapy.save(found, "found")
"""


def test_variables_of_loops_and_branches(piped: Callable[..., str]) -> None:
    """What each function sets before it reads it is nobody else's."""
    text = piped(ROUNDS, ["count", "found"])
    assert "global" not in text
    assert "def get_found(names)" in text


@pytest.mark.parametrize(
    ("names", "parameter", "message"),
    [
        (["count", "both"], "kind", 'more than once: kind = "a"; kind = "x"'),
        (["count"], "first", "gives several variables a value: first, second = 1, 2."),
        (["both"], "kind", "is given a value inside another statement, 'if flag:': kind = \"a\"."),
        (["found"], "count", "nothing that makes the artifacts needs it"),
        (["found"], "secund", "give it a value. These can be"),
        (["found"], "fund", "give it a value; did you mean 'found'? These can be"),
    ],
)
def test_what_is_said_of_a_parameter(
    ran: Callable[..., Store], names: list[str], parameter: str, message: str
) -> None:
    """The reason is the one that there is, in the words of the session."""
    both = "both = kind + 'b' if flag else ''\nlineapy.save(both, 'both')\n"
    store = ran(LIBRARY + ROUNDS.replace("names =", f"{both}names ="))
    with pytest.raises(SliceError, match=re.escape(message)):
        store.get_function(names, [parameter])


WHAT_A_SAVE_GIVES = (
    "numbers = [1]\nkept = lineapy.save(numbers, 'numbers')\nvalue = kept.get_value() + [2]\n"
    "lineapy.save(value, 'value')\n"
)


def test_what_a_save_gives_is_read(piped: Callable[..., str], store: Store) -> None:
    """A pipeline reads what a save returned that is not its own, and saves nothing."""
    text = piped(WHAT_A_SAVE_GIVES, ["value"])
    assert 'lineapy.get("numbers", version=0)' in text
    assert [each.version for each in store.artifact_store()] == [0, 0]


def test_what_its_own_save_gives_is_refused(ran: Callable[..., Store], tmp_path: Path) -> None:
    """It would save whenever it is run; the message says how to write it instead."""
    store = ran(LIBRARY + WHAT_A_SAVE_GIVES)
    with pytest.raises(SliceError, match=r"would save again whenever it is run: .*numbers"):
        store.to_pipeline(["numbers", "value"], output_dir=tmp_path / "out")
