"""Artifacts as functions, modules and pipelines: what is written, and that it makes them again."""

from __future__ import annotations

import inspect
import json
import shutil
import subprocess
import sys
import venv
from typing import TYPE_CHECKING, Any

import pytest

import lineapy_store
from lineapy_store import ArtifactNotFoundError, ConfigurationError, SliceError, Store, differences

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCRIPT = """\
import lineapy_store as lineapy
import math

size = 4
numbers = list(range(size))
print("noise")
half = [number / 2 for number in numbers]
lineapy.save(half, "half")
roots = {number: math.sqrt(number) for number in numbers}
lineapy.save(max(roots), "largest")
total = sum(half)
lineapy.save(total, "total")
half.append(total)
"""


def assert_made_again(store: Store, names: list[str], **given: Any) -> None:
    """Compare what the functions of artifacts make with what was saved."""
    made = store.get_function(names, **given)()
    for each in (name for name in names if isinstance(name, str)):
        assert differences(store.get(each).get_value(), made[each]) == []


def test_one_function_for_each_artifact(ran: Callable[..., Store]) -> None:
    """What several artifacts need is made once; arguments are what comes from earlier functions."""
    assert (
        ran(SCRIPT).get_module_definition(["half", "largest", "total"], ["size"])
        == '''\
"""Makes the artifacts 'half', 'largest' and 'total'."""

import math


def get_numbers_for_artifact_half_and_downstream(size):
    """Return what the artifacts 'half', 'largest' and 'total' have in common."""
    numbers = list(range(size))
    return numbers


def get_half(numbers):
    """Return the artifact 'half'."""
    half = [number / 2 for number in numbers]
    return half


def get_largest(numbers):
    """Return the artifact 'largest'."""
    roots = {number: math.sqrt(number) for number in numbers}
    largest = max(roots)
    return largest


def get_total(half):
    """Return the artifact 'total'."""
    total = sum(half)
    return total


def run_session_including_half(size=4):
    """Return the artifacts of one session by their names."""
    artifacts = {}
    numbers = get_numbers_for_artifact_half_and_downstream(size)
    half = get_half(numbers)
    artifacts["half"] = half
    largest = get_largest(numbers)
    artifacts["largest"] = largest
    total = get_total(half)
    artifacts["total"] = total
    return artifacts


def run_all_sessions(size=4):
    """Return all artifacts by their names."""
    artifacts = {}
    artifacts.update(run_session_including_half(size=size))
    return artifacts


if __name__ == "__main__":
    print(run_all_sessions())
'''
    )


def test_parameters_take_the_place_of_literals(ran: Callable[..., Store]) -> None:
    """The function makes what was saved, and something else for other arguments."""
    make = ran(SCRIPT).get_function(["total", "largest"], ["size"])
    assert make() == {"total": 3.0, "largest": 3}
    assert make(size=11) == {"total": 27.5, "largest": 10}


def test_the_default_of_a_parameter_is_never_changed(ran: Callable[..., Store]) -> None:
    """Each run begins with the list as it was written, and arguments stay as they are."""
    make = ran("""\
import lineapy_store as lineapy
names = ["a"]
names.append("b")
lineapy.save(names, "names")
""").get_function("names", "names")
    given = ["x"]
    assert [make(), make(), make(names=given)] == [
        {"names": ["a", "b"]},
        {"names": ["a", "b"]},
        {"names": ["x", "b"]},
    ]
    assert given == ["x"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (["sise"], r"'sise' .*does not give it a value; did you mean 'size'\?.*size"),
        (["numbers"], r"not a literal: numbers = list\(range\(size\)\)"),
        (["size", "size"], "'size' twice"),
        (["math"], "not a literal: import math"),
    ],
)
def test_parameters_that_cannot_be(
    ran: Callable[..., Store], parameters: list[str], message: str
) -> None:
    """An unknown parameter is an error with the nearest one, another says what is in the way."""
    with pytest.raises(SliceError, match=message):
        ran(SCRIPT).get_function(["half", "largest"], parameters)


