"""The selection rules against an oracle, over options from every route, with real MLflow.

The oracle is written from the table in the documentation and knows nothing of how a decision is
made. Each row's saves are real: what counts is where the value is afterwards.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineapy_store import ConfigurationError, FallbackWarning, Store

mlflow = pytest.importorskip("mlflow", reason="what is selected is MLflow")
linear_model = pytest.importorskip("sklearn.linear_model", reason="the models are scikit-learn's")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

#: The routes by which a value gets into the options, the one that wins first.
ROUTES = ("context", "set", "environment", "file in home_dir", "file in the home folder")

Options = dict[str, Any]
URI, REGISTRY = "mlflow_tracking_uri", "mlflow_registry_uri"
DEFAULT, FALLBACK = "default_ml_models_storage_backend", "on_fallback"

VALUES = {
    "a model": linear_model.LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]),
    "a model of no flavor": {"coef": [1.0]},
    "a class": linear_model.LinearRegression,
}
HAS_FLAVOR = {"a model"}


@dataclasses.dataclass(frozen=True)
class Expected:
    """What the table says.

    Attributes:
        backend: None for an error.
        says: A part of the reason, or of the error.
        warns: Whether there is a FallbackWarning.
    """

    backend: str | None
    says: str
    warns: bool = False


def oracle(  # noqa: PLR0911 - a line for each row of the table
    asked: object, uri: str | None, default: str | None, fallback: str, *, has_flavor: bool
) -> Expected:
    """The table, from its top to its bottom."""
    match asked, uri, default, has_flavor:
        case "lineapy", _, _, _:
            return Expected("lineapy", "'lineapy' was given")
        case None, None, _, _:
            return Expected("lineapy", "mlflow_tracking_uri is not set")
        case None, _, "mlflow" | None, True:
            return Expected("mlflow", "'sklearn'")
        case None, _, "mlflow" | None, False:
            return Expected("lineapy", "no MLflow flavor")
        case None, _, "lineapy", _:
            return Expected("lineapy", "default_ml_models_storage_backend is 'lineapy'")
        case "mlflow", str(), _, True:
            return Expected("mlflow", "'mlflow' was given")
        case "mlflow", str(), _, False:
            if fallback == "error":
                return Expected(None, "no MLflow flavor")
            return Expected("lineapy", "no MLflow flavor", warns=fallback == "warn")
        case "mlflow", None, _, _:
            return Expected(None, "mlflow_tracking_uri")
    return Expected(None, "'mlflow', 'lineapy'")


def resolved(given: Mapping[str, Options], key: str, *, ambient: bool) -> Any:
    """The value that applies, by the documented precedence."""
    routes = ROUTES if ambient else ROUTES[:2]
    for route in routes:
        if key in given.get(route, {}):
            if (value := given[route][key]) is not None:
                return value
            if route == "context":  # where None means unset, whatever is below
                break
    return "warn" if key == FALLBACK else None


class World:
    """Two tracking databases, a registry, and stores whose options come by every route.

    Args:
        folder: Empty.
        make_database: Makes a tracking database.
    """

    def __init__(self, folder: Path, make_database: Callable[[Path], str]) -> None:
        self._folder = folder
        self._home = folder / "home"
        self._home.mkdir()
        self.uris = [make_database(folder / f"{name}.db") for name in ("one", "two")]
        self.registry = make_database(folder / "registry.db")

    @contextlib.contextmanager
    def store(self, given: Mapping[str, Options], *, ambient: bool) -> Iterator[Store]:
        """Gives the default store, or one made by hand, with options by every route."""
        store_folder = self._home / "store"
        store_folder.mkdir(exist_ok=True)
        with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as stack:
            patch.setenv("HOME", str(self._home))
            patch.setenv("LINEAPY_HOME_DIR", str(store_folder))
            for key, value in given.get("environment", {}).items():
                patch.setenv(f"LINEAPY_{key.upper()}", value)
            for route, folder in (
                ("file in home_dir", store_folder),
                ("file in the home folder", self._home),
            ):
                (folder / "lineapy_config.json").write_text(json.dumps(given.get(route, {})))
            if ambient:
                store = stack.enter_context(Store._ambient())  # noqa: SLF001 - the default store is one for each process
                for key, value in given.get("set", {}).items():
                    store.options.set(key, value)
            else:
                store = stack.enter_context(Store(home_dir=store_folder, **given.get("set", {})))
            stack.enter_context(store.options.context(**given.get("context", {})))
            yield store

    def everything(self, store: Store) -> list[Any]:
        """Lists all that a save could have written."""
        content = Path(store.options.get("artifact_storage_dir"))
        found: list[Any] = sorted(path for path in content.rglob("*") if path.is_file())
        found += [(each.name, each.version) for each in store.artifact_store()]
        for uri in (*self.uris, self.registry):
            client = mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)
            found += [model.model_id for model in client.search_logged_models(["0"])]
            found += [(each.name, each.version) for each in client.search_model_versions()]
        return found


@pytest.fixture
def world(
    tmp_path: Path, mlflow_database: Callable[[Path], str], monkeypatch: pytest.MonkeyPatch
) -> World:
    """Places that nobody else uses."""
    monkeypatch.chdir(tmp_path)  # where MLflow keeps the artifacts of a new database
    return World(tmp_path, mlflow_database)


def agrees(
    world: World, given: Mapping[str, Options], asked: Any, kind: str, *, ambient: bool
) -> None:
    """Saves a value, and requires that the outcome and what is told of it are the table's."""
    uri, default, fallback = (
        resolved(given, key, ambient=ambient) for key in (URI, DEFAULT, FALLBACK)
    )
    expected = oracle(asked, uri, default, fallback, has_flavor=kind in HAS_FLAVOR)
    value = VALUES[kind]
    with world.store(given, ambient=ambient) as store, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", FallbackWarning)
        if expected.backend is None:
            before = world.everything(store)
            with pytest.raises(ConfigurationError, match=expected.says):
                store.save(value, "name", asked)
            assert world.everything(store) == before
            assert told == []
            return
        artifact = store.save(value, "name", asked)
        facts = store.get("name").get_metadata()
        assert facts.lineapy.version == artifact.version
        assert facts.lineapy.storage_backend == expected.backend
        assert expected.says in facts.lineapy.reason
        assert facts.lineapy.requested_backend == asked
        assert [each.category for each in told] == [FallbackWarning] * expected.warns
        assert all(facts.lineapy.reason in str(each.message) for each in told)
        assert ("mlflow" in facts) == (expected.backend == "mlflow")
        assert type(artifact.get_value()) is type(value)
        if expected.backend == "mlflow":
            assert facts.mlflow.tracking_uri == uri
            registry = resolved(given, REGISTRY, ambient=ambient)
            assert facts.mlflow.registry_uri == (registry or uri)
            found = mlflow.MlflowClient(tracking_uri=uri, registry_uri=registry or uri)
            assert found.get_model_version("name", str(facts.mlflow.registered_model_version))


