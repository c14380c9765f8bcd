"""What ``get_code`` returns for values that were saved inside functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lineapy_store import SliceError, Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lineapy_store import Artifact


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            """\
import lineapy_store as lineapy
def train(rows, scale=2):
    print("noise")
    model = [row * scale for row in rows]
    lineapy.save(model, "it")
    return len(model)
data = [1, 2]
unused = 3
train(data)
""",
            """\
data = [1, 2]
rows = data
scale = 2
model = [row * scale for row in rows]
it = model
""",
        ),
        (
            """\
import lineapy_store as lineapy
class Trainer:
    def __init__(self, scale):
        self.scale = scale
    def fit(self, rows):
        if not rows:
            return None
        lineapy.save([row * self.scale for row in rows], "it")
        print("noise")
unused = 3
def main():
    Trainer(3).fit([1, 2])
main()
""",
            """\
class Trainer:
    def __init__(self, scale):
        self.scale = scale
    def fit(self, rows):
        if not rows:
            return None
        return [row * self.scale for row in rows]
def main():
    return Trainer(3).fit([1, 2])
it = main()
""",
        ),
    ],
    ids=["its statements", "calls"],
)
def test_saved_inside_functions(
    source: str, expected: str, saved_by: Callable[..., Artifact]
) -> None:
    """The function's statements with its arguments bound, or calls that return what was saved."""
    assert saved_by(source).get_code(verify=True) == expected


def test_versions_inside_functions(saved_by: Callable[..., Artifact], store: Store) -> None:
    """What a function reads from the store is read in the version that it had, too."""
    store.save([1], "first")
    artifact = saved_by("""\
import lineapy_store as lineapy
unused = 1
def more(k):
    print("noise")
    old = lineapy.get("first").get_value()
    lineapy.save(old * k, "it")
more(3)
""")
    store.save([9], "first")
    assert (
        artifact.get_code(verify=True)
        == """\
import lineapy_store as lineapy
k = 3
old = lineapy.get("first", version=0).get_value()
it = old * k
"""
    )


def test_saved_in_a_test(tmp_path: Path, store: Store, run_python: Callable[..., Any]) -> None:
    """Plain arguments of a test are written out; others are an error that names them."""
    (tmp_path / "test_it.py").write_text("""\
import lineapy_store as lineapy
import pytest

@pytest.mark.parametrize("scale", [2])
def test_it(scale, tmp_path):
    rows = [1, scale]
    lineapy.save(rows, "rows")
    lineapy.save([tmp_path], "paths")
""")
    run_python("-m", "pytest", "-q", "-p", "no:lineapy", "-p", "no:cacheprovider", "test_it.py")
    assert store.get("rows").get_code() == "scale = 2\nrows = [1, scale]\n"
    with pytest.raises(SliceError, match="'tmp_path' was made by what called it"):
        store.get("paths").get_code()


def test_saved_where_a_file_ends_without_a_newline(
    tmp_path: Path, store: Store, run_python: Callable[..., Any]
) -> None:
    """What the code ends with is a line of its own, though the file's last line is not ended."""
    (tmp_path / "test_it.py").write_text(
        "import lineapy_store\ndef test_it():\n    x = [1]\n    lineapy_store.save(x + [2], 'it')"
    )
    run_python("-m", "pytest", "-q", "-p", "no:lineapy", "-p", "no:cacheprovider", "test_it.py")
    assert store.get("it").get_code(verify=True) == "x = [1]\nit = x + [2]\n"


def test_saved_in_tests_of_other_kinds(
    tmp_path: Path, store: Store, run_python: Callable[..., Any]
) -> None:
    """Hypothesis' arguments are written out, too, and a test's object is made anew."""
    (tmp_path / "test_it.py").write_text("""\
import lineapy_store as lineapy
from hypothesis import Phase, given, settings, strategies


@settings(max_examples=3, deadline=None, database=None, phases=[Phase.generate])
@given(scale=strategies.integers(2, 4), words=strategies.lists(strategies.text()))
def test_drawn(scale, words):
    lineapy.save([scale, *words], "drawn")


class TestIt:
    factor = 3

    def scaled(self, number):
        return number * self.factor

    def test_it(self):
        found = self.scaled(2)
        lineapy.save([found], "method")


class TestMade:
    def setup_method(self):
        self.factor = 4

    def test_it(self):
        lineapy.save([self.factor], "made")
""")
    run_python("-m", "pytest", "-q", "-p", "no:lineapy", "-p", "no:cacheprovider", "test_it.py")
    assert "scale = " in store.get("drawn").get_code(verify=True)
    assert "self = TestIt()\n" in store.get("method").get_code(verify=True)
    with pytest.raises(SliceError, match="'self' was made by what called it"):
        store.get("made").get_code()


LOOPS = """\
import lineapy_store as lineapy
seen = []
for number in [1, 2, 3]:
    seen.append(number)
    lineapy.save(seen, f"seen {number}")
    fresh = [number]
    lineapy.save(fresh, f"fresh {number}")
    lineapy.save([number] * 2, "same")


def train(number):
    model = {"number": number}
    lineapy.save(model, f"model {number}")


for number in (4, 5):
    train(number)


def main():
    for number in (6, 7):
        found = [number]
        lineapy.save(found, f"found {number}")
    if found:
        lineapy.save(found, "last")


main()
"""


def test_saved_in_loops(saved_by: Callable[..., Artifact], store: Store) -> None:
    """Each round's code makes what that round saved, if its name tells it from the others."""
    saved_by(LOOPS, "last")
    names = ["seen", "fresh", "same", "model", "found", "last"]
    for artifact in store.artifact_store():
        assert artifact.name.split()[0] in names
        if artifact.name == "same" and artifact.version < 2:
            with pytest.raises(SliceError, match="went on to save version"):
                artifact.get_code()
        else:
            assert artifact.get_code(verify=True)
    assert (
        store.get("fresh 2").get_code()
        == """\
for number in [1, 2, 3]:
    fresh = [number]
    if f"fresh {number}" == 'fresh 2': fresh_2 = fresh
"""
    )