def test_a_parameter_that_the_body_of_a_class_has_too(ran: Callable[..., Store]) -> None:
    """It would not be found there, in a function: that is an error, too."""
    store = ran("""\
import lineapy_store as lineapy
rate = 2
class Config:
    rate = rate
lineapy.save([Config.rate], "it")
""")
    with pytest.raises(SliceError, match="'rate' cannot be a parameter"):
        store.get_function("it", "rate")
    assert_made_again(store, ["it"])


def test_ambiguous_parameters(ran: Callable[..., Store]) -> None:
    """The error says where the values are, in one session or in several."""
    one = "import lineapy_store as lineapy\nsize = 3\nlineapy.save([size], 'one')\n"
    other = one.replace("one", "other").replace("3", "4")
    twice = "import lineapy_store as lineapy\nsize = 3\nsize += 1\nlineapy.save([size], 'twice')\n"
    store = ran(one, other, twice)
    with pytest.raises(SliceError, match="2 sessions give it a value: size = 3; size = 4"):
        store.get_function(["one", "other"], ["size"])
    with pytest.raises(SliceError, match=r"more than once: size = 3; size \+= 1"):
        store.get_function(["twice"], ["size"])


def test_reused_artifacts_are_read(ran: Callable[..., Store]) -> None:
    """What made them is gone; without a version they are the newest at that time."""
    store = ran(SCRIPT)
    text = store.get_module_definition(["total"], reuse_pre_computed_artifacts=["half"])
    assert "range" not in text
    assert 'lineapy_store.get("half").get_value()' in text
    make = store.get_function(["total"], reuse_pre_computed_artifacts=["half"])
    fixed = store.get_function(["total"], reuse_pre_computed_artifacts=[("half", 0)])
    store.save([100.0], "half")
    with store.activate():
        assert make() == {"total": 100.0}
        assert fixed() == {"total": 3.0}


def test_what_is_reused_may_be_asked_for(ran: Callable[..., Store]) -> None:
    """It is then among what is returned, and others are made from it as before."""
    store = ran(SCRIPT)
    names = ["half", "total", "largest"]
    with store.activate():
        assert_made_again(store, names, reuse_pre_computed_artifacts=["half", "largest"])


def test_what_no_session_has_saved_cannot_be_reused(ran: Callable[..., Store]) -> None:
    """The error names it, and the artifacts whose sessions were looked through."""
    store = ran(SCRIPT)
    store.save(1, "elsewhere")
    with pytest.raises(SliceError, match=r"'elsewhere' cannot be reused.* 'total' has saved it"):
        store.get_function(["total"], reuse_pre_computed_artifacts=["elsewhere"])


def test_what_is_changed_later_is_copied_before(ran: Callable[..., Store]) -> None:
    """An artifact is as it was saved, though the session went on with it."""
    store = ran("""\
import lineapy_store as lineapy
items = [1]
held = {"items": items}
lineapy.save(items, "before")
held["items"].append(2)
lineapy.save(held, "after")
""")
    text = store.get_module_definition(["before", "after"])
    assert 'artifacts["before"] = copy.deepcopy(items)' in text
    assert 'artifacts["after"] = held' in text
    assert_made_again(store, ["before", "after"])


def test_statements_that_would_meet_another_state_stay_in_order(
    ran: Callable[..., Store],
) -> None:
    """Sorting statements by artifact must not let one see what came after it."""
    store = ran("""\
import lineapy_store as lineapy
items = [1]
early = sum(items)
items.append(2)
lineapy.save(items, "items")
lineapy.save(early + 1, "early")
""")
    assert_made_again(store, ["items", "early"])
    assert_made_again(store, ["early", "items"])


