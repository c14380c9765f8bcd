"""What ``get_code`` returns for values that were saved inside functions."""

from __future__ import annotations

import textwrap
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
        (
            """\
import heapq
import lineapy_store as lineapy
def train(n):
    model = [n] * 2
    lineapy.save(model, "it")
    return n
unused = 3
heapq.nsmallest(1, [4], key=train)
""",
            """\
n = 4
model = [n] * 2
it = model
""",
        ),
        (
            """\
import sys
import lineapy_store as lineapy
def step(n):
    x = [n] * 2
    lineapy.save(x, "it" if n == 2 else "other")
    return x
def main():
    x = step(1)
    y = step(2)
    lineapy.save([x, y], "both")
if __name__ == "__main__":
    sys.exit(main())
""",
            """\
def step(n):
    x = [n] * 2
    import copy
    global it_saved
    if ("it" if n == 2 else "other") == 'it': it_saved = copy.deepcopy(x)
    return x
def main():
    x = step(1)
    y = step(2)
if __name__ == "__main__":
    main()
it = it_saved
""",
        ),
    ],
    ids=["its statements", "calls", "called by a library", "the end of the program"],
)
def test_saved_inside_functions(
    source: str, expected: str, saved_by: Callable[..., Artifact]
) -> None:
    """The function's statements with its arguments bound, or calls that return what was saved."""
    artifact = saved_by(source)
    assert artifact.get_code(verify=True) == expected
    with_comments = artifact.get_code(include_non_slice_as_comment=True).splitlines()
    assert [line for line in with_comments if line and not line.lstrip().startswith("#")] == (
        expected.splitlines()
    )


def test_saved_in_a_command(tmp_path: Path, store: Store, run_python: Callable[..., Any]) -> None:
    """What a library runs as a command has code, though the program ends with it."""
    pytest.importorskip("click", reason="its commands are what saves")
    (tmp_path / "main.py").write_text("""\
import click
import lineapy_store as lineapy

def fit(rows, rate):
    model = [row * rate for row in rows]
    lineapy.save(model, "model")
    return model

@click.command()
@click.option("--rate", default=2)
@click.argument("numbers", nargs=-1, type=int)
def train(rate, numbers):
    model = fit(list(numbers), rate)
    lineapy.save(sum(model), "total")

if __name__ == "__main__":
    train()
""")
    run_python("main.py", "--rate", "3", "1", "2")

    code = store.get("total").get_code(verify=True)
    assert "rate = 3\nnumbers = (1, 2)\n" in code
    assert "click" not in code
    code = store.get("model").get_code(verify=True)
    assert "sys.argv[1:] = ['--rate', '3', '1', '2']\n" in code
    assert "    except SystemExit:\n" in code


def test_saves_of_stores_are_no_part_of_it(saved_by: Callable[..., Artifact], store: Store) -> None:
    """Stores that the program makes are known wherever it keeps them: no code saves."""
    saved_by(
        """\
import os
from lineapy_store import Store
home = os.environ["LINEAPY_HOME_DIR"]
store = Store(home_dir=home)
def keep(obj, name):
    store.save(obj, name)
    return obj
rows = keep([1], "rows")
more = keep(rows + [2], "more")
class Tracker:
    def __init__(self):
        self.store = Store(home_dir=home)
    def log(self, obj, name):
        self.store.save(obj, name)
tracker = Tracker()
tracker.log(more, "logged")
more.append(3)
def opened():
    return Store(home_dir=home)
with opened() as other:
    other.save(more, "other")
    total = sum(more)
    other.save(total, "total")
""",
        "total",
    )
    for name in ("other", "total"):
        assert "save(" not in store.get(name).get_code(verify=True)
    for name in ("more", "logged"):
        code = store.get(name).get_code(verify=True, use_lineapy_serialization=False)
        assert "store" not in code


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
from __future__ import annotations
import lineapy_store as lineapy
import pytest
from hypothesis import Phase, given, settings, strategies


