"""What a save keeps of the source that it was called from, in programs of every kind."""

from __future__ import annotations

import ast
import os
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from lineapy_store import SliceError, Store
from lineapy_store.slicing.capture import capture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCRIPT = """\
# Ein Schärfetest: comments, and blank lines

import lineapy_store as lineapy
x = [1,
     2]\t# tab
unused = "x"
lineapy.save(
    x,
    "x",
)
x.append(3)
"""
CALL = 'lineapy.save(\n    x,\n    "x",\n)'


def saved(store: Store, name: str = "x") -> Any:
    """Return what another process saved."""
    return store.get(name)


def run_script(path: Path, run_python: Callable[..., Any]) -> None:
    """Run it by its path."""
    run_python(str(path))


def run_module(path: Path, run_python: Callable[..., Any]) -> None:
    """Run it by its module's name."""
    run_python("-m", f"pack.{path.stem}")


def run_stdin(path: Path, run_python: Callable[..., Any]) -> None:
    """Run it as the file that is standard input."""
    with path.open() as stream:
        run_python("-", stdin=stream)


def run_command(path: Path, run_python: Callable[..., Any]) -> None:
    """Run its text, behind options that look like it."""
    run_python("-W", "ignore", "-Xutf8", "-Bc", path.read_text(encoding="utf-8"), "-c", "argument")


def run_import(path: Path, run_python: Callable[..., Any]) -> None:
    """Import it."""
    run_python("-c", f"import pack.{path.stem}")


def run_path(path: Path, run_python: Callable[..., Any]) -> None:
    """Run it from another program."""
    run_python("-c", f"import runpy; runpy.run_path({str(path)!r}, run_name='__main__')")


@pytest.mark.parametrize(
    ("run", "kind"),
    [
        (run_script, "script"),
        (run_module, "script"),
        (run_stdin, "stdin"),
        (run_command, "command"),
        (run_import, "module"),
        (run_path, "script"),
    ],
)
def test_the_whole_source_and_the_place_of_the_call_are_kept(  # noqa: PLR0913, PLR0917 - fixtures
    run: Callable[..., None],
    kind: str,
    tmp_path: Path,
    store: Store,
    run_python: Callable[..., Any],
    captured: Callable[..., Any],
) -> None:
    """The text is the program's, to the letter, and the call is found on its lines."""
    script = tmp_path / "pack" / "script.py"
    script.parent.mkdir()
    script.write_text(SCRIPT, encoding="utf-8")
    run(script, run_python)
    artifact = saved(store)
    assert artifact.get_metadata().lineapy.code["kind"] == kind
    assert artifact.get_session_code() == SCRIPT
    assert captured(artifact).session.source == SCRIPT
    assert captured(artifact).call == CALL


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SCRIPT.replace("\n", "\r\n"), "utf-8"),
        (SCRIPT, "utf-8-sig"),
        ("# -*- coding: latin-1 -*-\n" + SCRIPT, "latin-1"),
        (SCRIPT.replace("unused", "\x0cunused"), "utf-8"),
        (SCRIPT.rstrip("\n"), "utf-8"),
    ],
    ids=["CRLF", "BOM", "coding", "form feed", "no end of line"],
)
def test_the_text_is_kept_as_it_is_decoded(  # noqa: PLR0913, PLR0917 - fixtures
    text: str,
    encoding: str,
    tmp_path: Path,
    store: Store,
    run_python: Callable[..., Any],
    captured: Callable[..., Any],
) -> None:
    """Ends of lines and form feeds stay; the coding line says how to decode."""
    script = tmp_path / "script.py"
    script.write_bytes(text.encode(encoding))
    run_python(str(script))
    assert saved(store).get_session_code() == text
    assert captured(saved(store)).session.call is not None


