"""Slices do without what provably does not matter."""

from __future__ import annotations

import textwrap

import pytest

from lineapy_store.slicing import slice_source

#: Programs for the value of ``x``; what a slice does not have is marked.
PROGRAMS = {
    "what is picked from an array is a copy": """
        import numpy as np
        x = np.arange(6.0)
        picked = x[[0, 1]]  # dropped
        picked[:] = -1  # dropped
        large = x[(x > 2) & ~(x == 4)]  # dropped
        large += 1  # dropped
        view = x[1:3]
        view[:] = 7
        """,
    "what is picked from a frame is a copy": """
        import pandas as pd
        x = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
        large = x[x["a"] > 1]  # dropped
        large["b"] = 0  # dropped
        both = x[["a", "b"]]  # dropped
        both.insert(0, "c", 1)  # dropped
        x["c"] = 1
        """,
    "a seed takes nothing from the state": """
        import numpy as np
        np.random.seed(1)  # dropped
        first = np.random.rand(3)  # dropped
        np.random.seed(2)
        x = np.random.rand(3)
        """,
    "a number is added to no container": """
        parts = [["a"], 3]
        x, count = parts
        count += 1  # dropped
        x.append("b")
        """,
    "a container has only its own methods": """
        import pandas as pd
        columns = {"a": [1, 2]}
        x = pd.DataFrame(columns)
        mean = x["a"].mean()  # dropped
        days = x["a"].astype(str).str.lower()  # dropped
        x["b"] = 1
        """,
    "groups and windows change nothing": """
        import pandas as pd
        x = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
        smooth = x["a"].rolling(2).mean()  # dropped
        total = x.groupby("a")["b"].sum()  # dropped
        """,
    "rows of a database are not the connection": """
        import sqlite3
        connection = sqlite3.connect(":memory:")
        x = connection.execute("select 1").fetchall()
        connection.close()  # dropped
        """,
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_slice_has_only_what_matters(program: str) -> None:
    """The slice has each line of the program but those that are marked."""
    source = textwrap.dedent(program)

    lines = slice_source(source, target="x").splitlines()

    expected = [line for line in source.splitlines() if line and "# dropped" not in line]
    assert [line for line in lines if line.strip()] == expected