@pytest.fixture
def lineapy_store():
    return lineapy


@settings(max_examples=3, deadline=None, database=None, phases=[Phase.generate])
@given(scale=strategies.integers(2, 4), words=strategies.lists(strategies.text()))
def test_drawn(scale, words):
    lineapy.save([scale, *words], "drawn")


def fit(rows, table=[1]):
    sorted(rows, key=table.sort)
    return len(table)


@pytest.mark.parametrize("rows", [[]], ids=str)
def test_marked(rows):
    fit(rows)


@given(scale=strategies.integers().map(str))
def test_unused(scale):
    fit([])


def test_alone(lineapy_store):
    alone = fit([])
    lineapy_store.save(alone, "alone")
    twice = [alone] * 2
    lineapy_store.save(twice, "twice")


class TestIt:
    factor = 3

    def scaled(self, number):
        return number * self.factor

    def test_it(self):
        found = self.scaled(2)
        lineapy.save([found], "method")


class Common:
    def add(self, number):
        total = number + self.start
        lineapy.save(total, "inherited")


@pytest.mark.usefixtures("tmp_path")
class TestDerived(Common):
    start = 5

    def test_it(self):
        self.add(2)


class TestFirst:
    factor = 6

    def test_first(self):
        lineapy.save([self.factor], f"factor {self.factor}")


class TestSecond(TestFirst):
    factor = 7


def test_patched(monkeypatch):
    monkeypatch.setattr("math.pi", 3)
    import math

    pi = math.pi
    lineapy.save(pi, "pi")


class TestMade:
    def setup_method(self):
        self.factor = 4

    def test_it(self):
        lineapy.save([self.factor], "made")