def test_functions_classes_and_constants_of_the_session(ran: Callable[..., Store]) -> None:
    """They are at the module's top, unless they need what the session made, also when rebound."""
    store = ran("""\
import lineapy_store as lineapy
from dataclasses import dataclass

FACTOR = 3
offset = sum(range(3))


@dataclass
class Point:
    x: int = FACTOR


def scaled(point):
    return point.x * FACTOR


def shifted(number):
    return number + offset


def count():
    global calls
    calls += 1


calls = 0
first = shifted(scaled(Point(2)))
count()
lineapy.save(first, "first")
offset = 100
count()
second = shifted(first), calls
lineapy.save(second, "second")
""")
    text = store.get_module_definition(["first", "second"])
    top = text[: text.index("def get_")]
    assert "FACTOR = 3" in top
    assert "class Point" in top
    assert "def scaled" in top
    assert "def shifted" not in top
    assert_made_again(store, ["first", "second"])
    make = store.get_function(["first", "second"])
    assert make() == make()


def test_a_name_that_may_have_no_value(ran: Callable[..., Store]) -> None:
    """Functions do not stumble over a variable that only some ways through the session set."""
    store = ran("""\
import lineapy_store as lineapy
try:
    import a_module_that_nobody_has as fast
except ImportError:
    is_fast = False
else:
    is_fast = True
for number in []:
    last = number
lineapy.save([is_fast], "fast")
lineapy.save(fast.sum([1]) if is_fast else (last if number_is_set() else 1)
             if (number_is_set := lambda: False) else 0, "sum")
""")
    assert_made_again(store, ["fast", "sum"])


def test_what_the_main_guard_holds(ran: Callable[..., Store]) -> None:
    """Saves in main() and under the guard become functions, though the module is imported."""
    store = ran('''\
import lineapy_store as lineapy


def read(count):
    return list(range(count))


def main(count=5):
    """Do it."""
    numbers = read(count)
    lineapy.save(numbers, "numbers")
    text = """
    kept
"""
    lineapy.save((text, sum(numbers)), "sum")


if __name__ == "__main__":
    name = "it"
    lineapy.save(name * 2, "name")
    main()
''')
    assert_made_again(store, ["numbers", "sum", "name"])
    assert_made_again(store, ["numbers", "sum"], input_parameters=["count"])
    text = store.get_module_definition(["numbers", "sum"])
    assert "def get_sum(numbers)" in text


def test_sessions_that_read_from_each_other(ran: Callable[..., Store]) -> None:
    """What one session read from another is handed over, in the order that this needs."""
    store = ran(
        "import lineapy_store as lineapy\nbase = [3, 1]\nlineapy.save(base, 'base')\n",
        """\
import lineapy_store
base = lineapy_store.get("base").get_value()
base.sort()
lineapy_store.save(base, "sorted")
again = lineapy_store.get("sorted").get_value()
again.append(base)
lineapy_store.save(again, "again")
""",
    )
    names = ["again", "sorted", "base"]
    text = store.get_module_definition(names)
    assert "lineapy_store" not in text
    shutil.rmtree(store.options.get("home_dir") + "/content")
    made = store.get_function(names)()
    assert made == {"base": [3, 1], "sorted": [1, 3], "again": [1, 3, [1, 3]]}


def test_dependencies_order_sessions(ran: Callable[..., Store], tmp_path: Path) -> None:
    """Sessions run in the order that is asked for; circles and unknown names are errors."""
    store = ran(
        "import lineapy_store as lineapy\nlineapy.save([1], 'one')\n",
        "import lineapy_store as lineapy\nlineapy.save([2], 'two')\n",
    )

    def order(dependencies: dict[str, Any]) -> list[str]:
        store.to_pipeline(
            ["one", "two"], pipeline_name="both", dependencies=dependencies, output_dir=tmp_path
        )
        text = (tmp_path / "both_module.py").read_text(encoding="utf-8")
        calls = text[text.index("def run_all_sessions") :]
        return sorted(["one", "two"], key=lambda name: calls.index(f"including_{name}"))

    assert order({}) == ["one", "two"]
    assert order({"one": {"two"}}) == ["two", "one"]
    assert order({"two": "one"}) == ["one", "two"]
    with pytest.raises(ConfigurationError, match="circle: one, two"):
        order({"one": {"two"}, "two": {"one"}})
    with pytest.raises(ConfigurationError, match=r"'tow'.* did you mean 'two'"):
        order({"one": {"tow"}})


