"""Requirements come from the value: what it refers to, pinned to what is installed."""

from __future__ import annotations

import importlib
import json
import pickle
import sys
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement

from lineapy_store import flavors
from lineapy_store.flavors import _references
from lineapy_store.flavors import requirements as requirements_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: Looks at the value alone, so that no model library is needed.
GENERIC = flavors.Flavor(
    name="generic",
    library="packaging",
    distributions=("packaging",),
    takes=("packaging.",),
    requires=lambda _arguments: frozenset(),
    obstacle=lambda _value: None,
    modules=lambda value: _references.references(value, by_value=True).modules,
)


def infer(value: Any) -> flavors.Requirements:
    """Requirements of a value of the flavor above."""
    return flavors.infer_requirements(value, GENERIC, {})


def names(found: flavors.Requirements) -> set[str]:
    """Names of the pinned distributions."""
    return {Requirement(line).name for line in found.pinned}


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Puts a package into a folder on the path, with the metadata of a distribution."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def forget() -> None:
        importlib.invalidate_caches()
        for cached in vars(requirements_module).values():
            if hasattr(cached, "cache_clear"):
                cached.cache_clear()

    def run(
        module: str,
        source: str,
        distribution: str | None = None,
        *,
        requires: tuple[str, ...] = (),
        origin: dict[str, Any] | None = None,
    ) -> Any:
        (tmp_path / f"{module}.py").write_text(source)
        if distribution is not None:
            name, _, version = distribution.partition("==")
            folder = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
            folder.mkdir()
            lines = [f"Name: {name}", f"Version: {version}"]
            lines += [f"Requires-Dist: {each}" for each in requires]
            (folder / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", *lines, ""]))
            (folder / "RECORD").write_text(f"{module}.py,,\n{folder.name}/METADATA,,\n")
            if origin is not None:
                (folder / "direct_url.json").write_text(json.dumps(origin))
        forget()
        return importlib.import_module(module)

    yield run
    for imported in set(sys.modules) - before:
        del sys.modules[imported]
    forget()


def test_what_the_value_refers_to_is_pinned(install: Callable[..., Any]) -> None:
    """A class from an installed package brings in its distribution, under its own name."""
    scoring = install("scoring", "class Card: pass", "Card.Scoring==1.2.3")
    assert infer([{"a": scoring.Card()}]).pinned == [
        "card-scoring==1.2.3",
        *infer(None).pinned,
    ]


@pytest.mark.parametrize(
    "source",
    [
        "import scoring\nvalue = lambda x: scoring.double(x)",
        "from scoring import double\ndef value(x): return double(x)",
        "def value(x):\n    import scoring\n    return scoring.double(x)",
        "import scoring\nclass Value(scoring.Card): pass\nvalue = Value()",
        "import functools, scoring\nvalue = functools.partial(scoring.double)",
    ],
    ids=["lambda", "function", "import when called", "class", "partial"],
)
def test_code_of_main_brings_in_what_it_uses(
    source: str,
    install: Callable[..., Any],
    defined_in_main: Callable[[str], dict[str, Any]],
) -> None:
    """Functions and classes of a script are pickled by value, with what their code refers to."""
    install("scoring", "class Card: pass\ndef double(x): return 2 * x", "scoring==1.0")
    assert "scoring" in names(infer(defined_in_main(source)["value"]))


def test_a_local_version_label_is_left_out(install: Callable[..., Any]) -> None:
    """No index has a build labelled ``+cpu``, so the label would make the pin unusable."""
    scoring = install("scoring", "class Card: pass", "scoring==1.0+cpu")
    assert "scoring==1.0" in infer(scoring.Card()).pinned


def test_a_package_from_a_repository_is_required_from_there(install: Callable[..., Any]) -> None:
    """What was installed from a repository is pinned to its commit, which indexes do not have."""
    origin = {
        "url": "https://example.com/scoring.git",
        "vcs_info": {"vcs": "git", "commit_id": "0a1b2c"},
    }
    scoring = install("scoring", "class Card: pass", "scoring==1.0", origin=origin)
    expected = "scoring @ git+https://example.com/scoring.git@0a1b2c"
    assert expected in infer(scoring.Card()).pinned


@pytest.mark.parametrize("editable", [False, True], ids=["a file", "an editable install"])
def test_the_users_own_modules_are_told_apart(
    editable: bool,  # noqa: FBT001 - a parameter of the test
    install: Callable[..., Any],
) -> None:
    """What pip cannot fetch elsewhere is a local module, and what that imports is pinned."""
    install("scoring", "def double(x): return 2 * x", "scoring==1.0")
    metadata: dict[str, Any] = {
        "distribution": "churn==0.1",
        "origin": {"url": "file:///churn", "dir_info": {"editable": True}},
    }
    churn = install("churn", "import scoring\nclass Model: pass", **(metadata if editable else {}))
    found = infer(churn.Model())
    assert found.local_modules == ["churn"]
    assert "scoring" in names(found)
    assert "churn" not in names(found)


def test_a_lambda_does_not_need_the_module_it_was_written_in(install: Callable[..., Any]) -> None:
    """Nothing looks it up there, since a lambda is always pickled by value."""
    install("scoring", "def double(x): return 2 * x", "scoring==1.0")
    churn = install("churn", "import scoring, json\nstep = lambda x: scoring.double(x)")
    found = infer(churn.step)
    assert found.local_modules == []
    assert "scoring" in names(found)


def test_what_another_requirement_pulls_in_is_left_to_it(install: Callable[..., Any]) -> None:
    """MLflow infers no names of indirect dependencies, so neither do we."""
    base = install("scoring_base", "class Base: pass", "scoring-base==3.0")
    scoring = install("scoring", "class Card: pass", "scoring==1.0", requires=("scoring_base",))
    assert names(infer([scoring.Card(), base.Base()])) == {"packaging", "scoring"}
    assert names(infer(base.Base())) == {"packaging", "scoring-base"}


def test_plain_values_need_nothing_more() -> None:
    """Builtins and the standard library are no requirements."""
    value = {"a": [1, 2.0, {3}], "b": pickle.PickleError("x"), "c": range(3)}
    assert infer(value).pinned == infer(None).pinned
    assert infer(value).local_modules == []


def test_looking_changes_nothing_and_writes_nothing(tmp_path: Path) -> None:
    """A value that cannot be pickled gives a reason, and one that can is as it was."""
    value = {"rows": [1, 2, 3]}
    before = pickle.dumps(value)
    found = _references.references(value, by_value=True)
    assert found.error is None
    assert pickle.dumps(value) == before
    assert list(tmp_path.iterdir()) == []
    broken = _references.references({"file": (i for i in range(3))}, by_value=True)
    assert "generator" in (broken.error or "")


def test_versions_of_a_class_are_those_of_its_bases_too(install: Callable[..., Any]) -> None:
    """The environment in the metadata names the packages that the value's class is made of."""
    scoring = install("scoring", "class Card: pass", "scoring==1.2.3")
    kind = type("Mine", (scoring.Card, dict), {"__module__": "__main__"})
    assert flavors.package_versions(kind) == {"scoring": "1.2.3"}
    assert flavors.package_versions(dict) == {}
