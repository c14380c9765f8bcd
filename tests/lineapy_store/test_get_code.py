"""What ``get_code`` returns for artifacts that real programs have saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import lineapy_store
from lineapy_store import ConfigurationError, SliceError, Store
from lineapy_store.slicing import slice_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineapy_store import Artifact


def test_only_what_made_it(saved_by: Callable[..., Artifact]) -> None:
    """The code is the user's own lines: comments on them and above them, nothing that is noise."""
    artifact = saved_by("""\
import lineapy_store as lineapy
import math

# The numbers.
numbers = [3, 1]  # two of them
print("noise")

# Unrelated.
other = math.pi


# Sorted in place.
numbers.sort()
lineapy.save(numbers, "it")
numbers.append(4)
""")
    assert (
        artifact.get_code(verify=True)
        == """\
# The numbers.
numbers = [3, 1]  # two of them

# Sorted in place.
numbers.sort()
"""
    )


def test_an_expression_gets_a_name(saved_by: Callable[..., Artifact]) -> None:
    """What is saved without a name is given one, that of the artifact."""
    artifact = saved_by(
        """\
from lineapy_store import save
if True:
    x = 2; y = 3
    save(
        [x,
         x * y],
        "my list",
    )
""",
        "my list",
    )
    assert (
        artifact.get_code(verify=True)
        == """\
if True:
    x = 2; y = 3
    my_list = ([x,
         x * y])
"""
    )


def test_save_is_kept_on_request(saved_by: Callable[..., Artifact]) -> None:
    """With ``keep_lineapy_save`` the code saves, and has what it needs for that."""
    artifact = saved_by("""\
import lineapy_store as lineapy
x, name = 1, "it"
unused = 2
lineapy.save(x, name)
""")
    assert (
        artifact.get_code(keep_lineapy_save=True)
        == """\
import lineapy_store as lineapy
x, name = 1, "it"
lineapy.save(x, name)
"""
    )


def test_the_rest_as_comments(saved_by: Callable[..., Artifact]) -> None:
    """With ``include_non_slice_as_comment`` nothing is gone, and what is left still runs."""
    source = """\
import lineapy_store as lineapy
x = 1
for i in range(3):
    print(i)
    x += i
lineapy.save(x, "it")
"""
    artifact = saved_by(source)
    code = artifact.get_code(include_non_slice_as_comment=True)
    assert (
        code
        == """\
# import lineapy_store as lineapy
x = 1
for i in range(3):
    # print(i)
    x += i
# lineapy.save(x, "it")
"""
    )
    assert artifact.get_session_code() == source


def test_other_artifacts_are_read_in_the_version_that_was_read(
    saved_by: Callable[..., Artifact], store: Store
) -> None:
    """An artifact made from another one reads the version that it was made from."""
    store.save([1], "first")
    store.save([2], "first")
    artifact = saved_by("""\
import lineapy_store as lineapy
a = lineapy.get("first").get_value()
b = lineapy.get("first", 0).get_value()
lineapy.save(a + b, "it")
""")
    store.save([9], "first")
    assert (
        artifact.get_code(verify=True)
        == """\
import lineapy_store as lineapy
a = lineapy.get("first", version=1).get_value()
b = lineapy.get("first", 0).get_value()
it = a + b
"""
    )
    with pytest.raises(SliceError, match="needs the library"):
        artifact.get_code(use_lineapy_serialization=False)  # two versions of one


@pytest.mark.parametrize(
    "save", ["save(lineapy.file_system, 'it')", "save(obj=file_system, name='it')"]
)
def test_files_as_an_artifact(save: str, saved_by: Callable[..., Artifact]) -> None:
    """The code of the file system is what has written files, and its value is itself."""
    artifact = saved_by(f"""\
import json
import lineapy_store as lineapy
from lineapy_store import file_system, save
rows = [1, 2]
noise = sum(rows)
with open("rows.json", "w") as file:
    json.dump(rows, file)
print(noise)
{save}
""")
    assert (
        artifact.get_code()
        == """\
import json
rows = [1, 2]
with open("rows.json", "w") as file:
    json.dump(rows, file)
"""
    )
    assert artifact.get_value() is lineapy_store.file_system
    with pytest.raises(SliceError, match="side effect"):
        artifact.get_code(verify=True)