def test_equal_names_of_sessions_do_not_meet(ran: Callable[..., Store]) -> None:
    """A name may be a module, a function and a variable in one session each."""
    template = """\
import lineapy_store as lineapy
{}
lineapy.save(it({}), "{}")
"""
    store = ran(
        template.format("from math import sqrt as it", 4, "module"),
        template.format("def it(x):\n    return x + 1\n", 4, "function"),
        template.format("it = [].__class__", "'x'", "variable"),
        template.format("def it(x):\n    return x + 2\n", 4, "artifacts"),
    )
    assert_made_again(store, ["module", "function", "variable", "artifacts"])


def test_files_that_a_session_writes(ran: Callable[..., Store], tmp_path: Path) -> None:
    """A side effect is a function that returns nothing, in its place among the others."""
    store = ran("""\
import lineapy_store as lineapy
with open("out.txt", "w") as file:
    file.write("one")
lineapy.save(lineapy.file_system, "written")
with open("out.txt") as file:
    text = file.read()
lineapy.save(text * 2, "text")
""")
    with pytest.MonkeyPatch.context() as patch:
        (tmp_path / "elsewhere").mkdir()
        patch.chdir(tmp_path / "elsewhere")
        made = store.get_function(["text", "written"])()
    assert made == {"text": "oneone"}
    assert (tmp_path / "elsewhere" / "out.txt").read_text(encoding="utf-8") == "one"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("value = eval('1 + 1')", "calls eval: .value = eval"),
        ("exec('value = 1')", "calls exec"),
        ("value = len(globals())", "calls globals"),
    ],
)
def test_code_that_cannot_stand_in_a_function(
    ran: Callable[..., Store], lines: str, message: str
) -> None:
    """The error names the statement."""
    store = ran(f"import lineapy_store as lineapy\n{lines}\nlineapy.save(value, 'it')\n")
    with pytest.raises(SliceError, match=message):
        store.get_function("it")


def test_what_is_asked_for_has_to_be_there(store: Store) -> None:
    """No artifact, one twice, none at all, or something else is an error that says so."""
    store.save(1, "one")
    with pytest.raises(ArtifactNotFoundError, match="'two'"):
        store.get_function(["one", "two"])
    with pytest.raises(ConfigurationError, match="'one' is named twice"):
        store.get_function(["one", ("one", 0)])
    with pytest.raises(ConfigurationError, match="empty"):
        store.get_function([])
    with pytest.raises(ConfigurationError, match="7 is no artifact"):
        store.get_function([7])
    with pytest.raises(ConfigurationError, match="artifacts is 7"):
        store.get_function(7)  # type: ignore[arg-type]


def test_the_module_can_be_read(ran: Callable[..., Store]) -> None:
    """Its text is where inspect and tracebacks look for it, and its functions can be called."""
    module = ran(SCRIPT).get_module(["half"])
    assert inspect.getsource(module.get_half).startswith("def get_half(")
    assert module.get_half() == [0.0, 0.5, 1.0, 1.5]


def test_other_statements_as_comments(ran: Callable[..., Store]) -> None:
    """What nothing needs is where it was, as a comment."""
    store = ran(SCRIPT)
    store.to_pipeline(
        ["half"],
        output_dir=(folder := store.options.get("home_dir") + "/pipeline"),
        include_non_slice_as_comment=True,
    )
    with open(f"{folder}/half_module.py", encoding="utf-8") as file:  # noqa: PTH123 - a text
        assert '    # print("noise")\n' in file.read()


def test_files_of_a_pipeline(ran: Callable[..., Store], tmp_path: Path) -> None:
    """All of them say where they come from, and nothing of the machine that wrote them."""
    store = ran(SCRIPT)
    folder = store.to_pipeline(["half", "total"], output_dir=tmp_path / "out", generate_test=True)
    assert folder == tmp_path / "out"
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert sorted(texts) == [
        "half_total_Dockerfile",
        "half_total_module.py",
        "half_total_requirements.txt",
        "test_half_total.py",
    ]
    for text in texts.values():
        assert "Written by lineapy_store." in text
        assert str(tmp_path) not in text
        assert sys.prefix not in text
    version = ".".join(map(str, sys.version_info[:2]))
    assert f"FROM python:{version}-slim" in texts["half_total_Dockerfile"]
    assert texts["half_total_requirements.txt"] == "# Written by lineapy_store.\n"