""")
    run_python("-m", "pytest", "-q", "-p", "no:lineapy", "-p", "no:cacheprovider", "test_it.py")
    assert "scale = " in store.get("drawn").get_code(verify=True)
    assert "self = TestIt()\n" in store.get("method").get_code(verify=True)
    code = store.get("twice").get_code(verify=True)
    assert "test_" not in code
    assert code.endswith("alone = fit([])\ntwice = [alone] * 2\n")
    assert "self = TestDerived()\n" in store.get("inherited").get_code(verify=True)
    for name in ("made", "factor 6", "factor 7"):
        with pytest.raises(SliceError, match="'self' was made by what called it"):
            store.get(name).get_code()
    with pytest.raises(SliceError, match="'monkeypatch' may have changed what it found"):
        store.get("pi").get_code()


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


#: Scripts of which all that they save inside functions has code that makes it, version by version.
RIGHT = {
    "a function that is called again": """
        def step(x):
            y = x + 1
            lineapy.save(y, "step")
            return y * 10
        a = step(1)
        b = step(a)
        def fit(x, name):
            model = {"model": x}
            lineapy.save(model, name)
            return model
        first = fit(1, "first")
        fit(first["model"] + 5, "second")
        """,
    "what happens after the save": """
        last = 0
        def step(v):
            global last
            y = v + last
            lineapy.save(y, "step")
            last = v
        step(1)
        step(2)
        """,
    "what happens after the call": """
        def fit(data):
            model = {"rows": data}
            lineapy.save(model, "model")
            return model
        data = [0]
        fit(data)
        data.append(3)
        def put(obj, name):
            print(name)
            return lineapy.save(obj, name)
        m = {"a": 1}
        put(m, "m")
        m["a"] = 2
        put(m, "n")
        """,
    "what happens at the end of the statement": """
        def fit(model):
            try:
                lineapy.save(model, "tried")
            finally:
                model.append(2)
            if model:
                lineapy.save(model, "inside")
                model.append(3)
        fit([1])
        b = [0]
        def first(x, y):
            z = [x, *y]
            lineapy.save(z, "z")
            return x
        u = first(1, b) and b.append(2)
        v = b.pop() + first(b.pop(), b)
        """,
    "functions that others call": """
        def train(n):
            w = n * 2
            lineapy.save(w, f"w{n}")
            return w
        list(map(train, [1]))
        print(len(list(filter(train, [2, 3]))))
        top = max([4, 5], key=train)
        all = [train(n) for n in (6, 7)]
        print(train(8) + train(9))
        """,
    "functions that libraries call": """
        import functools
        import numpy as np
        import pandas as pd
        def train(n):
            w = int(n * 2)
            lineapy.save(w, f"w{n}")
            return w
        pd.DataFrame({"a": [1, 2]})["a"].apply(train)
        functools.reduce(lambda a, b: train(b), [3, 4])
        np.apply_along_axis(lambda row: train(row[0]), 1, np.array([[5], [6]]))
        """,
    "methods that nobody names": """
        class Items:
            def __init__(self, n):
                lineapy.save(n * 2, "init")
                self.n = n
            def __len__(self):
                lineapy.save(self.n + 1, "len")
                return 2
            def __repr__(self):
                lineapy.save(self.n + 5, "repr")
                return "Items"
            @property
            def prop(self):
                y = self.n + 6
                lineapy.save(y, "prop")
                return y
        items = Items(2)
        len(items)
        print(items)
        items.prop
        """,
    "calls on what calls return": """
        class Model:
            def __init__(self):
                self.w = 0
            def step(self, x):
                self.w += x
                lineapy.save(self.w, f"w{x}")
                return self
        (
            Model()
            .step(3)
            .step(
                4
            )
        )
        """,
    "decorators": """
        import functools
        def timed(function):
            @functools.wraps(function)
            def wrapper(*args):
                return function(*args)
            return wrapper
        @timed
        def train(n):
            w = n * 2
            lineapy.save(w, "timed")
            return w
        train(1)
        lineapy.save(train(4), "outer")
        def fit(x, y=1):
            z = [x, y]
            lineapy.save(z, "partial")
        fit = functools.partial(fit, 5)
        fit(3)
        """,
    "names of outer functions": """
        def outer(k):
            count = 0
            def inc():
                nonlocal count
                count += k
            inc()
            inc()
            lineapy.save(count, "count")
        outer(3)
        def make(k):
            def inner(x):
                y = k * x
                lineapy.save(y, "y")
            return inner
        inner = make(3)
        inner(4)
        """,
    "defaults": """
        def add(x, acc=[]):
            acc.append(x)
            lineapy.save(acc, "acc")
        add(1)
        add(2)
        rate = 0.1
        def fit(rate_=rate):
            z = rate_ * 2
            lineapy.save(z, "z")
        rate = 0.5
        fit()
        """,
    "names of classes": """
        class Base:
            def fit(self):
                self.w = 3
        class Model(Base):
            def __init__(self):
                self.__secret = 4
            def fit(self):
                super().fit()
                y = self.w + 1
                lineapy.save(y, "super")
            def predict(self, x):
                y = self.__secret + x
                lineapy.save(y, "private")
            @staticmethod
            def add(a, b=1):
                y = a + b
                lineapy.save(y, "static")
            @classmethod
            def made(cls, b):
                y = [cls.__name__, b]
                lineapy.save(y, "class")
            def plus(self, a=4, b=1):
                y = a + b
                lineapy.save(y, "plus")
        model = Model()
        model.fit()
        model.predict(3)
        Model.add(1)
        Model().made(6)
        Model.plus(model, 2)
        """,
    "names of builtins": """
        def clip(v):
            return max(v, 0)
        def fit(max, xs):
            y = [clip(x) + max for x in xs]
            lineapy.save(y, "y")
        fit(5, [-1, 2])
        def copy(x):
            return [x]
        def again(model):
            if model:
                model = copy(model)
                lineapy.save(model, "model")
        again(3)
        """,
    "recursion": """
        def walk(t):
            if not isinstance(t, list):
                out = t + 1
                lineapy.save(out, "leaf")
                return out
            return walk(t[0])
        walk([[3]])
        def depth(t, level=0):
            found = [depth(x, level + 1) for x in t]
            lineapy.save(found, f"level {level}")
            return len(found)
        depth([[[]]])
        """,
    "coroutines and generators": """
        import asyncio
        async def fit(x):
            y = x + 1
            await asyncio.sleep(0)
            lineapy.save(y, "y")
        asyncio.run(fit(3))
        def rows(n):
            for i in range(n):
                lineapy.save([i], f"row {i}")
                yield i
        for row in rows(3):
            print(row)
        """,
    "class bodies": """
        class Body:
            x = [1]
            lineapy.save(x, "x")
            x.append(2)
            for n in range(2):
                lineapy.save(x, f"x{n}")
                x.append(n)
        """,
    "lines of other shapes": """
        def fit(k):
            x = [
        1, 2, k,
        ]
            lineapy.save(x, "x")
        fit(3)
        def one(k): y = k; lineapy.save(y, "y"); return 3
        one(3)
        def later(k):
            v = [k]
            if k:
                lineapy.save(v, "v"); w = 1
                v.append(w); v.append(2)
            v.clear(); return 4
        later(5)
        def two(k):
            z = [k]
            lineapy.save(z, "z"); z.append(3); return z
        print(two(1), two(2))
        """,
    "other processes and threads": """
        from concurrent.futures import ThreadPoolExecutor
        from multiprocessing import get_context
        def train(n):
            w = n * 2
            lineapy.save(w, f"w{n}")
            return w
        if __name__ == "__main__":
            with ThreadPoolExecutor(2) as pool:
                print(list(pool.map(train, [1, 2])))
            with get_context("fork").Pool(1) as pool:
                print(pool.map(train, [3]))
        """,
}


@pytest.fixture
def save_by(tmp_path: Path, run_python: Callable[..., Any]) -> Callable[[str], None]:
    """Runs a script that saves."""

    def save_by(source: str) -> None:
        text = f"import lineapy_store as lineapy\n{textwrap.dedent(source)}"
        (tmp_path / "main.py").write_text(text, encoding="utf-8")
        run_python("main.py")

    return save_by


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT)
def test_code_makes_what_was_saved(
    source: str, save_by: Callable[[str], None], store: Store
) -> None:
    """Whatever calls a function, and whatever it does, its code makes what that call saved."""
    save_by(source)

    artifacts = list(store.artifact_store())

    assert artifacts
    for artifact in artifacts:
        assert artifact.get_code(verify=True)


def test_saved_in_every_round(save_by: Callable[[str], None], store: Store) -> None:
    """All rounds of a loop run as they did, and what the last has saved is what its code makes."""
    save_by("""
        def step(w, n):
            w = w * 2 + n
            lineapy.save(w, "w")
            return w
        w = 1
        for n in range(3):
            w = step(w, n)
        """)

    assert (
        store.get("w").get_code(verify=True)
        == """\