def test_databases_as_an_artifact(saved_by: Callable[..., Artifact]) -> None:
    """The code of the databases is what has written to them."""
    artifact = saved_by("""\
import sqlite3
import lineapy_store as lineapy
db = sqlite3.connect("it.db")
noise = 3
db.execute("create table t (n integer)")
db.commit()
print(noise)
lineapy.save(lineapy.db, "it")
""")
    assert (
        artifact.get_code()
        == """\
import sqlite3
db = sqlite3.connect("it.db")
db.execute("create table t (n integer)")
db.commit()
"""
    )


def test_what_the_program_did_not_make(
    tmp_path: Path, store: Store, run_python: Callable[..., Any]
) -> None:
    """A value made from a variable that somebody else has set is an error that names it."""
    (tmp_path / "main.py").write_text(
        "import lineapy_store as lineapy\nx = 1\nlineapy.save(x, 'own')\n"
        "lineapy.save(x + given, 'it')\n"
        "def more(y):\n    z = y + given\n    lineapy.save(z, 'inside')\nmore(x)\n"
    )
    run_python("-c", "import runpy; runpy.run_path('main.py', init_globals={'given': 2})")
    assert store.get("own").get_code() == "x = 1\n"
    with pytest.raises(SliceError, match="'given' was made by code that is not in the program"):
        store.get("it").get_code()
    with pytest.raises(SliceError, match="'given', made by code that is not in the program"):
        store.get("inside").get_code()


def test_verify_reads_what_an_older_key_signed(
    tmp_path: Path, run_python: Callable[..., Any], elsewhere: dict[str, str]
) -> None:
    """Keys are exchanged by putting a new one before the old; the processes started know both."""
    home = elsewhere["LINEAPY_HOME_DIR"]
    with Store(home_dir=home, signing_key="old") as store:
        store.save([1], "first")
    (tmp_path / "main.py").write_text("""\
import lineapy_store as lineapy
lineapy.save(lineapy.get("first").get_value() * 2, "it")
""")
    run_python("main.py", env={**elsewhere, "LINEAPY_SIGNING_KEY": '["new", "old"]'})
    with Store(home_dir=home, signing_key=["new", "old"]) as store:
        artifact = store.get("it")
        assert artifact.get_value() == [1, 1]
        assert 'lineapy.get("first", version=0)' in artifact.get_code(verify=True)


def test_verify_tells_what_differs(saved_by: Callable[..., Artifact], tmp_path: Path) -> None:
    """Code that makes another value now, or never twice the same, is an error that says which."""
    (tmp_path / "numbers.txt").write_text("1 2")
    artifact = saved_by("""\
import lineapy_store as lineapy, time
lineapy.save(open("numbers.txt").read().split(), "it")
lineapy.save(time.perf_counter_ns(), "now")
""")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        assert "numbers.txt" in artifact.get_code(verify=True)
        (tmp_path / "numbers.txt").write_text("1 3")
        with pytest.raises(SliceError, match=r"makes another value(.|\n)*'2' != '3'"):
            artifact.get_code(verify=True)
        (tmp_path / "numbers.txt").unlink()
        with pytest.raises(SliceError, match=r"exit code 1(.|\n)*No such file"):
            artifact.get_code(verify=True)
        with pytest.raises(SliceError, match="does not make the same value twice"):
            artifact._store.get("now").get_code(verify=True)  # noqa: SLF001 - the same store
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "main.py"]