def test_what_is_written_is_clean(ran: Callable[..., Store], tmp_path: Path) -> None:
    """Ruff has nothing to say by its default rules, though it has of the session's own text."""
    store = ran("""\
import lineapy_store as lineapy
import  os, sys
f = lambda x : x == None
l = [f(1)]; m = {'a':l}
if not l[0] == True: l.append(os.sep)
lineapy.save((l,m), "odd name'")
""")
    store.to_pipeline(["odd name'"], output_dir=tmp_path / "out", generate_test=True)
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "ruff", *command, "--isolated", str(tmp_path / "out")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
    assert_made_again(store, ["odd name'"])


def test_the_test_passes_as_it_is_written(
    ran: Callable[..., Store], tmp_path: Path, run_python: Callable[..., Any]
) -> None:
    """It compares with the versions that were saved, and fails if the module makes others."""
    store = ran("""\
import lineapy_store as lineapy
from dataclasses import dataclass


@dataclass
class Point:
    x: int

    @property
    def y(self):
        return self.x


points = [Point(1)]
lineapy.save(points, "points")
lineapy.save({"point": points[0]}, "first")
""")
    folder = store.to_pipeline(
        ["points", "first"], pipeline_name="made", output_dir=tmp_path / "out", generate_test=True
    )
    store.save("another", "points")
    options = ("-p", "no:cacheprovider", "-p", "no:randomly", "--rootdir", str(folder))
    done = run_python("-m", "pytest", *options, cwd=folder)
    assert "2 passed" in done.stdout
    module = folder / "made_module.py"
    text = module.read_text(encoding="utf-8")
    # Of another length, for compiled modules are told apart by seconds and length.
    module.write_text(text.replace("Point(1)", "Point(1 + 1)"), encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run_python("-m", "pytest", *options, cwd=folder)
    assert "2 failed" in caught.value.stdout


def test_a_module_runs_where_nothing_is_installed(
    ran: Callable[..., Store], tmp_path: Path
) -> None:
    """In a new environment without any package, the module prints what it makes."""
    folder = ran(SCRIPT).to_pipeline(["half", "largest"], output_dir=tmp_path / "out")
    venv.create(tmp_path / "environment", symlinks=True)
    done = subprocess.run(  # noqa: S603 - an interpreter of ours
        [tmp_path / "environment" / "bin" / "python", "-I", "half_largest_module.py"],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "{'half': [0.0, 0.5, 1.0, 1.5], 'largest': 3}\n"


def test_requirements_are_what_the_code_imports(ran: Callable[..., Store], tmp_path: Path) -> None:
    """Distributions with their installed versions, and modules of one's own as a remark."""
    (tmp_path / "helpers.py").write_text("def half(x):\n    return x / 2\n", encoding="utf-8")
    store = ran("""\
import lineapy_store as lineapy
import json
import packaging.version
from helpers import half
from hypothesis import strategies
try:
    import a_module_that_nobody_has
except ImportError:
    a_module_that_nobody_has = None
value = half(2), str(packaging.version.Version("1.0")), a_module_that_nobody_has
lineapy.save(value, "it")
""")
    store.to_pipeline(["it"], output_dir=tmp_path / "out")
    import packaging  # noqa: PLC0415 - only for its version

    assert (tmp_path / "out" / "it_requirements.txt").read_text(encoding="utf-8") == (
        "# Written by lineapy_store.\n"
        f"packaging=={packaging.__version__}\n"
        "# Not from an index, to be put beside the module: helpers\n"
    )


def test_files_of_others_are_not_written_over(ran: Callable[..., Store], tmp_path: Path) -> None:
    """A pipeline's own files are written anew; another file is an error before any is written."""
    store = ran(SCRIPT)
    folder = tmp_path / "out"
    store.to_pipeline(["half"], output_dir=folder)
    store.to_pipeline(["half"], output_dir=folder, input_parameters=["size"])
    assert "size=4" in (folder / "half_module.py").read_text(encoding="utf-8")
    (folder / "total_requirements.txt").write_text("mine\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"total_requirements.txt is there"):
        store.to_pipeline(["total"], output_dir=folder)
    assert not (folder / "total_module.py").exists()
    assert (folder / "total_requirements.txt").read_text(encoding="utf-8") == "mine\n"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"framework": "SCRIP"}, "'SCRIP'.* did you mean 'script'.* They can for: SCRIPT"),
        ({"framework": 3}, "framework is 3"),
        ({"pipeline_name": "../up"}, "'../up', which cannot be .* '___up' can"),
        ({"pipeline_dag_config": {"retries": 3}}, "'retries', which SCRIPT does not"),
        ({"output_dir": "/dev/null/x"}, "/dev/null/x"),
    ],
)
def test_arguments_that_cannot_be(
    ran: Callable[..., Store], tmp_path: Path, given: dict[str, Any], message: str
) -> None:
    """Each is an error that names it, and nothing is written."""
    with pytest.raises(ConfigurationError, match=message):
        ran(SCRIPT).to_pipeline(["half"], **{"output_dir": tmp_path / "out", **given})
    assert not (tmp_path / "out").exists()