def step(w, n):
    w = w * 2 + n
    import copy
    global w_saved
    w_saved = copy.deepcopy(w)
    return w
w = 1
for n in range(3):
    w = step(w, n)
w = w_saved
"""
    )


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            """
            def fact(n):
                found = 1 if n < 2 else n * fact(n - 1)
                lineapy.save(found, "it")
                return found
            fact(2)
            """,
            "went on to save it again, before what called it was done",
        ),
        (
            """
            import numpy as np
            @np.vectorize(otypes=[int])
            def count(x):
                found = [x]
                lineapy.save(found, "it")
                return 1
            count([{3}])
            """,
            r"is called by 'count\(\[\{3\}\]\)' in a way that is not known",
        ),
        (
            """
            def both(x):
                pair = (x, "it")
                lineapy.save(*pair)
            both(1)
            """,
            "which call of save it was cannot be told",
        ),
        (
            """
            def several(x):
                return [lineapy.save(x, "it"), x.append(3)]
            [several([1]), several([2])]
            """,
            "the call of save is no statement of its own",
        ),
        (
            """
            def write(x):
                with open("it.txt", "w") as file:
                    file.write(x)
                lineapy.save(lineapy.file_system, "it")
            write("x")
            """,
            "Save it at the top level",
        ),
        (
            """
            import threading
            rows = [1]
            def count(n):
                found = [*rows, n]
                lineapy.save(found, "it")
            thread = threading.Thread(target=count, args=(3,))
            thread.start()
            thread.join()
            rows.append(8)
            """,
            "what it found in global variables cannot be told",
        ),
        (
            """
            import threading
            def grow(rows):
                rows.append(3)
                lineapy.save(rows, "it")
            thread = threading.Thread(target=grow, args=([1],))
            thread.start()
            thread.join()
            """,
            "'rows' was made by what called it",
        ),
    ],
    ids=[
        "again",
        "unseen",
        "arguments",
        "in a list",
        "files",
        "another thread",
        "changed argument",
    ],
)
def test_what_has_no_code_says_why(
    source: str, message: str, save_by: Callable[[str], None], store: Store
) -> None:
    """Where no program is sure to make what a function has saved, there is none."""
    save_by(source)

    with pytest.raises(SliceError, match=message):
        store.get("it", version=0).get_code()


def test_saved_in_tests_with_fixtures_and_helpers(
    tmp_path: Path, store: Store, run_python: Callable[..., Any]
) -> None:
    """What a fixture gives is written out unless it was changed; helpers of a test are called."""
    (tmp_path / "test_it.py").write_text("""\