@pytest.mark.parametrize("route", [*ROUTES, "constructor"])
def test_every_row_by_every_route(world: World, route: str) -> None:
    """Each row of the table holds, whichever way its options are set."""
    ambient = route != "constructor"
    rows = itertools.product(
        (None, "lineapy", "mlflow", "mlfow"),
        (None, world.uris[0]),
        (None, "mlflow", "lineapy"),
        (None, "warn", "error", "ignore"),
        ("a model", "a model of no flavor"),
    )
    for asked, uri, default, fallback, kind in rows:
        if fallback and (asked != "mlflow" or kind in HAS_FLAVOR):
            continue  # there is nothing to fall back from
        options = {URI: uri, DEFAULT: default, FALLBACK: fallback}
        given = {key: value for key, value in options.items() if value is not None}
        agrees(world, {route if ambient else "set": given}, asked, kind, ambient=ambient)


def test_any_mixture_of_options(world: World) -> None:
    """Whatever the routes say at the same time, the table holds for what has precedence."""
    choices: dict[str, st.SearchStrategy[Any]] = {
        URI: st.sampled_from(world.uris),
        REGISTRY: st.just(world.registry),
        DEFAULT: st.sampled_from(["mlflow", "lineapy"]),
        FALLBACK: st.sampled_from(["warn", "error", "ignore"]),
    }
    options = st.fixed_dictionaries({}, optional=choices)
    unset = {key: st.none() | choice for key, choice in choices.items()}

    @settings(max_examples=100)
    @given(
        given=st.fixed_dictionaries({}, optional=dict.fromkeys(ROUTES[1:], options)),
        context=st.fixed_dictionaries({}, optional=unset),
        asked=st.sampled_from([None, "mlflow", "lineapy", "MLflow", 3]),
        kind=st.sampled_from(list(VALUES)),
        ambient=st.booleans(),
    )
    def test(
        given: dict[str, Options], context: Options, asked: Any, kind: str, *, ambient: bool
    ) -> None:
        agrees(world, given | {"context": context}, asked, kind, ambient=ambient)

    test()