def test_names_never_become_code(ran: Callable[..., Store]) -> None:
    """An artifact's name is text in the module, whatever it says."""
    name = '""" + __import__("os").abort() + """'
    store = ran(f"import lineapy_store as lineapy\nvalue = [1]\nlineapy.save(value, {name!r})\n")
    assert store.get_function([name])() == {name: [1]}


def test_the_module_level_functions_are_the_stores(ran: Callable[..., Store]) -> None:
    """What the package offers is what the current store does."""
    store = ran(SCRIPT)
    with store.activate():
        assert lineapy_store.get_function(["total"])() == {"total": 3.0}
        assert lineapy_store.get_module(["total"]).run_all_sessions() == {"total": 3.0}
        assert lineapy_store.get_module_definition(["total"]) == store.get_module_definition(
            ["total"]
        )
        folder = store.options.get("home_dir") + "/pipeline"
        assert str(lineapy_store.to_pipeline(["total"], "script", "it", {}, folder)) == folder


def test_the_command_writes_a_pipeline(
    ran: Callable[..., Store], tmp_path: Path, run_python: Callable[..., Any]
) -> None:
    """Names, versions, parameters, reuse and order can all be said on the command line."""
    ran(SCRIPT, "import lineapy_store as lineapy\nlineapy.save(1, 'one')\n")
    done = run_python(
        *("-m", "lineapy_store", "pipeline", "total=0", "one", "--name", "it", "--test"),
        *("--output-dir", "out", "--parameter", "size", "--after", "total=one", "--json"),
    )
    assert json.loads(done.stdout) == {"folder": "out"}
    text = (tmp_path / "out" / "it_module.py").read_text(encoding="utf-8")
    assert text.index("run_session_including_one(") < text.index("run_session_including_total(")
    run_python("-m", "lineapy_store", "pipeline", "total", "--reuse", "half=0")
    text = (tmp_path / "total_module.py").read_text(encoding="utf-8")
    assert 'get("half", 0)' in text


def test_artifacts_that_loops_save(ran: Callable[..., Store]) -> None:
    """Each is what its round made, also if one function has to make them all."""
    store = ran("""\
import lineapy_store as lineapy
seen = []
for number in [1, 2, 3]:
    seen.append(number)
    lineapy.save(seen, f"seen {number}")
    lineapy.save([number] * 2, f"twice {number}")


def main(numbers):
    found = {}
    for number in numbers:
        found[number] = [number]
        lineapy.save(found[number], f"found {number}")
    if found:
        lineapy.save(len(found), "count")


main([4, 5])
""")
    names = ["seen 1", "seen 3", "twice 1", "twice 2", "found 4", "found 5", "count"]
    assert_made_again(store, names)
    for name in names:
        assert_made_again(store, [name])