def test_a_script_from_a_pipe_is_said_to_be_gone(
    store: Store, run_python: Callable[..., Any]
) -> None:
    """Saving works, and the error says why there is no code and what to do."""
    run_python("-", stdin=None, input=SCRIPT, encoding="utf-8")
    artifact = saved(store)
    assert artifact.get_value() == [1, 2]
    for ask in (artifact.get_code, artifact.get_session_code):
        with pytest.raises(SliceError, match=r"'x' version 0: .* pipe, .*'python script\.py'"):
            ask()


def test_standard_input_is_left_where_it_was(
    tmp_path: Path, store: Store, run_python: Callable[..., Any], captured: Callable[..., Any]
) -> None:
    """What reads standard input after a save finds what it would have found without."""
    script = tmp_path / "script.py"
    script.write_text("import sys\n" + SCRIPT + "print(repr(sys.stdin.read()))\n", encoding="utf-8")
    with script.open() as stream:
        assert run_python("-", stdin=stream).stdout == "''\n"
    assert captured(saved(store)).call == CALL


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ("text + '# a comment at its end'", False),
        ("text.replace('x = [1,', 'x = [7,')", True),
        ("'\\n' + text", True),
        ("'syntax error ('", True),
        ("None", False),
    ],
)
def test_a_file_that_changed_while_it_ran_is_noticed(  # noqa: PLR0913, PLR0917 - fixtures
    change: str,
    changed: bool,  # noqa: FBT001 - a parameter
    tmp_path: Path,
    store: Store,
    run_python: Callable[..., Any],
    captured: Callable[..., Any],
) -> None:
    """What does not compile to the code that runs is not taken for its source."""
    script = tmp_path / "script.py"
    before = f"""\
import pathlib
here = pathlib.Path(__file__)
text = here.read_text(encoding="utf-8")
new = {change}
if new is not None: here.write_text(new, encoding="utf-8")
"""
    script.write_text(before + SCRIPT, encoding="utf-8")
    run_python(str(script))
    artifact = saved(store)
    if changed:
        with pytest.raises(SliceError, match=r"script\.py changed on disk while it ran"):
            artifact.get_session_code()
    else:
        assert captured(artifact).call == CALL


def test_a_file_that_changes_between_two_saves_is_known_from_the_first(
    tmp_path: Path, store: Store, run_python: Callable[..., Any]
) -> None:
    """What ran is what was there at the first save, though the file is another one by then."""
    script = tmp_path / "script.py"
    text = SCRIPT + (
        "import pathlib\npathlib.Path(__file__).write_text('pass')\nlineapy.save(x, 'y')\n"
        "pathlib.Path(__file__).unlink()\nlineapy.save(x, 'z')\n"
    )
    script.write_text(text, encoding="utf-8")
    run_python(str(script))
    assert saved(store, "y").get_session_code() == text
    assert saved(store, "z").get_session_code() == text


def test_a_program_in_a_zip_file_has_its_source(
    tmp_path: Path, store: Store, run_python: Callable[..., Any]
) -> None:
    """The loader that has the code is asked for the text."""
    with zipfile.ZipFile(tmp_path / "program.zip", "w") as archive:
        archive.writestr("__main__.py", SCRIPT)
    run_python("program.zip")
    assert saved(store).get_session_code() == SCRIPT


def test_code_that_was_compiled_by_hand_is_known_to_linecache(
    store: Store, run_python: Callable[..., Any], captured: Callable[..., Any]
) -> None:
    """``exec`` of a text that was registered has its source; of any other text, a reason."""
    run_python(
        "-c",
        f"import linecache; text = {SCRIPT!r}\n"
        "linecache.cache['made'] = (len(text), None, text.splitlines(keepends=True), 'made')\n"
        "exec(compile(text, 'made', 'exec'))\n"
        "exec(text.replace('\"x\"', '\"y\"'))\n"
        "exec(compile(text.replace('\"x\"', '\"z\"'), '<made>', 'exec'))\n",
    )
    assert saved(store).get_session_code() == SCRIPT
    assert captured(saved(store)).document["kind"] == "exec"
    for name in "yz":
        with pytest.raises(SliceError, match=r"given to exec|made from a text"):
            saved(store, name).get_code()