def test_verify_leaves_files_alone(saved_by: Callable[..., Artifact], tmp_path: Path) -> None:
    """Code that writes files writes them in a copy of the working directory."""
    artifact = saved_by("""\
import lineapy_store as lineapy
with open("log.txt", "a") as log:
    log.write("line\\n")
lines = open("log.txt").read().splitlines()
lineapy.save(lines, "it")
""")
    (tmp_path / "log.txt").unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        artifact.get_code(verify=True)
    assert not (tmp_path / "log.txt").exists()


@pytest.mark.parametrize(
    "source",
    [
        "import lineapy_store as lineapy\r\nx = 1\r\ny = 2\r\nlineapy.save(x, 'it')\r\n",
        "\ufeffimport lineapy_store as lineapy\nx = 1\ny = 2\nlineapy.save(x, 'it')",
        "# coding: utf-8\nimport lineapy_store as lineapy\nx = 1\n\x0cy = 2\nlineapy.save(x, 'it')",
        "import lineapy_store as lineapy\nif True:\n\tx = 1\n\ty = 2\nlineapy.save(x, 'it')\n",
    ],
    ids=["crlf", "bom", "form feed", "tabs"],
)
def test_texts_as_editors_write_them(source: str, saved_by: Callable[..., Artifact]) -> None:
    """Line ends, byte order marks, form feeds and tabs are no obstacle, and are kept."""
    code = saved_by(source).get_code(verify=True)
    assert "x = 1" in code
    assert "y = 2" not in code
    assert ("\r\n" in code) == ("\r\n" in source)
    assert ("\t" in code) == ("\t" in source)


@pytest.mark.parametrize("blank", ["", "\n"])
def test_a_coding_line(
    blank: str, tmp_path: Path, store: Store, run_python: Callable[..., Any]
) -> None:
    """A text that is not in UTF-8 is sliced as what Python took it for, and runs as that."""
    source = (
        f"# coding: latin-1\n{blank}word = 'na\xefve'\nother = 1\n"
        "import lineapy_store as lineapy\nlineapy.save(word, 'it')\n"
    )
    (tmp_path / "main.py").write_bytes(source.encode("latin-1"))
    run_python("main.py")

    code = store.get("it").get_code(verify=True)

    assert "word = 'na\xefve'\n" in code
    assert "other" not in code
    assert store.get("it").get_session_code() == source


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1\ny = 2 ?? 3\n", r"line 2 is not Python 3\.\d+.*Slice it with the Python that ran"),
        ("x = 1\nif x:\n\ty = 1\n        z = 2\n", "line 4 is not Python 3"),
        ("x = " + "(" * 5_000 + ")" * 5_000, "cannot be sliced"),
        ("x = " + "-" * 50_000 + "1", "Split the statement that is nested too deep"),
        ("x = 1\0\n", "cannot be sliced"),
    ],
    ids=["newer", "mixed tabs", "parentheses", "nested", "zero"],
)
def test_what_this_python_cannot_parse(source: str, message: str) -> None:
    """What is no Python for the interpreter that slices is told, with the line where it is."""
    with pytest.raises(SliceError, match=message):
        slice_source(source, target="x")


def test_many_lines(saved_by: Callable[..., Artifact]) -> None:
    """A script of 50,000 lines is sliced as any other."""
    lines = ["import lineapy_store as lineapy", "total = [0]"]
    for number in range(25_000):
        lines += [f"x{number} = {number}", f"total.append(x{number})" if number % 1000 == 0 else ""]
    lines += ["lineapy.save(total, 'it')", ""]

    code = saved_by("\n".join(lines)).get_code()

    assert [line for line in code.splitlines() if line] == [
        "total = [0]",
        *(
            line
            for number in range(0, 25_000, 1000)
            for line in (f"x{number} = {number}", f"total.append(x{number})")
        ),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "numbers = [3, 1]; lineapy.save(numbers[0] + 1, 'it')",
        "numbers = [3, 1]; lineapy.save(numbers[0] + 1, 'it'); print(numbers)  # more",
        "if True: numbers = [first, 1]; lineapy.save(numbers[0] + 1, 'it'); last = first",
        "numbers = [3, 1]; lineapy.save(numbers[0] +\n 1, 'it'); last = first",
    ],
)
def test_a_save_that_shares_its_line(saved_by: Callable[..., Artifact], line: str) -> None:
    """What else stands on the line of a save stays there, and has what it needs."""
    artifact = saved_by(f"import lineapy_store as lineapy\nfirst = 3\n{line}\n")
    assert artifact.get_code(verify=True)