TWO = "lineapy.save([1, 2], 'data')\nlineapy.save([3], 'out')\n"
SESSIONS: dict[str, tuple[list[str], list[str]]] = {
    "one get that reads several": (
        [
            TWO,
            (
                "def load(name):\n    return lineapy.get(name).get_value()\n"
                "first = load('data')\nsecond = load('out')\nlineapy.save(first + second, 'pair')\n"
            ),
        ],
        ["data", "out", "pair"],
    ),
    "a get in a comprehension": (
        [
            TWO,
            (
                "pair = [lineapy.get(name).get_value() for name in ('data', 'out')]\n"
                "lineapy.save(pair, 'pair')\n"
            ),
        ],
        ["data", "out", "pair"],
    ),
    "two gets on one line": (
        [
            TWO,
            (
                "a, b = lineapy.get('data').get_value(), lineapy.get('out').get_value()\n"
                "lineapy.save(a + b, 'pair')\n"
            ),
        ],
        ["data", "out", "pair"],
    ),
    "a get in what is saved": (
        [
            (
                "x = [1]\nlineapy.save(x, 'x')\n"
                "lineapy.save(sum(lineapy.get('x').get_value()) + 1, 'y')\n"
            )
        ],
        ["x", "y"],
    ),
    "two versions of one name": (
        [
            (
                "x = [1]\nlineapy.save(x, 'x')\nx = [*x, 2]\nlineapy.save(x, 'x')\n"
                "lineapy.save(lineapy.get('x').get_value() + [3], 'new')\n"
                "lineapy.save(lineapy.get('x', 0).get_value() + [3], 'old')\n"
            ),
        ],
        ["x", "new", "old"],
    ),
    "functions that save": (
        [
            (
                "N = 3\n\n\ndef prepare():\n    data = list(range(N))\n"
                "    lineapy.save(data, 'data')\n"
                "    return data\n\n\ndef train(data):\n    lineapy.save(len(data), 'model')\n\n\n"
                "data = prepare()\ntrain(data)\n"
            ),
        ],
        ["data", "model"],
    ),
    "a helper of main that saves": (
        [
            (
                "import sys\n\n\ndef score(data):\n    found = sum(data)\n"
                "    lineapy.save(found, 'score')\n    return found\n\n\n"
                "def main():\n    data = [1]\n"
                "    lineapy.save(data, 'data')\n    score(data)\n    return 0\n\n\n"
                "if __name__ == '__main__':\n    sys.exit(main())\n"
            ),
        ],
        ["data", "score"],
    ),
    "a method that saves under several names": (
        [
            (
                "class Run:\n    def __init__(self):\n        self.steps = {}\n\n"
                "    def log(self, key, value):\n        self.steps[key] = value\n"
                "        lineapy.save(value, key)\n\n\n"
                "run = Run()\nrun.log('data', [1])\nrun.log('sum', sum(run.steps['data']))\n"
                "run.log('keys', list(run.steps))\n"
            )
        ],
        ["data", "sum", "keys"],
    ),
    "a function whose last statement is a loop that saves": (
        [
            (
                "def train(numbers):\n    for number in numbers:\n        found = [number]\n"
                "        lineapy.save(found, f'found {number}')\n\n\ntrain([1, 2])\n"
            )
        ],
        ["found 1", "found 2"],
    ),
    "main as the exit code": (
        [
            (
                "def main():\n    data = [1]\n    lineapy.save(data, 'data')\n"
                "    lineapy.save(sum(data), 'sum')\n\n\nif __name__ == '__main__':\n"
                "    raise SystemExit(main())\n"
            ),
        ],
        ["data", "sum"],
    ),
    "main reads what another session saved": (
        [
            TWO,
            (
                "def main():\n    data = lineapy.get('data').get_value()\n    data.append(3)\n"
                "    lineapy.save(data, 'more')\n    lineapy.save(sum(data), 'sum')\n\n\nmain()\n"
            ),
        ],
        ["more", "sum", "data"],
    ),
    "saves in a try": (
        [
            (
                "try:\n    data = [1]\n    lineapy.save(data, 'data')\n"
                "    lineapy.save(sum(data), 'sum')\n"
                "except KeyError:\n    pass\n"
            ),
        ],
        ["data", "sum"],
    ),
    "saves in other statements": (
        [
            (
                "import io\nfrom contextlib import ExitStack\nout = [1]\n"
                "with ExitStack() as stack:\n    stack.callback(out.append, 2)\n"
                "    lineapy.save(out, 'out')\n"
                "with io.StringIO('abc') as file:\n    text = file.read()\n"
                "    lineapy.save(text, 'text')\nif text:\n    lineapy.save(text * 2, 'twice');\n"
                "    lineapy.save(text, 'again')\n"
            ),
        ],
        ["text", "twice", "again", "out"],
    ),
    "a loop that may not run": (
        [
            (
                "counts = {'b': 1}\nkey = 'none'\nfor key, last in counts.items():\n"
                "    found = last\ncounts['a'] = last\nlineapy.save(counts, 'counts')\n"
                "both = key, found\nlineapy.save(both, 'both')\n"
            )
        ],
        ["counts", "both"],
    ),
    "imports on one line": (
        ["import json; import math; k = 3\nlineapy.save([k, math.pi], 'k')\n"],
        ["k"],
    ),
}


