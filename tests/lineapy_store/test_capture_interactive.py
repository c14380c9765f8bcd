"""What a save keeps of cells in IPython and Jupyter, and of what was typed at a prompt."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from lineapy_store import SliceError, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

IMPORT = "import lineapy_store as lineapy"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., None]:
    """A Jupyter kernel; it is started anew for each store."""
    manager = pytest.importorskip("jupyter_client.manager", reason="cells are Jupyter's")
    pytest.importorskip("ipykernel", reason="cells are Jupyter's")
    folder = tmp_path_factory.mktemp("jupyter")

    def run(environment: dict[str, str], *cells: str) -> None:
        """Runs cells, of which some may fail."""
        environment = environment | {
            "IPYTHONDIR": str(folder / "ipython"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        }
        kernel_manager = manager.KernelManager(connection_file=str(folder / "connection.json"))
        kernel_manager.start_kernel(env=environment, cwd=str(folder))
        client = kernel_manager.blocking_client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=60)
            for cell in cells:
                client.execute(cell, reply=True, timeout=60, stop_on_error=False)
        finally:
            client.stop_channels()
            kernel_manager.shutdown_kernel(now=True)
            kernel_manager.cleanup_resources()
            client.context.destroy()

    return run


@pytest.fixture
def notebook(kernel: Callable[..., None], elsewhere: dict[str, str]) -> Callable[..., None]:
    """Runs cells in a new kernel, with the store of the test as the current one."""
    return lambda *cells: kernel(elsewhere, *cells)


def value_of(captured: Any) -> Any:
    """Return what the session makes when all that ran before the call runs again."""
    names: dict[str, Any] = {}
    exec(captured.before, names)  # noqa: S102 - the cells of a test
    return names["x"]


def test_cells_count_in_the_order_in_which_they_ran(
    store: Store, notebook: Callable[..., None], captured: Callable[..., Any]
) -> None:
    """A cell that ran twice is there twice; one that was changed, as it was each time."""
    cells = (IMPORT, "x = []", "x.append(len(x))", "x.append(len(x))", "x = [*x, 'new']")
    notebook(*cells, cells[2], "# the end\nlineapy.save(x, 'x'); y = 1\n", "x = 0")
    artifact = store.get("x")
    assert artifact.get_session_code() == (
        "\n\n".join([*cells, cells[2], "# the end\nlineapy.save(x, 'x'); y = 1"]) + "\n"
    )
    assert [part["count"] for part in captured(artifact).document["parts"]] == [1, 2, 3, 4, 5, 6, 7]
    assert captured(artifact).call == "lineapy.save(x, 'x'); y = 1"
    assert value_of(captured(artifact)) == artifact.get_value() == [0, 1, "new", 3]


FAILING: tuple[str, ...] = (
    "y.append(1)\n1 / 0\ny.append(2)",
    "y.append(1); 1 / 0; y.append(2)",
    "for n in range(9):\n    y.append(n)\n    if n == 2:\n        raise KeyError(n)\ny.append(0)",
    "def f():\n    y.append(3)\n    raise OSError\n\ny.append(1)\nf()\ny.append(2)",
    "y.append(1\ny.append(2)",
    "text = '''\n'''\ny.append(1)\n1 / 0\ny.append(2)",
)
# Before version 9 these magics kept errors to themselves, and nobody can know of them.
FAILING_MAGICS = (
    "%%time\n\ny.append(1)\n1 / 0\ny.append(2)",
    "%time y.append(1)\n%time 1 / 0\ny.append(2)",
)


def test_of_a_cell_that_failed_what_ran_counts(
    store: Store, notebook: Callable[..., None], captured: Callable[..., Any]
) -> None:
    """Statements after the failing one did not run; what the failing one did, it does again."""
    ipython = pytest.importorskip("IPython", reason="cells are IPython's")
    failing = (*FAILING, "%%capture\ny.append(1)\n1 / 0\ny.append(2)")
    if ipython.version_info >= (9,):
        failing += FAILING_MAGICS
    each = [cell for number, text in enumerate(failing) for cell in (new_list(number), text)]
    notebook(IMPORT, "lineapy.options", "x = {}", *each, "lineapy.save(x, 'x')")
    artifact = store.get("x")
    value = artifact.get_value()
    assert [*value.values()][:7] == [[1], [1], [0, 1, 2], [1, 3], [], [1], [1]]
    assert [*value.values()][7:] == [[1]] * (len(failing) - 7)
    assert value_of(captured(artifact)) == value
    assert all(cell in artifact.get_session_code() for cell in failing)


def test_of_a_cell_that_failed_before_ipython_is_asked(
    store: Store, notebook: Callable[..., None], captured: Callable[..., Any]
) -> None:
    """Older versions of IPython only know where the last one failed, newer ones of each."""
    history = pytest.importorskip("IPython.core.history", reason="cells are IPython's")
    newer = hasattr(history.HistoryManager, "exceptions")
    failing = (*FAILING, *FAILING_MAGICS) if newer else FAILING[3:4]
    each = [cell for number, text in enumerate(failing) for cell in (new_list(number), text)]
    notebook("x = {}", *each, IMPORT, "lineapy.save(x, 'x')")
    assert value_of(captured(store.get("x"))) == store.get("x").get_value()


def new_list(number: int) -> str:
    """Return a cell that begins a list of values."""
    return f"y = x[{number}] = []"


def test_a_cell_that_was_interrupted_is_not_run_again(
    store: Store, notebook: Callable[..., None], captured: Callable[..., Any]
) -> None:
    """It may be one that never ends; what ran before it in its cell counts."""
    notebook(IMPORT, "x = [1]\nwhile True:\n    raise KeyboardInterrupt", "lineapy.save(x, 'x')")
    assert "while True" not in captured(store.get("x")).session.source
    assert value_of(captured(store.get("x"))) == [1]


def test_magics_are_the_python_that_they_ran(
    store: Store, notebook: Callable[..., None], captured: Callable[..., Any]
) -> None:
    """What ran and bound names is there as statements; other magics are calls; lines are right."""
    notebook(
        IMPORT,
        "%%time\nx = 1",
        "%%capture out\n%%time\n# a comment\nx = x + 1\nprint('much')",
        "%precision 4\n%time x = x + 1\n!echo hello\nfiles = !ls",
        "%%bash\necho x = 7",
        "%%timeit -n 1 -r 1\nx = 8",
        "x?",
        "y = %time x * 2\n%time lineapy.save(x, 'line')",
        "\n\n%%time\nx += 1\nlineapy.save(\n    x, 'x')\nx += 1",
    )
    source = captured(store.get("x")).session.source
    lines = source.split("\n")
    assert {"x = 1", "x = x + 1", "# a comment", "y = x * 2", "x += 1"} <= set(lines)
    assert "run_line_magic('precision', '4')" in source
    assert "get_ipython().system('echo hello')" in source
    assert not {"x = 8", "x = 7"} & set(lines)
    assert captured(store.get("line")).call == "lineapy.save(x, 'line')"
    assert captured(store.get("x")).call.startswith("lineapy.save(")
    assert "%%capture out\n%%time\n# a comment\n" in store.get("x").get_session_code()
    outside = "\n".join(line for line in lines if "get_ipython" not in line)
    names: dict[str, Any] = {}
    exec(outside.partition("lineapy.save(x, 'line')")[0], names)  # noqa: S102 - as above
    assert (names["x"], names["y"]) == (3, 6)


def test_magics_that_change_where_python_is(
    store: Store,
    notebook: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The working directory and variables of the environment are set as the magics set them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "the data").mkdir()
    (tmp_path / "the data" / "x.txt").write_text("7")
    notebook(
        IMPORT,
        f"%cd {tmp_path}",
        "%cd 'the data'",
        "%env APP_MODE=fast\n%set_env APP_SIZE 3\n%env APP_OTHER",
        "import os\nx = open('x.txt').read() + os.environ['APP_MODE'] + os.environ['APP_SIZE']",
        "async def later():\n    return x\ny = await later()",
        "lineapy.save(x, 'x')\nlineapy.save(y, 'y')",
        "files = !ls",
        "lineapy.save(files, 'files')",
    )
    assert "os.chdir('the data')" in store.get("x").get_code(verify=True)
    assert store.get("y").get_code(verify=True).count("await") == 1
    with pytest.raises(SliceError, match="a magic or a !command of IPython"):
        store.get("files").get_code()


def test_functions_of_cells_and_reads_are_found_in_their_cells(
    store: Store, notebook: Callable[..., None], captured: Callable[..., Any]
) -> None:
    """A frame's part, and its lines in the whole text, are those of the cell that defined it."""
    store.save(1, "first")
    notebook(
        IMPORT,
        "# a line\ndef f(a, b=2):\n    return lineapy.save(a, 'x')",
        "first = lineapy.get('first', 0)",
        "f(5)",
    )
    found = captured(store.get("x")).session
    lines = found.source.split("\n")
    (frame,) = found.frames
    assert (frame["part"], frame["arguments"]) == (1, {"a": "5", "b": "2"})
    assert lines[frame["lineno"] - 1] == "    return lineapy.save(a, 'x')"
    assert lines[frame["firstlineno"] - 1] == "def f(a, b=2):"
    (read,) = found.reads
    assert lines[read["lineno"] - 1] == "first = lineapy.get('first', 0)"
    assert captured(store.get("x")).call == "f(5)"