def test_what_follows_on_the_line_of_a_save(saved_by: Callable[..., Artifact]) -> None:
    """What had not run by then is not in the code, and the right one of several calls is taken."""
    artifact = saved_by("""\
import lineapy_store as lineapy
class Net:
    def save(self, path): pass
net, names, numbers = Net(), ["it", "other"], [3]
net.save("it"); lineapy.save(numbers + [1], names[1]); numbers.append(4); lineapy.save(
    numbers, names[0]); numbers.clear()
""")
    assert artifact.get_code(verify=True).endswith("numbers.append(4)\n")
    assert "[1]" in artifact._store.get("other").get_code(verify=True)  # noqa: SLF001 - the same store


SAVES_THAT_GIVE_SOMETHING = """\
import lineapy_store as lineapy
from lineapy_store import save as keep
numbers = [1]; kept = lineapy.save(numbers, "numbers")
first = kept.get_value() + [0]
lineapy.save(first, "first")
if (other := keep(first + [2], "other")).version == 0:
    second = [other.get_value(), keep([8], name="inner").name]
lineapy.save(second, "second")
third = lineapy.save(lineapy.get("first").get_value(), "copied").name; third += "!"
lineapy.save(third, "third")
each = [lineapy.save([n], f"each {n}") for n in range(3)]
lineapy.save([one.get_value() for one in each], "it")
lineapy.save([9], "numbers")
"""


def test_what_a_save_gives_is_read(saved_by: Callable[..., Artifact], store: Store) -> None:
    """Code that needs what earlier saves returned reads that version, and saves nothing."""
    saved_by(SAVES_THAT_GIVE_SOMETHING)
    before = [(each.name, each.version) for each in store.artifact_store()]
    for name in ("first", "second", "third", "it"):
        assert "save" not in store.get(name).get_code(verify=True)
    assert 'lineapy.get("numbers", version=0)' in store.get("first").get_code()
    assert store.get("numbers", 0).get_code() == "numbers = [1]\n"
    assert [(each.name, each.version) for each in store.artifact_store()] == before


def test_code_that_is_verified_does_not_save(
    saved_by: Callable[..., Artifact], tmp_path: Path, store: Store
) -> None:
    """What a module of the user's saves while code is verified is an error, and not saved."""
    (tmp_path / "helper.py").write_text("""\
import lineapy_store


def train():
    lineapy_store.save([0], "inner")
    return [1]
""")
    artifact = saved_by("""\
import lineapy_store as lineapy
import helper
found = helper.train()
lineapy.save(found, "it")
""")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        with pytest.raises(SliceError, match="it saves 'inner'"):
            artifact.get_code(verify=True)
    assert [each.name for each in store.artifact_store()] == ["inner", "it"]


def test_code_that_ends_early(saved_by: Callable[..., Artifact]) -> None:
    """What exits before there is a value is no code of it; what exits afterwards is."""
    artifact = saved_by("""\
import lineapy_store as lineapy, sys
numbers = [len(sys.argv)]
if len(numbers) > 1:
    sys.exit(0)
lineapy.save(numbers, "it")
""")
    assert artifact.get_code(verify=True)