@pytest.mark.parametrize("sources, names", SESSIONS.values(), ids=SESSIONS)  # noqa: PT006 - one text
def test_sessions_as_people_write_them(
    ran: Callable[..., Store], sources: list[str], names: list[str]
) -> None:
    """The functions make what was saved, alone and together, and save nothing themselves."""
    store = ran(*(f"import lineapy_store as lineapy\n{source}" for source in sources))
    count = len(store.artifact_store())
    with store.activate():
        for group in (names, *([name] for name in names)):
            assert_made_again(store, group)
    assert len(store.artifact_store()) == count
    assert "save(" not in store.get_module_definition(names)
    assert all("save(" not in store.get(name).get_code(verify=True) for name in names)


def test_a_parameter_of_functions_that_save(ran: Callable[..., Store]) -> None:
    """What one session sets once is one parameter, wherever it is needed."""
    (source,) = SESSIONS["functions that save"][0]
    store = ran(f"import lineapy_store as lineapy\n{source}")
    make = store.get_function(["data", "model"], ["N"])
    assert make(N=2) == {"data": [0, 1], "model": 2}
    with store.activate():
        assert_made_again(store, ["model"], reuse_pre_computed_artifacts=["data"])


def test_plots_are_what_wrote_their_files(ran: Callable[..., Store]) -> None:
    """What draws is part of the file that is written, and of nothing else."""
    pytest.importorskip("pandas", reason="what draws")
    pytest.importorskip("matplotlib", reason="what is drawn on")
    store = ran("""\
import lineapy_store as lineapy
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd

frame = pd.DataFrame({"a": [1, 2, 3]})
figure, axis = plt.subplots()
frame.plot(ax=axis)
frame.plot.bar()
axis.set_title("title")
plt.savefig("plot.png")
lineapy.save(lineapy.file_system, "plot")
lineapy.save(frame, "frame")
""")
    code = store.get("plot").get_code()
    for part in ("frame.plot(ax=axis)", "frame.plot.bar()", "set_title", "savefig"):
        assert part in code
    assert store.get("frame").get_code(verify=True) == (
        'import pandas as pd\n\nframe = pd.DataFrame({"a": [1, 2, 3]})\n'
    )


def test_the_container_has_modules_of_ones_own(ran: Callable[..., Store], tmp_path: Path) -> None:
    """What pip cannot install is copied, too."""
    (tmp_path / "helpers.py").write_text("def half(x):\n    return x / 2\n", encoding="utf-8")
    store = ran(
        "import lineapy_store as lineapy\nfrom helpers import half\nlineapy.save(half(2), 'it')\n"
    )
    folder = store.to_pipeline(["it"], output_dir=tmp_path / "out")
    assert "COPY helpers.py ./" in (folder / "it_Dockerfile").read_text(encoding="utf-8")