def test_the_frames_lead_from_the_save_to_the_top_level(
    tmp_path: Path, store: Store, run_python: Callable[..., Any], captured: Callable[..., Any]
) -> None:
    """Each has its place and its plain arguments, and those of another file have that text."""
    helper = """\
import lineapy_store as lineapy
class Trainer:
    def train(self, rate, *layers, api_token, data, **more):
        value = rate * 2
        return lineapy.save(value, "x")
"""
    main = """\
import helper
class Big: pass
def outer(a, b=(1, {'k': None})):
    train = helper.Trainer().train
    return [train(a, 3, 4, api_token='s3cret', data=Big(), name='n') for _ in 'x'][0]
outer(
    0.5)
"""
    (tmp_path / "helper.py").write_text(helper)
    (tmp_path / "main.py").write_text(main)
    run_python("main.py")
    artifact = saved(store)
    assert artifact.get_session_code() == main
    frames = {frame["name"]: frame for frame in captured(artifact).document["frames"]}
    assert [name for name in frames if name != "<listcomp>"] == ["train", "outer", "<module>"]
    train = frames["train"]
    assert (train["lineno"], train["firstlineno"], train["direct"]) == (5, 3, True)
    assert {name: ast.literal_eval(each) for name, each in train["arguments"].items()} == {
        "rate": 0.5,
        "layers": (3, 4),
        "more": {"name": "n"},
    }
    assert ast.literal_eval(frames["outer"]["arguments"]["b"]) == (1, {"k": None})
    assert captured(artifact).session.texts == {train["text"]: helper}
    assert train["facts"]["modules"]["lineapy"]["name"] == "lineapy_store"
    assert captured(artifact).document["call"]["lineno"] == 6
    assert not any("s3cret" in str(frame["arguments"]) for frame in frames.values())


def test_what_libraries_call_is_the_users(
    tmp_path: Path, store: Store, run_python: Callable[..., Any], captured: Callable[..., Any]
) -> None:
    """Threads and libraries between the user's frames are left out, and said to be there."""
    (tmp_path / "main.py").write_text("""\
import threading, contextlib, click
import lineapy_store as lineapy
def work(n):
    lineapy.save(n, "thread")
thread = threading.Thread(target=work, args=[1])
thread.start()
thread.join()
@click.command()
def command():
    lineapy.save(2, "command")
command([], standalone_mode=False)
stack = contextlib.ExitStack()
stack.callback(lineapy.save, 3, "callback")
stack.close()
""")
    run_python("main.py")
    thread = captured(saved(store, "thread")).document
    assert (thread["call"], [frame["name"] for frame in thread["frames"]]) == (None, ["work"])
    command = captured(saved(store, "command")).document
    assert [frame["name"] for frame in command["frames"]] == ["command", "<module>"]
    assert [frame["direct"] for frame in command["frames"]] == [True, False]
    assert command["call"]["lineno"] == 11
    callback = captured(saved(store, "callback")).document
    assert [frame["direct"] for frame in callback["frames"]] == [False]
    assert callback["call"]["lineno"] == 14


