"""Strategies: what they generate, what it shrinks to, and that its printed form can be pasted."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from lineapy_store import InvalidNameError, Store, differences, flavors
from pytest_lineapy import strategies, training

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from hypothesis.strategies import SearchStrategy

    FreshStore = Callable[..., AbstractContextManager[Store]]

FLAVORS = [flavor.name for flavor in flavors.FLAVORS]
UNSHRUNK = [Phase.generate]
SHRUNK = [Phase.generate, Phase.shrink]


@pytest.fixture(autouse=True)
def _log_level() -> Iterator[None]:
    """Takes back the level of the logger, which is an option."""
    logger = logging.getLogger("lineapy_store")
    level = logger.level
    yield
    logger.setLevel(level)


@pytest.fixture
def require() -> Callable[[str], None]:
    """A function that skips the test where the library of a flavor is not installed."""

    def check(flavor: str) -> None:
        pytest.importorskip(flavor, reason="the flavor's library is not in this environment")

    return check


def failing(strategy: SearchStrategy[Any], phases: list[Phase]) -> tuple[Any, str]:
    """Returns the example that a failing test ended with, and what was printed of it."""
    examples = []

    @settings(max_examples=20, database=None, deadline=None, phases=phases)
    @given(strategy, st.integers(0, 2**32))
    def test(example: Any, salt: int) -> None:
        examples.append(example)
        assert salt == 0  # as in the first of all examples, in which everything is small

    with pytest.raises(AssertionError) as caught:
        test()
    return examples[-1], "\n".join(caught.value.__notes__)


def paste(printed: str) -> Any:
    """Runs what was printed, as somebody does who pastes it, and returns the example."""
    imports = re.findall(r"^(?:from \S+ )?import .*$", printed, re.MULTILINE)
    (call,) = re.findall(r"^[A-Z][a-z ]+: (test\(\n.*?^\))", printed, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {"test": lambda example, salt: (example, salt)}
    exec("\n".join([*imports, f"example, _ = {call}"]), names)  # noqa: S102 - that is the point
    return names["example"]


@pytest.mark.parametrize(
    ("flavor", "expected"),
    [
        ("sklearn", "fit(LinearRegression())"),
        ("xgboost", "fit_booster({'nthread': 1})"),
        ("statsmodels", "fit_statsmodels('OLS')"),
        ("prophet", "fit_prophet()"),
    ],
)
def test_models_shrink_to_one_line(
    require: Callable[[str], None], flavor: str, expected: str
) -> None:
    """What is left of a failing example is a call without arguments that do not matter."""
    require(flavor)
    model, printed = failing(strategies.models([flavor]), SHRUNK)
    assert re.search(rf"\bexample={re.escape(expected)},$", printed, re.MULTILINE)
    assert differences(paste(printed), model) == []


@pytest.mark.parametrize("flavor", FLAVORS)
def test_models_are_printed_as_code(require: Callable[[str], None], flavor: str) -> None:
    """Pasted, it trains the same model again, whatever its parameters and data."""
    require(flavor)
    for _ in range(6):
        model, printed = failing(strategies.models([flavor]), UNSHRUNK)
        found = differences(paste(printed), model)
        # statsmodels' GLM keeps memory that it works in, with whatever was there before.
        assert [each for each in found if "._tmp_like_exog" not in each.path] == []


@pytest.mark.parametrize("kind", ["unsupported_objects", "save_requests", "option_states"])
def test_other_examples_are_printed_as_code(kind: str) -> None:
    """Pasted, it makes an equal value, with nothing but the imports that were printed."""
    for _ in range(15):
        value, printed = failing(getattr(strategies, kind)(), UNSHRUNK)
        assert differences(paste(printed), value) == [], printed


@pytest.mark.parametrize("flavor", FLAVORS)
def test_models_are_what_mlflow_takes(require: Callable[[str], None], flavor: str) -> None:
    """Each has the flavor that was asked for, and nothing is in its way."""
    require(flavor)

    @settings(max_examples=15)
    @given(strategies.models([flavor]))
    def test(model: Any) -> None:
        found = flavors.find(model)
        assert found is not None
        assert (found.name, found.obstacle(model)) == (flavor, None)

    test()


def test_all_installed_flavors_are_generated() -> None:
    """Without an argument, models of every flavor appear."""
    installed = {flavor for flavor in FLAVORS if find_spec(flavor)}
    if not installed:
        pytest.skip("no model library is in this environment")
    seen = set()

    @settings(max_examples=60, database=None)
    @given(strategies.models())
    def test(model: Any) -> None:
        found = flavors.find(model)
        assert found is not None
        seen.add(found.name)

    test()
    assert seen == installed


@settings(max_examples=50)
@given(strategies.unsupported_objects())
def test_unsupported_objects_are_not_for_mlflow(value: Any) -> None:
    """Each has no flavor, or one that cannot take it as it is."""
    flavor = flavors.find(value)
    assert flavor is None or flavor.obstacle(value)


@settings(max_examples=40)
@given(data=st.data(), values=st.sampled_from([strategies.objects(), None]))
def test_what_is_saved_comes_back(
    lineapy_fresh_store: FreshStore, data: st.DataObject, values: SearchStrategy[Any] | None
) -> None:
    """Any value of the strategies, under any name, is loaded as it was, from a clean store."""
    request = data.draw(strategies.save_requests(values))
    with lineapy_fresh_store() as store, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(?s).*they are for log_model", UserWarning)
        artifact = store.save(**request)
        assert artifact.version == 0
        assert [each.name for each in store.artifact_store()] == [request["name"]]
        assert differences(request["obj"], store.get(request["name"]).get_value()) == []


@pytest.mark.skipif(find_spec("mlflow") is None, reason="models are to go to MLflow")
def test_requests_for_mlflow_are_ones_that_it_takes(
    lineapy_store_mlflow: Store, require: Callable[[str], None]
) -> None:
    """With a tracking URI, every request is saved, where it says, under its name."""
    require("sklearn")
    model = training.fit(pytest.importorskip("sklearn.linear_model").Ridge())

    @settings(max_examples=8, deadline=None)
    @given(strategies.save_requests(st.just(model), mlflow=True))
    def test(request: dict[str, Any]) -> None:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "(?s).*they are for log_model", UserWarning)
            artifact = lineapy_store_mlflow.save(**request)
        facts = artifact.get_metadata()
        assert facts.lineapy.storage_backend == (request.get("storage_backend") or "mlflow")
        if "mlflow" in facts:
            expected = request.get("registered_model_name", request["name"])
            assert facts.mlflow.registered_model_name == expected

    test()


@settings(max_examples=100)
@given(strategies.artifact_names(valid=False))
def test_names_that_are_refused(lineapy_fresh_store: FreshStore, name: str) -> None:
    """Every text that is no name is an error that says so, and nothing is saved."""
    with lineapy_fresh_store() as store:
        with pytest.raises(InvalidNameError):
            store.save(1, name)
        assert len(store.artifact_store()) == 0


@settings(max_examples=50)
@given(strategies.option_states(mlflow_tracking_uri="sqlite:////x.db"))
def test_option_states_are_options(state: dict[str, Any]) -> None:
    """A store takes them when it is made, and in a context, and then has them."""
    store, other = Store(**state), Store()
    with other.options.context(**state):
        for key in state:
            assert store.options.get(key) == other.options.get(key) is not None


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: strategies.models(["sklern"]), "'sklern'.*did you mean 'sklearn'.*prophet"),
        (lambda: strategies.models([]), "nothing to generate"),
        (lambda: strategies.artifact_names(valid=False, registrable=True), "registrable"),
    ],
)
def test_arguments_are_checked_at_once(make: Callable[[], object], message: str) -> None:
    """The error names the value and the nearest valid one, before any test runs."""
    with pytest.raises(InvalidArgument, match=f"(?s){message}"):
        make()


def test_a_flavor_that_is_not_installed_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Asked for by name it is an error; otherwise it is left out, unless nothing else is there."""
    monkeypatch.setattr(strategies, "_is_there", lambda library: library == "sklearn")
    with pytest.raises(
        InvalidArgument, match=r"pip install 'pytest-lineapy\[prophet\]'\. Installed: sklearn"
    ):
        strategies.models(["sklearn", "prophet"])
    strategies.models()
    monkeypatch.setattr(strategies, "_is_there", lambda _library: False)
    with pytest.raises(InvalidArgument, match=r"pip install 'pytest-lineapy\["):
        strategies.models()


def test_the_import_is_light() -> None:
    """It brings Hypothesis and no library that is large, also when strategies are made."""
    code = (
        "import sys; from pytest_lineapy import strategies as s\n"
        "s.objects(), s.unsupported_objects(), s.save_requests(), s.artifact_names()\n"
        "print([m for m in ('mlflow', 'numpy', 'pandas', 'sklearn', 'sqlalchemy') "
        "if m in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - the code above
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("module", ["strategies", "statemachine"])
def test_without_hypothesis_the_extra_is_named(module: str) -> None:
    """The error says what to install."""
    # None in sys.modules makes it as if it were not installed.
    code = f"import sys; sys.modules['hypothesis'] = None\nimport pytest_lineapy.{module}"
    done = subprocess.run(  # noqa: S603 - the code above
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    assert "pip install 'pytest-lineapy[hypothesis]'" in done.stderr.splitlines()[-1]
