"""Programs that nobody wrote about tables: columns, rows, views, copies, and what changes them.

As those of ``programs``, each statement is run at once, and what raises is left out; what a view
shares with its table depends on the version of pandas. No variable has the memory of a table as an
array: pandas 3 copies a table that is changed if another one refers to the same memory, so that
such an array shows a change or not as it happens.

``python tests/plugins/table_programs.py 2000`` slices that many for each of their variables.
"""

from __future__ import annotations

import contextlib
import io
import random
import sys
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.plugins.programs import check_all
else:
    from programs import check_all

_HEAD = "import numpy as np\nimport pandas as pd\nname = 'a'\n"
_COLUMNS = ("a", "b", "c", "d")


class _Writer:
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - for tests
        self.written = [_HEAD]
        self.namespace: dict[str, Any] = {}
        exec(_HEAD, self.namespace)  # noqa: S102 - ours

    def program(self, size: int) -> str:
        """Return a program of about so many statements."""
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            self.add(f"t0 = {self.new_table()}\n")
            for _ in range(size):
                self.add(self.statement() + "\n")
        return "".join(self.written)

    def add(self, text: str) -> None:
        """Run a statement, and keep it if it does not raise."""
        try:
            exec(text, self.namespace)  # noqa: S102 - ours
        except Exception:  # noqa: BLE001 - whatever it is, others are tried
            self.namespace = {}  # what it did before it raised is undone
            exec("".join(self.written), self.namespace)  # noqa: S102 - ours
        else:
            self.written.append(text)

    def one(self, options: Any) -> Any:
        """Return one of some things."""
        return self.random.choice(list(options))

    def named(self, kind: str) -> str:
        """Return a variable of a kind; a name that has no value if there is none."""
        names = [name for name, value in self.namespace.items() if type(value).__name__ == kind]
        return self.one(names) if names else "nothing"

    def target(self, prefix: str) -> str:
        """Return a variable to be assigned, a new one or not."""
        return f"{prefix}{self.random.randrange(4)}"

    def number(self) -> int:
        """Return a small number."""
        return self.random.randrange(6)

    def key(self) -> str:
        """Return a column's name as it is written."""
        return "name" if self.random.random() < 0.15 else repr(self.one(_COLUMNS))

    def keys(self) -> str:
        """Return a list of columns as it is written."""
        return f"[{', '.join(map(repr, self.random.sample(_COLUMNS, self.one((1, 2)))))}]"

    def new_table(self) -> str:
        """Return what makes a table."""
        rows = range(self.one((2, 3, 3, 3)))
        columns = {name: [self.number() for _ in rows] for name in _COLUMNS[: self.one((2, 3))]}
        array = [[self.number() for _ in "ab"] for _ in rows]
        return str(
            self.one(
                (
                    *(f"pd.DataFrame({columns})",) * 4,
                    f"pd.DataFrame(np.array({array}), columns=['a', 'b'])",
                    "pd.DataFrame()",
                    "pd.DataFrame({})",
                )
            )
        )

    def series(self) -> str:
        """Return an expression for values of a column, or for one."""
        t, s = self.named("DataFrame"), self.named("Series")
        return str(
            self.one(
                (
                    str(self.number()),
                    f"{t}[{self.key()}]",
                    f"{t}.{self.one(_COLUMNS)}",
                    f"{t}[{self.key()}] * {self.number()}",
                    f"{t}[{self.key()}] + {t}[{self.key()}]",
                    f"{t}[{self.key()}].map(lambda x: x + {self.number()})",
                    f"np.where({self.mask(t)}, {self.number()}, {t}[{self.key()}])",
                    f"{t}[{self.key()}].cumsum()",
                    s,
                    f"{s} - 1",
                    f"list({t}[{self.key()}])",
                    f"[{self.number()}] * len({t})",
                )
            )
        )

    def mask(self, table: str) -> str:
        """Return a condition on rows."""
        column = self.one((f"[{self.key()}]", f".{self.one(_COLUMNS)}"))
        return f"{table}{column} > {self.number()}"

    def derived(self) -> str:
        """Return an expression for a table made from another one."""
        t, other = self.named("DataFrame"), self.named("DataFrame")
        return str(
            self.one(
                (
                    t,
                    f"{t}.copy()",
                    f"{t}[{self.keys()}]",
                    f"{t}[{self.mask(t)}]",
                    f"{t}.loc[{self.mask(t)}, {self.keys()}]",
                    f"{t}.loc[:, {self.keys()}]",
                    f"{t}.head({self.number()})",
                    f"{t}[:{self.number()}]",
                    f"{t}.drop(columns={self.keys()})",
                    f"{t}.sort_values({self.key()})",
                    f"{t}.assign(d={t}[{self.key()}] * 2)",
                    f"{t}.rename(columns={{{self.key()}: {self.key()}}})",
                    f"{t}.reset_index(drop=True)",
                    f"{t}.T",
                    f"{t}.T.T",
                    f"{t}.set_axis(list('abcd')[:{t}.shape[1]], axis=1)",
                    f"{t}.fillna(0)",
                    f"{t} + {self.number()}",
                    f"pd.concat([{t}, {other}])",
                    f"{t}.merge({other}, on={self.key()})",
                    f"pd.DataFrame({t})",
                    f"pd.DataFrame({{'a': {t}[{self.key()}], 'd': 1}})",
                    self.new_table(),
                )
            )
        )

    def value(self) -> str:
        """Return an expression for what is read of a table."""
        t = self.named("DataFrame")
        return str(
            self.one(
                (
                    f"{t}[{self.key()}].sum()",
                    f"{t}[{self.key()}].tolist()",
                    f"{t}.sum().tolist()",
                    f"{t}.shape",
                    f"list({t}.columns)",
                    f"list({t}.index)",
                    f"len({t})",
                    f"{t}.loc[{self.mask(t)}, {self.key()}].tolist()",
                    f"{t}.iloc[0].tolist()",
                    f"{t}.loc[0].tolist()",
                    f"{t}.T[0].tolist()",
                    f"{t}.at[0, {self.key()}]",
                    f"{t}.{self.one(_COLUMNS)}.tolist()",
                    f"[row.a for row in {t}.itertuples()]",
                    f"{{key: list(column) for key, column in {t}.items()}}",
                    f"{t}.groupby({self.key()})[{self.key()}].sum().tolist()",
                    f"{t}.to_dict('list')",
                    f"{t}.to_numpy().tolist()",
                )
            )
        )

    def change(self) -> str:
        """Return a statement that changes a table, or something of one."""
        t, s, array = map(self.named, ("DataFrame", "Series", "ndarray"))
        key, number = self.key(), self.number()
        return str(
            self.one(
                (
                    *(f"{t}[{key}] = {self.series()}",) * 5,
                    f"{t}.{self.one(_COLUMNS)} = {number}",
                    f"{t}[{key}] += {number}",
                    f"{t}[{key}] *= {t}[{self.key()}]",
                    f"{t}.loc[{self.mask(t)}, {key}] = {number}",
                    f"{t}.loc[{t}[{self.key()}] > {number}, {key}] = {number}",
                    f"{t}.loc[[0, 1], {key}] = {number}",
                    f"{t}.loc[{s}, {key}] = {number}",
                    f"{t}.loc[:, {key}] = {number}",
                    f"{t}.loc[:, {key}] = {self.series()}",
                    f"{t}.loc[{number}, {key}] = {number}",
                    f"{t}.loc[len({t})] = {number}",
                    f"{t}.loc[{self.mask(t)}] = {number}",
                    f"{t}.iloc[0, 0] = {number}",
                    f"{t}.at[0, {key}] = {number}",
                    f"{t}.{self.one(_COLUMNS)} = {number}",
                    f"{t}[{self.keys()}] = {number}",
                    f"del {t}[{key}]",
                    f"{t}.pop({key})",
                    f"{t}.insert(0, {key}, {number})",
                    f"{t}.drop(columns={key}, inplace=True)",
                    f"{t}.rename(columns={{{key}: {self.key()}}}, inplace=True)",
                    f"{t}.sort_values({key}, inplace=True)",
                    f"{t}.columns = list('dcba')[:{t}.shape[1]]",
                    f"{t}[{key}].fillna({number}, inplace=True)",
                    f"{t}[{key}].values[0] = {number}",
                    f"{t}[{key}][0] = {number}",
                    f"{s}.iloc[0] = {number}",
                    f"{s}[0] = {number}",
                    f"{s} += {number}",
                    f"{array}[0] = {number}",
                    f"np.put({array}, [0], {number})",
                    f"for k in {self.keys()}:\n    {t}[k] = {self.series()}",
                    f"for k in range(2):\n    {t}[{key}] = {t}[{self.key()}] + k",
                    f"if {t}[{key}].sum() > {number}:\n    {t}[{self.key()}] = {number}",
                )
            )
        )

    def statement(self) -> str:
        """Return a statement that may raise."""
        t, s = self.named("DataFrame"), self.named("Series")
        kind = self.random.random()
        if kind < 0.5:
            return self.change()
        if kind < 0.65:
            return f"{self.target('t')} = {self.derived()}"
        if kind < 0.8:
            return f"{self.target('s')} = {self.one((t, t, s))}[{self.key()}]"
        if kind < 0.82:
            return f"name = {self.one(_COLUMNS)!r}"
        if kind < 0.85:
            source = self.one((f"{t}[{self.key()}]", t, s))
            return f"{self.target('n')} = {source}.to_numpy(copy=True)"
        return f"{self.target('x')} = {self.value()}"


def generate_tables(seed: int, size: int = 20) -> str:
    """Return the program about tables that a seed makes, of about so many statements."""
    return _Writer(seed).program(size)


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # of what pandas will do in future
    check_all(sys.argv[1:], generate_tables)
