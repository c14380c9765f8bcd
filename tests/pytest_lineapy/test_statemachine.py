"""StoreMachine: sound stores pass, in every place; each way to break one is found."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import lineapy_store.store
from lineapy_store import ConfigurationError, Store
from lineapy_store.backends.lineapy import LineapyBackend
from lineapy_store.catalog import Catalog
from pytest_lineapy import _elsewhere, strategies
from pytest_lineapy.statemachine import StoreMachine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.plugins.processes import is_alive, wait_for
    from tests.plugins.s3 import S3Location
else:
    from processes import is_alive, wait_for

UNSHRUNK = [Phase.generate]


def run(
    machine: type[StoreMachine] = StoreMachine,
    *,
    examples: int = 5,
    steps: int = 40,
    phases: list[Phase] = UNSHRUNK,
) -> None:
    """Puts a store through it."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            phases=phases,
            database=None,
            deadline=None,
            print_blob=False,  # which is Hypothesis' default only outside CI
        ),
    )


def test_the_default_store_agrees() -> None:
    """On SQLite and a local folder."""
    run()


def test_postgresql_and_s3_agree(postgres_url: str, s3_location: S3Location) -> None:
    """With the catalog in PostgreSQL and content in S3; nothing is left in the bucket."""
    machine = StoreMachine.configured(
        database_url=postgres_url,
        artifact_storage_dir=s3_location.url,
        storage_options=s3_location.storage_options,
    )
    run(machine, examples=3, steps=25)
    import s3fs  # noqa: PLC0415 - not installed in every environment

    bucket = s3_location.url.removeprefix("s3://")
    assert s3fs.S3FileSystem(**s3_location.storage_options).find(bucket) == []


@pytest.mark.skipif(find_spec("mlflow") is None, reason="models are to go to MLflow")
def test_mlflow_agrees(lineapy_store_mlflow: Store) -> None:
    """With models that go to MLflow or not, as the options of the moment say."""
    pytest.importorskip("sklearn", reason="models are scikit-learn's")
    machine = StoreMachine.configured(
        mlflow_tracking_uri=lineapy_store_mlflow.options.get("mlflow_tracking_uri"),
        values=strategies.models(["sklearn"]),
    )
    run(machine, examples=1, steps=8)


def latest_is_oldest(find: Callable[..., Any]) -> Callable[..., Any]:
    """Gives the oldest version for the newest."""

    def broken(self: Catalog, name: str, version: Any = None) -> Any:
        if version in (None, "latest"):
            return next(iter(self.records(name=name)), None) or find(self, name, version)
        return find(self, name, version)

    return broken


def alias_stays(set_alias: Callable[..., Any]) -> Callable[..., Any]:
    """Does not move an alias that exists."""

    def broken(self: Catalog, name: str, alias: str, version: int) -> None:
        if alias not in self.aliases(name):
            set_alias(self, name, alias, version)

    return broken


def collect_always(_collect: Callable[..., Any]) -> Callable[..., Any]:
    """Removes content that another version needs."""

    def broken(_self: Catalog, _digest: str, unlink: Callable[[], None]) -> bool:
        unlink()
        return True

    return broken


def load_once(load: Callable[..., Any]) -> Callable[..., Any]:
    """Keeps what it has read, so that damage goes unnoticed."""
    kept: dict[str, Any] = {}

    def broken(self: LineapyBackend, record: Any, mmap_mode: str | None = None) -> Any:
        if record.digest not in kept:
            kept[record.digest] = load(self, record, mmap_mode)
        return kept[record.digest]

    return broken


def find_once(find: Callable[..., Any]) -> Callable[..., Any]:
    """Keeps what it has found, so that it does not see what other processes save."""
    kept: dict[tuple[Any, ...], Any] = {}

    def broken(self: Catalog, *version: Any) -> Any:
        if (id(self), *version) not in kept:
            kept[(id(self), *version)] = find(self, *version)
        return kept[(id(self), *version)]

    return broken