SAVED_IN_ROUNDS = """\
from contextlib import ExitStack
import lineapy_store as lineapy
numbers, count = [0], 0
for n in range(4):
    numbers.append(n)
    count += 1
    if n == 1:
        lineapy.save(numbers, "changed")
        lineapy.save(count, "count")
        lineapy.save(numbers + [9], "numbers")
for n in range(3):
    if n == 1: lineapy.save([numbers], "line")
    fresh = [n]
    if n == 1:
        lineapy.save(fresh, "fresh")
while True: lineapy.save(numbers, "while"); numbers.append(7); break
for n in range(3):
    numbers.append(n)
    if n == 2:
        continue
    lineapy.save(numbers, "continued")
for n in range(3):
    numbers.append(n)
    print(n)
    lineapy.save(numbers, "last")
while len(numbers) < 30:
    numbers.append(5)
    lineapy.save(numbers, "grown")
for pair in [(["given"], "starred")]:
    lineapy.save(*pair)
for n in range(2): numbers = [n]; lineapy.save(numbers, "round %d" % n)
with ExitStack() as stack:
    stack.callback(numbers.append, "end")
    lineapy.save(numbers, "entered")
try:
    {}["missing"]
except KeyError as error:
    lineapy.save(str(error), "error")
try:
    int("x")
except ValueError as error:
    error = str(error)
    lineapy.save(error, "told")
"""


def test_saved_in_some_round(saved_by: Callable[..., Artifact], store: Store) -> None:
    """What a loop saved before it went on is copied there, unless it is the same at its end."""
    saved_by(SAVED_IN_ROUNDS, "starred")
    names = ("changed", "count", "numbers", "line", "fresh", "while", "continued", "grown")
    for name in (*names, "last", "starred", "round 0", "round 1", "entered", "error", "told"):
        assert store.get(name).get_code(verify=True)
    assert "last" not in store.get("last").get_code()
    assert "count_saved = count" in store.get("count").get_code()
    assert "    fresh_saved = fresh\n" in store.get("fresh").get_code()


@pytest.mark.parametrize(
    "call",
    [
        "getattr(lineapy, 'save')([6], 'it')",
        "keep = lineapy.save; keep((found := [6]), 'it')",
        "lineapy.save((yes if len(yes) > 3 else no), 'it')",
    ],
)
def test_saved_by_other_names(saved_by: Callable[..., Artifact], call: str) -> None:
    """A function ``save`` by another name is found where it is called."""
    artifact = saved_by(f"import lineapy_store as lineapy\nyes, no = [1], [2]\n{call}\n")
    assert artifact.get_code(verify=True)


def test_arguments_of_the_command(
    tmp_path: Path, store: Store, run_python: Callable[..., Any]
) -> None:
    """Code that reads them has those that the program was given, if none sounds like a secret."""
    (tmp_path / "own.py").write_text("import sys\ngiven = sys.argv[1:]\n")
    (tmp_path / "main.py").write_text("""\
from __future__ import annotations
import argparse
import lineapy_store as lineapy
parser = argparse.ArgumentParser()
parser.add_argument("--size", type=int, default=3)
parser.add_argument("--password")
args = parser.parse_args()
lineapy.save([0] * args.size, "zeros")
lineapy.save([1], "one")
lineapy.save(lineapy.get("zeros").get_value() + [1], "more")
""")
    run_python("main.py", "--size", "4")
    lines = "import sys\nsys.argv[1:] = ['--size', '4']\n"
    assert f"annotations\n{lines}" in store.get("zeros").get_code(verify=True)
    assert "argv" not in store.get("one").get_code()
    assert lines in store.get("more").get_code(use_lineapy_serialization=False, verify=True)
    run_python("-u", "-W", "ignore", "main.py", "--password", "hush")
    with pytest.raises(SliceError, match="one of them may be a secret"):
        store.get("zeros").get_code()
    assert "hush" not in store.get("one").get_session_code()
    text = "import lineapy_store as lineapy, own; lineapy.save(own.given, 'own')"
    run_python("-c", text, "-c", "x")
    lines = "import sys\nsys.argv[1:] = ['-c', 'x']\n"
    assert store.get("own").get_code().startswith(lines)


