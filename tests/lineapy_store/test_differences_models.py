"""Differences of real models: none after a round trip, and every changed leaf by its path."""

from __future__ import annotations

import functools
import json
import operator
import pickle
from typing import TYPE_CHECKING, Any

import cloudpickle
import pytest

from lineapy_store import differences

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugins.models import Trained


def lines(left: object, right: object) -> list[str]:
    """What a person is shown."""
    return [str(each) for each in differences(left, right)]


def again(model: Any) -> Any:
    """The model after a round trip."""
    return pickle.loads(cloudpickle.dumps(model))  # noqa: S301 - made here


def test_a_round_trip_changes_nothing(trained: Trained) -> None:
    """A model of each flavor has no differences from what it pickles as, used or not."""
    loaded = again(trained.model)
    assert lines(trained.model, loaded) == []
    trained.predict(loaded, trained.inputs)
    assert lines(trained.model, loaded) == []
    assert lines(loaded, trained.model) == []


def test_comparing_changes_no_model(trained: Trained) -> None:
    """A model pickles to the same bytes after it has been compared."""
    loaded = again(trained.model)
    before = cloudpickle.dumps(loaded)
    differences(trained.model, loaded)
    assert cloudpickle.dumps(loaded) == before


def set_item(path: Callable[[Any], Any], place: Any, value: Any) -> Callable[[Any], None]:
    """Sets one element of what a model has."""

    def change(model: Any) -> None:
        path(model)[place] = value

    return change


def set_attribute(path: str, value: Any) -> Callable[[Any], None]:
    """Sets an attribute of what a model has."""

    def change(model: Any) -> None:
        *way, name = path.split(".")
        setattr(functools.reduce(getattr, way, model), name, value)

    return change


CHANGES: list[tuple[str, str, Callable[[Any], None]]] = [
    ("sklearn", ".coef_[0, 3]", set_item(lambda m: m.coef_, (0, 3), 7.0)),
    ("sklearn", ".max_iter", set_attribute("max_iter", 7)),
    ("sklearn", ".feature_names_in_[2]", set_item(lambda m: m.feature_names_in_, 2, "x")),
    ("pipeline-with-xgboost", ".steps[0][1].mean_[4]", set_item(lambda m: m[0].mean_, 4, 7.0)),
    ("pipeline-with-xgboost", ".steps[1][1].max_depth", lambda m: m[1].set_params(max_depth=9)),
    (
        "pipeline-with-lambda",
        ".steps[0][1].func.__code__.co_consts[1]",
        lambda m: setattr(m[0].func, "__code__", (lambda x: x * 3).__code__),
    ),
    ("prophet", ".growth", set_attribute("growth", "logistic")),
    ("prophet", ".params['k'][0, 0]", set_item(lambda m: m.params["k"], (0, 0), 7.0)),
    (
        "prophet",
        ".history['y'].iloc[3]",
        lambda m: m.history.isetitem(
            list(m.history).index("y"), [*m.history["y"][:3], 7.0, *m.history["y"][4:]]
        ),
    ),
    (
        "prophet",
        ".seasonalities['weekly']['period']",
        set_item(lambda m: m.seasonalities["weekly"], "period", 8),
    ),
    ("statsmodels", "._results.params[1]", set_item(lambda m: m.params, 1, 7.0)),
    (
        "statsmodels",
        "._results.model.data.orig_exog[3, 1]",
        set_item(lambda m: m.model.exog, (3, 1), 7.0),
    ),
]


@pytest.mark.parametrize(
    ("kind", "path", "change"), CHANGES, ids=map(operator.itemgetter(1), CHANGES)
)
def test_one_changed_leaf_of_a_model_is_found(
    kind: str, path: str, change: Callable[[Any], None], train: Callable[[str], Trained]
) -> None:
    """One changed coefficient, parameter, name or row is reported, and where it is."""
    model = train(kind).model
    changed = again(model)
    change(changed)
    found = [each.path for each in differences(model, changed)]
    assert path in found
    assert len(found) <= 2  # what is shared, such as data, shows once under each name
    assert found == [each.path for each in differences(changed, model)]


def edited(booster: Any, edit: Callable[[dict[str, Any]], None]) -> Any:
    """A Booster whose JSON has been edited."""
    copy = booster.copy()
    config = booster.save_config()
    model = json.loads(bytes(booster.save_raw("json")))
    edit(model["learner"])
    copy.load_model(bytearray(json.dumps(model).encode()))
    copy.load_config(config)
    return copy


def tree(learner: dict[str, Any], number: int) -> dict[str, Any]:
    """A tree in the JSON of a Booster."""
    found: dict[str, Any] = learner["gradient_booster"]["model"]["trees"][number]
    return found


BOOSTERS: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    (".trees[2].split_conditions[0]", lambda learner: set_leaf(learner, 2, "split_conditions")),
    (".trees[1].base_weights[0]", lambda learner: set_leaf(learner, 1, "base_weights")),
    (".feature_names[1]", lambda learner: learner["feature_names"].__setitem__(1, "x")),
    (".feature_types[2]", lambda learner: learner["feature_types"].__setitem__(2, "int")),
    (".attributes()['note']", lambda learner: learner["attributes"].__setitem__("note", "x")),
]


def set_leaf(learner: dict[str, Any], number: int, name: str) -> None:
    """Sets the first number of a list that a tree has."""
    tree(learner, number)[name][0] = 0.125