def test_a_cell_that_is_not_counted_is_the_last(
    store: Store, tmp_path: Path, run_python: Callable[..., Any], captured: Callable[..., Any]
) -> None:
    """As programs run them that drive a shell, without a trace in its history."""
    pytest.importorskip("IPython", reason="the shell is IPython's")
    run_python(
        "-c",
        "from IPython.core.interactiveshell import InteractiveShell\n"
        f"shell = InteractiveShell.instance(ipython_dir={str(tmp_path / 'ipython')!r})\n"
        f"shell.run_cell('{IMPORT}', store_history=True)\n"
        "shell.run_cell('x = 1', store_history=True)\n"
        "shell.run_cell('z = 1\\nlineapy.save(x, \"x\")', store_history=False)\n",
    )
    artifact = store.get("x")
    assert [part["count"] for part in captured(artifact).document["parts"]] == [1, 2, None]
    assert captured(artifact).call == 'lineapy.save(x, "x")'


def test_ipython_in_a_terminal_has_its_cells(
    store: Store,
    tmp_path: Path,
    run_python: Callable[..., Any],
    elsewhere: dict[str, str],
    captured: Callable[..., Any],
) -> None:
    """What was entered at its prompt are cells, too."""
    pytest.importorskip("IPython", reason="the prompt is IPython's")
    run_python(
        *("-m", "IPython", "--simple-prompt", "--no-banner", "--no-confirm-exit"),
        stdin=None,
        input=f"{IMPORT}\nx = [1]\nx.append(2)\n1 / 0\nlineapy.save(x, 'x')\nexit\n",
        env=elsewhere | {"IPYTHONDIR": str(tmp_path / "ipython")},
    )
    artifact = store.get("x")
    assert artifact.get_session_code() == (
        f"{IMPORT}\n\nx = [1]\n\nx.append(2)\n\n1 / 0\n\nlineapy.save(x, 'x')\n"
    )
    assert value_of(captured(artifact)) == [1, 2]