def test_values_that_are_called_db(saved_by: Callable[..., Artifact], store: Store) -> None:
    """Only the library's own ``db`` and ``file_system`` are side effects."""
    saved_by("""\
import lineapy_store as lineapy
from types import SimpleNamespace
db = [3]
config = SimpleNamespace(db=[1], file_system="s3")
lineapy.save(db, "it")
lineapy.save(config.db, "attribute")
lineapy.save(config.file_system, "other")
numbers = [1, 2, 3]
for n in range(3):
    lineapy.save(numbers.pop(), f"taken {n}")
""")
    for name in ("it", "attribute", "other", "taken 0", "taken 1", "taken 2"):
        assert store.get(name).get_code(verify=True)


def test_saved_by_a_function_that_is_given_save(saved_by: Callable[..., Artifact]) -> None:
    """Where Python's own functions call ``save``, the code says that it cannot be had."""
    artifact = saved_by("""\
import lineapy_store as lineapy
list(map(lineapy.save, [[1], [2]], ["other", "it"]))
""")
    with pytest.raises(SliceError, match="no call of save on line 2"):
        artifact.get_code()


READS_UNDER_OTHER_NAMES = """\
import lineapy_store as lineapy
from lineapy_store import get as read
lineapy.save([1], "one")
lineapy.save([2], "two")
fetch = lineapy.get
found = read("one").get_value() + fetch(name="two").get_value()
found += getattr(lineapy, "get")("one", None).get_value()
for name in ("one", "two"):
    found += lineapy.get(name).get_value()
lineapy.save(found, "it")
lineapy.save([10], "one")
lineapy.save([20], "two")
"""


def test_versions_of_reads_under_other_names(saved_by: Callable[..., Artifact]) -> None:
    """However ``get`` is called, and for several artifacts in a loop, the versions are those."""
    text = saved_by(READS_UNDER_OTHER_NAMES).get_code(verify=True)
    assert text.count("version=0") == 2
    assert "lineapy.get(name, version={'one': 0, 'two': 0}[name])" in text


def test_modules_of_a_package(tmp_path: Path, store: Store, run_python: Callable[..., Any]) -> None:
    """Relative imports become absolute ones; what is beside the module is found by its file."""
    package = tmp_path / "project" / "steps"
    package.mkdir(parents=True)
    (package.parent / "shared.py").write_text("two = 2\n")
    (package / "numbers.txt").write_text("3 4")
    (package / "helper.py").write_text("def read(path):\n    return path.read_text().split()\n")
    (package / "train.py").write_text("""\
import lineapy_store as lineapy
from pathlib import Path
from . import helper as tools; from .helper import read
from ..shared import (
    two,
)
HERE = Path(__file__).parent
found = tools.read(HERE / "numbers.txt") + read(HERE / "numbers.txt") * two
lineapy.save(found, "it")
""")
    run_python("-m", "project.steps.train")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        text = store.get("it").get_code(verify=True)
    assert "from project.steps import helper as tools; from project.steps.helper import" in text
    assert "from project.shared import (\n" in text


def test_a_slice_with_its_save_is_verified(saved_by: Callable[..., Artifact]) -> None:
    """What is compared is what the code makes; the save itself is not run again."""
    artifact = saved_by("""\
import lineapy_store as lineapy
for n in range(3):
    if n == 1:
        lineapy.save([n] + [2], "it")
""")
    assert "save(" in artifact.get_code(keep_lineapy_save=True, verify=True)
    assert [each.version for each in artifact._store.artifact_store()] == [0]  # noqa: SLF001 - the same store


def test_several_versions_read_in_turn(saved_by: Callable[..., Artifact], store: Store) -> None:
    """Code that read an artifact as it became is refused, for no text says which version it was."""
    saved_by("""\
import lineapy_store as lineapy
found = []
for n in range(3):
    lineapy.save([n], "step")
    found += lineapy.get("step").get_value()
lineapy.save(found, "it")
lineapy.save(3, "other")
""")
    with pytest.raises(SliceError, match="line 5 was given several versions of 'step' in turn"):
        store.get("it").get_code()
    assert store.get("other").get_code(verify=True) == "other = 3\n"


