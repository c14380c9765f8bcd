"""Models that keep what they have learned in C, or caches beside it. No library is imported."""

from __future__ import annotations

import json
import types
from typing import TYPE_CHECKING, Any

from lineapy_store.comparison._containers import mapping
from lineapy_store.comparison._difference import class_name
from lineapy_store.comparison._numpy import Found
from lineapy_store.comparison._objects import attributes, hidden, own_attributes
from lineapy_store.comparison._steps import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineapy_store.comparison._steps import Comparer, Path, Step
    from lineapy_store.comparison._walk import Walk

#: What the attributes of scikit-learn's trees are called in their state.
_OF_TREES = {
    "left_child": "children_left",
    "right_child": "children_right",
    "values": "value",
}
#: Where the state of a tree for neighbors counts how often it has been asked.
_COUNTERS = slice(7, 11)
#: Where statsmodels keeps what it has worked out, by name.
_CACHES = frozenset({"_cache", "_summary_cache", "_summary_statistics_cache", "diagn"})
#: What asking for a summary or a prediction leaves there, and memory that fitting has used.
_TRACES = frozenset(
    {"_nobs_int", "_tmp_like_exog", "predict_dates", "predict_end", "predict_start"}
)
#: Which keys scikit-learn's Bunch warns of; it has none of them once it has been pickled.
_WARNINGS = frozenset({"_deprecated_key_to_warnings"})
#: What a sparse matrix has noted of itself when it was asked.
_NOTES = frozenset({"_has_sorted_indices", "_has_canonical_format", "has_canonical_format"})


def _tree(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare decision trees of scikit-learn."""
    (_, arguments, ours), (_, others, theirs) = left.__reduce__(), right.__reduce__()
    names = ("n_features", "n_classes", "n_outputs")
    for name, mine, other in zip(names, arguments, others, strict=True):
        yield Pair(mine, other, path.attribute(name))
    if ours["nodes"].dtype != theirs["nodes"].dtype:
        yield Pair(ours["nodes"], theirs["nodes"], path.at(".__getstate__()['nodes']"))
        return
    for state in (ours, theirs):
        nodes = state.pop("nodes")
        state.update((name, nodes[name]) for name in nodes.dtype.names)
    for name in ours:
        yield Pair(ours[name], theirs[name], path.attribute(_OF_TREES.get(name, name)))
    yield from attributes(left, right, path, walk)


def _neighbors(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare trees of neighbors, without their counters."""
    ours, theirs = list(left.__getstate__()), list(right.__getstate__())
    ours[_COUNTERS] = theirs[_COUNTERS] = [None] * 4
    yield Pair(ours, theirs, path.at(".__getstate__()"))
    yield from attributes(left, right, path, walk)


def _bunch(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare scikit-learn's mappings whose keys are attributes."""
    yield from mapping(left, right, path, walk)
    yield from attributes(left, right, path, walk, ignored=_WARNINGS)


def _sparse(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare sparse matrices, as they are stored."""
    yield from attributes(left, right, path, walk, ignored=_NOTES)


def _booster(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare what XGBoost keeps outside of Python, by its own JSON."""
    ours, theirs = _model(left), _model(right)
    for name, mine in ours.items():
        yield Pair(mine, theirs.get(name), path.at(name))
    yield from attributes(left, right, path, walk, ignored=frozenset({"handle"}))


def _model(booster: Any) -> dict[str, Any]:
    """The parts of a Booster by their paths."""
    model = json.loads(bytes(booster.save_raw(raw_format="json")))
    learner = model["learner"]
    gradient_booster = learner["gradient_booster"]
    trees = gradient_booster.get("gbtree", gradient_booster)["model"].pop("trees", [])
    return {
        ".trees": [types.SimpleNamespace(**tree) for tree in trees],
        ".feature_names": learner.pop("feature_names", None),
        ".feature_types": learner.pop("feature_types", None),
        ".attributes()": learner.pop("attributes", None),
        ".save_raw('json')": model,
        ".save_config()": json.loads(booster.save_config()),
    }


def _xgboost(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare XGBoost's models with the interface of scikit-learn."""
    ours, theirs = (own_attributes(each).get("_Booster") for each in (left, right))
    yield Pair(ours, theirs, path.at(".get_booster()"))
    yield from attributes(left, right, path, walk, ignored=frozenset({"_Booster"}))


def _statsmodels(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare models and results of statsmodels, which keep what they have been asked."""
    yield from attributes(left, right, path, walk, ignored=_CACHES | _TRACES)
    yield from hidden(left, right, path, walk)
    ours, theirs = own_attributes(left), own_attributes(right)
    for name in sorted(_CACHES & ours.keys() & theirs.keys()):
        for asked in ours[name].keys() & theirs[name].keys():
            yield Pair(ours[name][asked], theirs[name][asked], path.attribute(name).item(asked))


#: By the names of classes, and of modules for all their classes.
_COMPARERS: dict[str, Comparer] = {
    "scipy.sparse._base._spbase": _sparse,
    "sklearn.neighbors._ball_tree.": _neighbors,
    "sklearn.neighbors._kd_tree.": _neighbors,
    "sklearn.tree._tree.Tree": _tree,
    "sklearn.utils._bunch.Bunch": _bunch,
    "statsmodels.": _statsmodels,
    "xgboost.core.Booster": _booster,
    "xgboost.sklearn.XGBModel": _xgboost,
}


def find(kind: type) -> Found | None:
    """How a class of a model library is compared."""
    name = class_name(kind)
    for known, compare in _COMPARERS.items():
        if name == known or (known.endswith(".") and name.startswith(known)):
            return Found((compare,))
    return None
