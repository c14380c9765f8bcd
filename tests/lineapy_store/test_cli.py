"""The command line: the same verbs, for people and for programs."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from lineapy_store import Artifact
from lineapy_store.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineapy_store import Store

Run = "Callable[..., Result]"


@pytest.fixture
def run(store: Store) -> Callable[..., Result]:
    """Runs a command on the test's store and returns what it printed."""

    def call(*arguments: str, code: int = 0, stdin: str | None = None) -> Result:
        with store.activate():
            result = CliRunner().invoke(main, arguments, input=stdin, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return call


def test_ls_lists_and_filters(store: Store, run: Callable[..., Result]) -> None:
    """All versions, or those that match, as a table or as JSON."""
    assert run("ls").output == "no artifacts\n"
    store.save(1, "a")
    store.save("x", "b")
    assert run("ls").output == f"{store.artifact_store()!r}\n"
    listed = json.loads(run("ls", "--json").output)
    assert [(each["name"], each["value_type"]) for each in listed] == [
        ("a", "builtins.int"),
        ("b", "builtins.str"),
    ]
    for arguments in (["STR"], ["--name", "b"], ["--type", "builtins.str"]):
        (found,) = json.loads(run("ls", "--json", *arguments).output)
        assert found["name"] == "b"
    assert json.loads(run("ls", "--json", "--backend", "mlflow").output) == []


def test_show_has_all_metadata(store: Store, run: Callable[..., Result]) -> None:
    """Every key of get_metadata() is shown, for any way of naming a version."""
    store.save(1, "a").set_alias("prod")
    store.save(2, "a")
    shown = json.loads(run("show", "a", "prod", "--json").output)
    assert shown["lineapy"]["version"] == 0
    assert set(shown["lineapy"]) == set(store.get("a").get_metadata()["lineapy"])
    text = run("show", "a").output
    assert "[lineapy]" in text
    assert "version = 1" in text


def test_get_prints_or_writes_the_value(
    store: Store, run: Callable[..., Result], tmp_path: Path
) -> None:
    """The value as text, as JSON with its type, or as a pickle in a file."""
    store.save([1, 2], "a")
    assert run("get", "a").output == "[1, 2]\n"
    assert json.loads(run("get", "a", "0", "--json").output)["repr"] == "[1, 2]"
    target = tmp_path / "value.pkl"
    run("get", "a", "--output", str(target))
    assert pickle.loads(target.read_bytes()) == [1, 2]  # noqa: S301 - written a line above


def test_code_prints_the_code_of_the_session_or_of_the_value(
    store: Store, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As text or as JSON, as the options say; without code, the reason."""
    given: list[dict[str, bool]] = []

    def get_code(_: Artifact, **options: bool) -> str:
        given.append(options)
        return "a slice\n"

    monkeypatch.setattr(Artifact, "get_code", get_code)
    store.save(1, "a")
    here = Path(__file__).read_text(encoding="utf-8")
    assert run("code", "a", "--session").output == here
    assert json.loads(run("code", "a", "0", "--session", "--json").output)["code"] == here
    assert run("code", "a").output == "a slice\n"
    run("code", "a", "--verify", "--comments", "--save", "--standalone")
    names = ("keep_lineapy_save", "include_non_slice_as_comment", "verify")
    assert given[0] == {"use_lineapy_serialization": True, **dict.fromkeys(names, False)}
    assert given[1] == {"use_lineapy_serialization": False, **dict.fromkeys(names, True)}
    assert "without --verify" in run("code", "a", "--session", "--verify", code=2).output
    exec("store.save(2, 'b')", {"store": store})  # noqa: S102 - code whose text is not kept
    monkeypatch.undo()
    assert "SliceError: 'b' version 0: its code cannot be had" in run("code", "b", code=1).output


def test_rm_asks_and_removes(store: Store, run: Callable[..., Result]) -> None:
    """Nothing goes without a yes, and exactly what was named goes with one."""
    for number in range(3):
        store.save(number, "a")
    run("rm", "a", "1", code=1, stdin="n\n")
    assert len(store.artifact_store()) == 3
    assert "removed a version 1" in run("rm", "a", "1", stdin="y\n").output
    removed = json.loads(run("rm", "a", "all", "--yes", "--json").output)
    assert removed == {"removed": [{"name": "a", "version": 0}, {"name": "a", "version": 2}]}
    assert len(store.artifact_store()) == 0


def test_verify_ends_with_one_if_anything_is_wrong(
    store: Store, run: Callable[..., Result]
) -> None:
    """Sound artifacts are said to be sound, and a damaged one is named with its problem."""
    store.save("sound", "a")
    damaged = store.save("damaged", "b")
    assert run("verify").output == "a version 0: sound\nb version 0: sound\n"
    path = Path(damaged.get_metadata().lineapy.storage_path)
    path.chmod(0o600)
    path.write_bytes(b"nonsense")
    results = json.loads(run("verify", "--json", code=1).output)
    assert [bool(each["problem"]) for each in results] == [False, True]
    assert "CorruptArtifactError" in run("verify", "b", "0", code=1).output
    assert run("verify", "a").output == "a version 0: sound\n"


def test_gc_tells_and_removes(store: Store, run: Callable[..., Result]) -> None:
    """A dry run removes nothing; a real one removes what it says."""
    artifact = store.save("lost", "a")
    store._catalog().remove(artifact.get_metadata().lineapy.artifact_id)  # noqa: SLF001 - as a killed process leaves it
    digest = artifact.get_metadata().lineapy.digest
    assert run("gc", "--dry-run").output == f"would remove content {digest}\n"
    assert json.loads(run("gc", "--json").output) == [{"kind": "content", "name": digest}]
    assert run("gc").output == "nothing is left over\n"


def test_config_shows_options_and_sources(store: Store, run: Callable[..., Result]) -> None:
    """The table of options, one of them, and one that was set with -o."""
    assert run("config").output == f"{store.options!r}\n"
    shown = json.loads(run("-o", "on_fallback=error", "config", "on_fallback", "--json").output)
    assert shown["on_fallback"]["value"] == "'error'"
    assert shown["on_fallback"]["source"] == "set"
    run("-o", "on_fallback=", "config")
    assert store.options.get("on_fallback") == "warn"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "nothing"], "ArtifactNotFoundError"),
        (["rm", "nothing", "all", "--yes"], "ArtifactNotFoundError"),
        (["config", "hmoe_dir"], "did you mean 'home_dir'"),
        (["-o", "on_fallback=x", "ls"], "on_fallback"),
    ],
)
def test_errors_are_one_line(
    run: Callable[..., Result], arguments: list[str], message: str
) -> None:
    """An error of the library is told without a traceback, with status 1."""
    output = run(*arguments, code=1).output
    assert message in output
    assert "Traceback" not in output


@pytest.mark.parametrize("command", [None, *sorted(main.commands)])
def test_every_command_has_help_and_json(run: Callable[..., Result], command: str | None) -> None:
    """--help says what a command does and what its options mean."""
    output = run(*([command] if command else []), "--help").output
    assert output.startswith("Usage: ")
    if command is not None:
        assert main.commands[command].help
        assert "--json" in output


def test_the_commands_are_the_verbs() -> None:
    """No command is missing, and none is there that is not documented."""
    assert set(main.commands) == {
        "ls",
        "show",
        "code",
        "get",
        "rm",
        "verify",
        "gc",
        "config",
        "pipeline",
    }


def test_python_m_runs_it(tmp_path: Path) -> None:
    """Python -m lineapy_store is the same command, and reads options from the environment."""
    environment: dict[str, Any] = os.environ | {
        "LINEAPY_HOME_DIR": str(tmp_path / "home"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-m", "lineapy_store", "config", "home_dir"],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    assert str(tmp_path / "home") in done.stdout
    assert "LINEAPY_HOME_DIR" in done.stdout
    assert list(tmp_path.iterdir()) == []