def test_lines_that_go_on(saved_by: Callable[..., Artifact]) -> None:
    """A line that ends in a backslash is not taken apart."""
    artifact = saved_by("""\
import lineapy_store as lineapy
x = 1; y = [x]; \\
z = 3
lineapy.save(y, "it")
""")
    assert artifact.get_code(verify=True) == "x = 1; y = [x]; \\\nz = 3\n"


def test_without_the_library_the_code_of_what_was_read_is_there(
    saved_by: Callable[..., Artifact], store: Store
) -> None:
    """What other artifacts are made of comes first, in functions if other sessions made them."""
    saved_by(
        """\
import lineapy_store as lineapy
scale = 3


def scaled(number):
    return number * scale


noise = [scale]
base = [scaled(number) for number in [2, 1]]
lineapy.save(base, "base")
""",
        "base",
    )
    artifact = saved_by("""\
import lineapy_store as lineapy
scale = 10
base = lineapy.get("base").get_value()
base.sort()
lineapy.save(base, "sorted")
base.append(0)
found = lineapy.get("sorted").get_value()
noise = 3
lineapy.save([found, base, scale], "it")
""")
    assert artifact.get_value() == [[3, 6], [3, 6, 0], 10]
    text = artifact.get_code(use_lineapy_serialization=False, verify=True)
    assert (
        text
        == """\
def make_base():
    \"\"\"Return what was saved as 'base'.\"\"\"
    scale = 3


    def scaled(number):
        return number * scale
    base = [scaled(number) for number in [2, 1]]
    return base


base_as_saved = make_base()

import copy
scale = 10
base = base_as_saved
base.sort()
sorted_as_saved = copy.deepcopy(base)
base.append(0)
found = sorted_as_saved
it = [found, base, scale]
"""
    )
    store.delete("base", "all")
    with pytest.raises(SliceError, match="needs the library: import lineapy_store"):
        artifact.get_code(use_lineapy_serialization=False)


def test_saves_of_others_are_not_part_of_it(saved_by: Callable[..., Artifact]) -> None:
    """A save changes nothing and calls nothing, though what is saved holds a function."""
    artifact = saved_by("""\
import lineapy_store as lineapy
import pickle
steps = {"double": lambda numbers: numbers.append(2)}
numbers = [1]
steps["numbers"] = numbers
lineapy.save(numbers, "numbers")
lineapy.save([numbers, len(steps)], "both")
try:
    lineapy.save(steps, "steps")
    pickle.dumps(steps)
except Exception:
    pass
lineapy.save(numbers, "it")
""")
    assert artifact.get_code(verify=True) == "numbers = [1]\n"


def test_tables_of_ones_own(
    saved_by: Callable[..., Artifact], store: Store, tmp_path: Path
) -> None:
    """What a library does to its arguments can be said; a wrong table is an error that names it."""
    (tmp_path / "mylib.py").write_text("def look(items):\n    pass\n", encoding="utf-8")
    artifact = saved_by("""\
import lineapy_store as lineapy
import mylib
items = [1]
mylib.look(items)
lineapy.save(items, "it")
""")
    assert "mylib.look(items)" in artifact.get_code()
    folder = Path(store.options.get("home_dir"), "libraries")
    folder.mkdir()
    table = folder / "mylib.ini"
    table.write_text("[mylib]\nchanges nothing = look\n", encoding="utf-8")
    assert artifact.get_code(verify=True) == "items = [1]\n"
    assert "look" not in store.get_module_definition(["it"])
    table.write_text("[mylib]\nalters nothing = look\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"mylib.ini, \[mylib\]: 'alters nothing'"):
        artifact.get_code()
    table.write_text("mylib\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"mylib\.ini"):
        artifact.get_code()