@pytest.mark.parametrize("arguments", [[], ["-n", "1"]], ids=["alone", "in a worker"])
def test_a_test_of_pytest_is_the_users(
    arguments: list[str],
    tmp_path: Path,
    store: Store,
    run_python: Callable[..., Any],
    captured: Callable[..., Any],
) -> None:
    """Its module, which pytest rewrites as it loads it, is the source; pytest's frames are not."""
    text = """\
import pytest
import lineapy_store as lineapy
@pytest.mark.parametrize("n", [3])
def test_saves(n):
    assert n == 3, "long"
    artifact = lineapy.save(n, "x")
    assert artifact.get_value() == 3
"""
    (tmp_path / "test_it.py").write_text(text)
    run_python("-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, "test_it.py")
    artifact = saved(store)
    assert artifact.get_session_code() == text
    (frame,) = captured(artifact).document["frames"]
    assert (frame["name"], frame["lineno"], frame["arguments"]) == ("test_saves", 6, {"n": "3"})


def test_recursion_is_cut_short(
    tmp_path: Path, store: Store, run_python: Callable[..., Any], captured: Callable[..., Any]
) -> None:
    """Of very many frames both ends are kept."""
    (tmp_path / "main.py").write_text(
        "import lineapy_store as lineapy\n"
        "def f(n): return f(n - 1) if n else lineapy.save(n, 'x')\n"
        "f(500)\n"
    )
    run_python("main.py")
    frames = captured(saved(store)).document["frames"]
    assert len(frames) == 100
    assert frames[0]["arguments"] == {"n": "0"}
    assert frames[-1]["name"] == "<module>"


def test_whatever_goes_wrong_is_a_reason_and_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A save does not fail for want of its source."""
    assert "no Python code" in capture(None).code["missing"]

    def broken(*_: object) -> None:
        raise RuntimeError("everything is broken")

    monkeypatch.setattr("lineapy_store.slicing.capture.facts", broken)
    assert "everything is broken" in capture(sys._getframe()).code["missing"]  # noqa: SLF001 - as the store does


def test_reads_of_other_artifacts_are_remembered(
    tmp_path: Path, store: Store, run_python: Callable[..., Any], captured: Callable[..., Any]
) -> None:
    """A later save has which versions its source was given, and where it asked for them."""
    (tmp_path / "other.py").write_text("import lineapy_store as lineapy\nlineapy.get('first')\n")
    (tmp_path / "main.py").write_text("""\
import other
import lineapy_store as lineapy
first = [lineapy.get("first", version=asked) for asked in (None, 0, "latest", 0)]
lineapy.save(first[0].get_value(), "second")
lineapy.get("first")
""")
    store.save(1, "first")
    store.save(2, "first")
    run_python("main.py")
    reads = captured(saved(store, "second")).session.reads
    assert [(read["asked"], read["version"]) for read in reads] == [
        (None, 1),
        (0, 0),
        ("latest", 1),
    ]
    assert {(read["name"], read["lineno"], read["catalog"]) for read in reads} == {
        ("first", 3, store._catalog().id)  # noqa: SLF001 - nothing public says it
    }


def test_saves_are_remembered_where_they_give_something(
    tmp_path: Path, store: Store, run_python: Callable[..., Any], captured: Callable[..., Any]
) -> None:
    """Saves in statements of their own do not make what later ones keep grow."""
    (tmp_path / "main.py").write_text("""\
import lineapy_store as lineapy
for n in range(20):
    lineapy.save(n, f"number {n}")
kept = lineapy.save(1, "kept")
if lineapy.save(2, "asked").version == 0:
    lineapy.save([kept.version], "last")
""")
    run_python("main.py")
    saves = captured(saved(store, "last")).session.saves
    assert [(save["name"], save["version"]) for save in saves] == [("kept", 0), ("asked", 0)]


def test_code_that_was_not_kept_is_said_to_be_older(store: Store) -> None:
    """A version from before there was code has an error that says so."""
    artifact = store.save(1, "x")
    object.__setattr__(artifact._record, "code", None)  # noqa: SLF001 - as in an old catalog
    with pytest.raises(SliceError, match="before the code"):
        artifact.get_code()
    assert artifact.get_metadata().lineapy.code is None


def test_a_forked_child_knows_the_file_as_its_parent_read_it(
    tmp_path: Path, store: Store, run_python: Callable[..., Any]
) -> None:
    """A file that changed before a process was forked is older than it, and yet another one."""
    if not hasattr(os, "fork"):
        return
    (tmp_path / "main.py").write_text("""\
import os, pathlib, sys
here = pathlib.Path(__file__)
here.write_text(here.read_text().replace("value = 1", "value = 2"))
value = 1
if (child := os.fork()) == 0:
    import lineapy_store as lineapy
    lineapy.save(value, "x")
    os._exit(0)
os.waitpid(child, 0)
""")
    run_python("main.py")
    with pytest.raises(SliceError, match="changed on disk"):
        saved(store).get_code()