import lineapy_store as lineapy
import pytest


@pytest.fixture
def data():
    return [1, 2]


@pytest.fixture
def other():
    return [[1], [2]]


def extend(rows):
    rows.append(3)


def helper(x, k=2):
    m = [x, k]
    lineapy.save(m, "helped")
    return m


def test_it(data):
    doubled = [x * 2 for x in data]
    lineapy.save(doubled, "fixture")


def test_changed(data, other):
    extend(data)
    lineapy.save(data, "changed")
    for one in other:
        one.append(1)
    lineapy.save(other, "changed inside")


def test_helper():
    b = helper(6)
    b.append(3)
    helper(7)


def test_nested():
    rows = [1]

    def inner(k):
        out = [k, *rows]
        lineapy.save(out, "nested")
        return out

    rows.append(2)
    assert inner(4) == [4, 1, 2]


class TestIt:
    def made(self, x):
        y = x + 1
        lineapy.save(y, "method")

    def test_made(self):
        self.made(3)
""")
    run_python("-m", "pytest", "-q", "-p", "no:lineapy", "-p", "no:cacheprovider", "test_it.py")
    assert store.get("fixture").get_code(verify=True).startswith("data = [1, 2]\n")
    for name in ("changed", "changed inside"):
        with pytest.raises(SliceError, match="was made by what called it"):
            store.get(name).get_code()
    for name in ("nested", "method"):
        assert store.get(name).get_code(verify=True)
    for version in (0, 1):
        assert store.get("helped", version=version).get_code(verify=True)


def test_saved_in_a_module_that_the_program_imports(
    tmp_path: Path, store: Store, run_python: Callable[..., Any]
) -> None:
    """Its text is not the program's: the error says what to write instead, and that has code."""
    (tmp_path / "lib.py").write_text("""\
import lineapy_store as lineapy


def train(n):
    model = [n]
    lineapy.save(model, "it")
    return model
""")
    (tmp_path / "main.py").write_text("""\
import lib
import lineapy_store as lineapy

lineapy.save(lib.train(2), "returned")
""")
    run_python("main.py")

    with pytest.raises(SliceError, match=r"inside train of .*lib\.py.*lineapy\.save\(train\("):
        store.get("it").get_code()
    assert store.get("returned").get_code() == "import lib\n\nreturned = lib.train(2)\n"