def nothing(_function: Callable[..., Any]) -> Callable[..., Any]:
    """Does nothing."""
    return lambda *_args, **_kwargs: True


FAULTS: dict[str, tuple[Any, str, Callable[[Callable[..., Any]], Callable[..., Any]]]] = {
    "the newest is the oldest": (Catalog, "find", latest_is_oldest),
    "other processes are not seen": (Catalog, "find", find_once),
    "deleted versions stay": (Catalog, "remove", nothing),
    "deleted content stays": (Catalog, "collect", nothing),
    "shared content is deleted": (Catalog, "collect", collect_always),
    "aliases are not kept": (Catalog, "set_alias", nothing),
    "aliases do not move": (Catalog, "set_alias", alias_stays),
    "damage goes unnoticed": (LineapyBackend, "load", load_once),
    "signatures are not needed": (lineapy_store.store, "require_signed", nothing),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_store_is_found(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """Each way to break a store makes the machine fail."""
    target, name, breaking = FAULTS[fault]
    monkeypatch.setattr(target, name, breaking(getattr(target, name)))
    with pytest.raises(Exception, match=r".") as caught:
        run(examples=400)  # of which nearly always a few are enough
    assert "state = StoreMachine()" in "\n".join(caught.value.__notes__)


def test_a_failure_is_a_short_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed is the fewest steps that lead there, with the smallest values."""
    monkeypatch.setattr(LineapyBackend, "load", lambda *_: None)
    with pytest.raises(AssertionError, match="is not what was saved") as caught:
        run(examples=40, steps=3, phases=[Phase.generate, Phase.shrink])
    printed = "\n".join(caught.value.__notes__).splitlines()
    # Hypothesis also prints what is compared after every step, depending on its version.
    program = [line for line in printed if not line.startswith("state.agrees")]
    assert program[-3:] == [
        "state = StoreMachine()",
        "state.save(name='a', value=0)",
        "state.teardown()",
    ]


def test_its_configuration_is_checked() -> None:
    """What no store can be configured with is an error at once, and says why."""
    wrong: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"database_url": "mysql://x"}, pytest.UsageError, "postgresql://"),
        ({"on_falback": "error"}, ConfigurationError, "did you mean 'on_fallback'"),
        ({"home_dir": "x"}, ConfigurationError, "home_dir"),
    ]
    for options, error, message in wrong:
        with pytest.raises(error, match=message):
            StoreMachine.configured(**options)


def test_errors_of_the_other_process_are_raised_here(tmp_path: Path) -> None:
    """What it cannot save is the same error as in this process, and it goes on."""
    options = {"home_dir": str(tmp_path)}
    with pytest.raises(ValueError, match="part of a path"):
        _elsewhere.save(options, 1, "../x")
    assert _elsewhere.save(options, 1, "x")[0] == 0
    with Store(home_dir=tmp_path) as store:
        assert store.get("x").get_value() == 1


def test_the_other_process_may_end(tmp_path: Path) -> None:
    """That it has ended is said, and the next save starts another one."""
    options = {"home_dir": str(tmp_path)}
    _elsewhere.save(options, 1, "x")
    _elsewhere._other_process()._process.kill()  # noqa: SLF001 - to end it
    with pytest.raises(RuntimeError, match=r"has ended, with -9"):
        _elsewhere.save(options, 1, "x")
    assert _elsewhere.save(options, 1, "x")[0] == 1


def test_the_other_process_ends_with_this_one(tmp_path: Path) -> None:
    """Also where this one is killed, nothing is left running."""
    code = (
        "import sys; from pytest_lineapy import _elsewhere as e\n"
        "e.save({'home_dir': sys.argv[1]}, 1, 'x')\n"
        "print(e._other_process()._process.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(  # noqa: S603 - the code above
        [sys.executable, "-c", code, tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        os.kill(pid, 0)
        process.send_signal(signal.SIGKILL)
    assert wait_for(lambda: not is_alive(pid), 30)