@pytest.mark.parametrize(("path", "edit"), BOOSTERS, ids=map(operator.itemgetter(0), BOOSTERS))
def test_one_changed_leaf_of_a_booster_is_found(
    path: str, edit: Callable[[dict[str, Any]], Any], train: Callable[[str], Trained]
) -> None:
    """Trees, feature names and types, and attributes of a Booster, alone or in an estimator."""
    model = train("booster").model.copy()
    model.feature_names, model.feature_types = ["a", "b", "c"], ["float"] * 3
    model.set_attr(note="y")
    assert lines(model, model.copy()) == []
    changed = edited(model, edit)
    assert [each.path for each in differences(model, changed)] == [path]
    estimator, other = (again(train("xgb-classifier").model) for _ in range(2))
    estimator._Booster, other._Booster = model, changed  # noqa: SLF001 - as if it had been loaded
    found = [each.path for each in differences([estimator], [other])]
    assert found == [f"[0].get_booster(){path}"]


@pytest.mark.parametrize("booster", ["gbtree", "gblinear", "dart"])
def test_boosters_of_every_kind(booster: str, train: Callable[[str], Trained]) -> None:
    """A Booster of trees, of linear terms or of trees that drop out has a path to its numbers."""
    inputs = train("booster").inputs
    import xgboost  # noqa: PLC0415 - it is there if the model is

    data = xgboost.DMatrix(inputs, label=inputs.sum(axis=1))
    parameters = {"booster": booster, "max_depth": 2, "verbosity": 0}
    left, right = (
        xgboost.train(parameters | {"seed": 1, "eta": eta}, data, num_boost_round=2)
        for eta in (0.3, 0.4)
    )
    assert lines(left, again(left)) == []
    found = differences(left, right)
    expected = ".save_raw('json')" if booster == "gblinear" else ".trees[0]."
    assert any(each.path.startswith(expected) for each in found)


def test_trees_and_forests_of_scikit_learn() -> None:
    """A threshold deep in a forest has the path that a person would type."""
    ensemble = pytest.importorskip("sklearn.ensemble", reason="the model is scikit-learn's")
    import numpy as np  # noqa: PLC0415 - scikit-learn needs it

    inputs = np.random.default_rng(0).random((60, 3))
    model = ensemble.RandomForestRegressor(4, random_state=0).fit(inputs, inputs[:, 0])
    changed = again(model)
    assert lines(model, changed) == []
    changed.estimators_[3].tree_.threshold[0] = 7.0
    changed.estimators_[2].tree_.value[5, 0, 0] = 7.0
    changed.estimators_[1].tree_.children_left[0] = 3
    assert [each.path for each in differences(model, changed)] == [
        ".estimators_[1].tree_.children_left[0]",
        ".estimators_[2].tree_.value[5, 0, 0]",
        ".estimators_[3].tree_.threshold[0]",
    ]


@pytest.mark.parametrize("algorithm", ["kd_tree", "ball_tree", "brute"])
def test_neighbors_that_have_been_asked(algorithm: str) -> None:
    """Asking a model of neighbors, which counts it, makes no difference; another point does."""
    neighbors = pytest.importorskip("sklearn.neighbors", reason="the model is scikit-learn's")
    import numpy as np  # noqa: PLC0415 - scikit-learn needs it

    inputs = np.random.default_rng(0).random((60, 3))
    model = neighbors.KNeighborsRegressor(algorithm=algorithm).fit(inputs.copy(), inputs[:, 0])
    loaded = again(model)
    model.predict(inputs)
    assert lines(model, loaded) == []
    inputs[7, 1] = 2.0
    other = neighbors.KNeighborsRegressor(algorithm=algorithm).fit(inputs, inputs[:, 0])
    assert "._fit_X[7, 1]" in [each.path for each in differences(model, other)]


def test_results_of_statsmodels_that_have_been_asked(train: Callable[[str], Trained]) -> None:
    """What results have worked out and kept on one side is no difference; other results are."""
    model = train("statsmodels").model
    asked, fresh = again(model), again(model)
    assert asked.summary()
    assert asked.rsquared
    assert lines(asked, fresh) == lines(fresh, asked) == []
    asked.remove_data()
    assert any(line.startswith("._results.model.") for line in lines(asked, fresh))


def test_models_of_a_formula(train: Callable[[str], Trained]) -> None:
    """A model made from a formula, whose tables have more than pandas keeps, survives as it is."""
    inputs = train("statsmodels").inputs
    import pandas as pd  # noqa: PLC0415 - statsmodels needs it
    import statsmodels.formula.api as smf  # noqa: PLC0415 - it is there if the model is

    table = pd.DataFrame(inputs, columns=["one", "x", "z"]).assign(g=list("ab") * 20)
    model = smf.ols("z ~ x + C(g)", table).fit()
    loaded = again(model)
    assert lines(model, loaded) == []
    loaded.model.formula = "z ~ x"
    assert [each.path for each in differences(model, loaded)] == ["._results.model.formula"]


def test_predictions_are_compared_alike(trained: Trained) -> None:
    """What a model predicts, as array or table, is compared like any other value."""
    first, second = (trained.predict(trained.model, trained.inputs) for _ in range(2))
    assert lines(first, second) == []
    assert lines(list(first), list(second)) == []
    assert differences(first, first[1:])