@contextmanager
def prompt(environment: dict[str, str]) -> Iterator[Callable[[str], None]]:
    """Give a function that types a line at Python's prompt and waits for what it prints."""
    mine, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-q"],
        stdin=its,
        stdout=its,
        stderr=its,
        env=environment | {"TERM": "xterm"},
        start_new_session=True,
    )
    os.close(its)
    seen = bytearray()

    def read_until(text: bytes, seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while text not in seen:
            ready, _, _ = select.select([mine], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"{text!r} was not printed: {bytes(seen)!r}"
            seen.extend(os.read(mine, 10_000))
        seen.clear()

    count = 0

    def enter(line: str) -> None:
        nonlocal count
        count += 1
        os.write(mine, f"{line}; print('entered', {count} * 1000)\r".encode())
        read_until(f"entered {count}000".encode())

    try:
        read_until(b">>> ")
        yield enter
        os.write(mine, b"raise SystemExit\r")
        process.wait(60)
    finally:
        process.kill()
        process.wait()
        os.close(mine)


@pytest.mark.parametrize("basic", ["", "1"], ids=["new", "basic"])
def test_the_prompt_has_what_was_typed_where_python_keeps_it(
    basic: str,
    store: Store,
    tmp_path: Path,
    elsewhere: dict[str, str],
    captured: Callable[..., Any],
) -> None:
    """From Python 3.13 on each input is there; before, the error says that none is kept."""
    environment = elsewhere | {
        "PYTHON_BASIC_REPL": basic,
        "PYTHON_HISTORY": str(tmp_path / "history"),
    }
    with prompt(environment) as enter:
        for line in (IMPORT, "x = [1]", "x.append(2)", "x.append(2)", "a = lineapy.save(x, 'x')"):
            enter(line)
    artifact = store.get("x")
    assert artifact.get_value() == [1, 2, 2]
    if sys.version_info >= (3, 13):
        assert [line.partition(";")[0] for line in artifact.get_session_code().split("\n\n")] == [
            *(IMPORT, "x = [1]", "x.append(2)", "x.append(2)", "a = lineapy.save(x, 'x')")
        ]
        assert value_of(captured(artifact)) == [1, 2, 2]
    else:
        with pytest.raises(SliceError, match="prompt that keeps no record of what was typed"):
            artifact.get_code()


def test_cells_become_functions(store: Store, notebook: Callable[..., None]) -> None:
    """Artifacts of a notebook share what they need, though cells ran twice and one failed."""
    notebook(
        IMPORT,
        "x = [1]",
        "x.append(len(x))",
        "x.append(len(x))",
        "y = x[-1]\n1 / 0\ny = 7",
        "lineapy.save(x, 'x')",
        "%%time\nz = [y] * 2",
        "lineapy.save({'z': z}, 'z')",
        "x.append(5)",
    )
    text = store.get_module_definition(["x", "z"])
    assert text.count("x.append(len(x))") == 2
    assert store.get_function(["x", "z"])() == {"x": [1, 1, 2], "z": {"z": [2, 2]}}
