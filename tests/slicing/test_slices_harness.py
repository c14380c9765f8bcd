"""The judge of slices tells right from wrong ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.slices import Slices

_SCRIPT = "x = [1]\ny = x\ny.append(2)\nprint(y)\n"


@pytest.mark.parametrize(
    ("slice_", "status"),
    [
        ("x = [1]\nx.append(2)\n", "correct"),
        ("x = [1]\n", "wrong"),
        ("x = [1, 2.0]\n", "wrong"),
        ("y = [1, 2]\n", "wrong"),
        ("x = [1]\nz.append(2)\n", "raised"),
        ("x = [1", "raised"),
        ("import os\nos.abort()\n", "raised"),
    ],
)
def test_what_a_slice_makes_is_compared(slices: Slices, slice_: str, status: str) -> None:
    """A slice is correct if it makes an equal value, and a slice that fails is told apart."""
    result = slices.check(_SCRIPT, ["x"], lambda *_: slice_)["x"]

    assert result.status == status, result


def test_a_slicer_that_raises_is_told_from_a_slice_that_does(slices: Slices) -> None:
    """An exception of the slicer is a result, with its traceback."""

    def slicer(_source: str, target: str) -> str:
        raise LookupError(target)

    result = slices.check(_SCRIPT, ["x"], slicer)["x"]

    assert result.status == "slicer raised"
    assert "LookupError: x" in result.detail


@pytest.mark.parametrize(
    "script",
    [
        "import time\nx = time.time()\n",
        "import random\nx = random.random()\n",
        "import os\nx = os.urandom(8)\n",
        "x = object()\nx = id(x) + __import__('random').random()\n",
    ],
)
def test_a_script_that_makes_another_value_each_time_is_not_judged(
    slices: Slices, script: str
) -> None:
    """What the script doesn't make twice is no wrong slice; no run inherits a random state."""
    assert slices.check(script, ["x"], lambda *_: script)["x"].status == "not repeatable"


def test_a_script_that_raises_is_not_judged(slices: Slices) -> None:
    """A script that doesn't run has no slice to judge."""
    assert slices.check("x = 1 / 0\n", ["x"])["x"].status == "script raised"
    assert slices.check("y = 1\n", ["x"])["x"].status == "script raised"


@pytest.mark.parametrize(
    ("script", "slice_"),
    [
        ("import math\nmath.pi = 3\nx = math.pi\n", "import math\nx = math.pi\n"),
        (
            "import os\nos.environ['A_'] = '1'\nx = os.environ['A_']\n",
            "import os\nx = os.environ.get('A_')",
        ),
        (
            "open('a.txt', 'w').close()\nimport os\nx = os.listdir()\n",
            "import os\nx = os.listdir()\n",
        ),
        (
            "import sys\nsys.path.append('q')\nx = 'q' in sys.path\n",
            "import sys\nx = 'q' in sys.path\n",
        ),
        (
            "import decimal\ndecimal.getcontext().prec = 3\nx = decimal.Decimal(1) / 3\n",
            "import decimal\nx = decimal.Decimal(1) / 3\n",
        ),
    ],
)
def test_nothing_is_left_from_the_run_before(slices: Slices, script: str, slice_: str) -> None:
    """A slice that needs what the script has changed around it is wrong, or raises."""
    assert slices.check(script, ["x"], lambda *_: slice_)["x"].status == "wrong"
    assert slices.check(script, ["x"], lambda *_: script)["x"].status == "correct"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("x = (n for n in [1, 2, 3])\n", "x = (n for n in [1, 2])\n"),
        (
            "import threading\nx = [threading.Lock(), 1]\n",
            "import threading\nx = [threading.Lock(), 2]\n",
        ),
        ("x = iter([1, 2, 3])\n", "x = iter([1, 2])\n"),
        ("class A:\n    b = 1\nx = A()\n", "class A:\n    b = 2\nx = A()\n"),
    ],
)
def test_values_that_no_pickle_holds_are_compared_too(
    slices: Slices, right: str, wrong: str
) -> None:
    """Generators, locks, and instances of classes of the script are judged like any value."""
    script = right + "print(1)\n"
    assert slices.check(script, ["x"], lambda *_: right)["x"].status == "correct"
    assert slices.check(script, ["x"], lambda *_: wrong)["x"].status == "wrong"


def test_a_module_that_the_script_writes_does_not_outlive_it(slices: Slices) -> None:
    """Values of such a module's classes are compared, though the module's file is gone."""
    script = "open('own.py', 'w').write('class A: pass')\nimport own\nx = own.A()\nx.n = {}\n"

    results = [
        slices.check(script.format(1), ["x"], lambda *_, n=n: script.format(n))["x"].status
        for n in (1, 2)
    ]

    assert results == ["correct", "wrong"]
