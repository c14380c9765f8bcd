"""Models without any library, each broken in one way that a round trip has to show."""

from __future__ import annotations

import atexit
import functools
import importlib.util
import json
import mmap
import os
import random
import sys
import threading
import time
import types
import uuid
import weakref
from pathlib import Path
from typing import Any, ClassVar

from .linear import INPUTS, Linear, Trained


class _DropsState(Linear):
    def __getstate__(self) -> dict[str, Any]:
        return {}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.weights = state.get("weights", [0.0, 0.0])


def state_dropped_in_getstate() -> Trained:
    """``__getstate__`` leaves out what was learned, and nothing raises."""
    return _DropsState(), INPUTS


class _DropsFromItself(Linear):
    def __init__(self) -> None:
        super().__init__()
        self.cache = {"[1.0, 2.0]": 1.25}

    def __getstate__(self) -> dict[str, Any]:
        state = vars(self)  # and no copy of it
        state.pop("cache", None)
        return state


def state_dropped_from_the_live_object() -> Trained:
    """``__getstate__`` deletes what it leaves out from the object that is being saved."""
    return _DropsFromItself(), INPUTS


class _RestoresDifferently(Linear):
    def __setstate__(self, state: dict[str, Any]) -> None:
        self.weights = [round(weight, 1) for weight in state["weights"]]


def state_restored_differently() -> Trained:
    """``__setstate__`` rounds."""
    return _RestoresDifferently(), INPUTS


class _ForgetsDefault(Linear):
    def __init__(self) -> None:
        super().__init__()
        self.unit = "EUR"

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.weights = state["weights"]


def setstate_forgets_a_default() -> Trained:
    """``__setstate__`` sets what was learned, and not what ``__init__`` sets beside it."""
    return _ForgetsDefault(), INPUTS


class _ForgetsSlot:
    __slots__ = ("bias", "weight")

    def __init__(self) -> None:
        self.weight, self.bias = 0.5, 1.0

    def __getstate__(self) -> tuple[None, dict[str, float]]:
        return None, {"weight": self.weight}

    def predict(self, rows: list[list[float]]) -> list[float]:
        return [self.weight * row[0] + getattr(self, "bias", 0.0) for row in rows]


def slot_is_forgotten() -> Trained:
    """A slot was added, and ``__getstate__`` does not know it."""
    return _ForgetsSlot(), INPUTS


class _RebuiltFromArguments(Linear):
    def __reduce__(self) -> tuple[type, tuple[()]]:
        return type(self), ()


def rebuilt_without_what_was_learned() -> Trained:
    """``__reduce__`` calls the constructor, after which the model is as good as new."""
    model = _RebuiltFromArguments()
    model.weights = [1.0, 1.0]
    return model, INPUTS


class _LoadedAsBase(Linear):
    def __reduce__(self) -> tuple[Any, ...]:
        return Linear, (), vars(self)


def loaded_as_its_base_class() -> Trained:
    """``__reduce__`` names the class that it inherits from."""
    return _LoadedAsBase(), INPUTS


class _Delegates:
    def __init__(self, model: Linear) -> None:
        self._model = model

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)


def delegates_before_it_is_restored() -> Trained:
    """A wrapper's ``__getattr__`` asks for the model that unpickling has not set yet."""
    return _Delegates(Linear()), INPUTS


class _Holds(Linear):
    def __init__(self, held: Any) -> None:
        super().__init__()
        self.held = held


_LOG = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - that is the point
atexit.register(_LOG.close)


def open_file() -> Trained:
    """A log file is open for writing."""
    return _Holds(_LOG), INPUTS


def lambda_over_an_open_file() -> Trained:
    """A lambda writes to a file that it closes over."""
    log = _LOG
    return _Holds(lambda row: log.write(str(row))), INPUTS


def thread_lock() -> Trained:
    """A lock, and no ``__getstate__`` that leaves it out."""
    return _Holds(threading.Lock()), INPUTS


def generator() -> Trained:
    """A generator that is half done."""
    return _Holds(number for number in range(3)), INPUTS


def weak_reference() -> Trained:
    """A weak reference to what it was trained with."""
    return _Holds(weakref.ref(_EVERYONE)), INPUTS


def memoryview_of_shared_memory() -> Trained:
    """The weights are a view of memory that other processes share."""
    return _Holds(memoryview(mmap.mmap(-1, 16))), INPUTS


class _Memoizes(Linear):
    def __init__(self) -> None:
        super().__init__()
        self.look_up = functools.lru_cache(self._look_up)

    def _look_up(self, key: float) -> float:
        return key


def lru_cache_of_a_method() -> Trained:
    """A cache is made for each model, over one of its own methods."""
    return _Memoizes(), INPUTS


class _Random(Linear):
    def predict(self, rows: list[list[float]]) -> list[float]:
        return [random.gauss(each, 1.0) for each in super().predict(rows)]


def random_prediction() -> Trained:
    """Noise from the global generator is added to each prediction."""
    return _Random(), INPUTS


class _Clocked(Linear):
    def predict(self, rows: list[list[float]]) -> list[float]:
        return [each + time.perf_counter() for each in super().predict(rows)]


def clock() -> Trained:
    """Predictions grow with time."""
    return _Clocked(), INPUTS


class _Counts(Linear):
    def __init__(self) -> None:
        super().__init__()
        self.asked = 0


class _Drifts(_Counts):
    def predict(self, rows: list[list[float]]) -> list[float]:
        self.asked += 1
        return [each + self.asked for each in super().predict(rows)]


def prediction_changes_the_next_one() -> Trained:
    """Each prediction moves the next one."""
    return _Drifts(), INPUTS


class _CountsSilently(_Counts):
    def predict(self, rows: list[list[float]]) -> list[float]:
        self.asked += 1
        return super().predict(rows)


def prediction_changes_the_model() -> Trained:
    """It counts how often it was asked, and predicts the same."""
    return _CountsSilently(), INPUTS


class _Caches(Linear):
    def __init__(self) -> None:
        super().__init__()
        self.cache: dict[str, list[float]] = {}

    def predict(self, rows: list[list[float]]) -> list[float]:
        return self.cache.setdefault(json.dumps(rows), super().predict(rows))


def caching_wrapper() -> Trained:
    """What it has predicted is saved with it."""
    return _Caches(), INPUTS


class _Salted(Linear):
    def __getstate__(self) -> dict[str, Any]:
        return {"weights": self.weights, "salt": uuid.uuid4().hex}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.weights = state["weights"]


def pickle_is_never_the_same() -> Trained:
    """``__getstate__`` adds what is drawn anew each time, and nobody reads it."""
    return _Salted(), INPUTS


class _KeyedById(Linear):
    def __init__(self) -> None:
        super().__init__()
        self.names = [f"{name}_scaled" for name in ("age", "income")]
        self.by_id = {id(name): 0.5 for name in self.names}

    def predict(self, rows: list[list[float]]) -> list[float]:
        weights = [self.by_id[id(name)] for name in self.names]
        return [sum(map(float.__mul__, weights, row)) for row in rows]


def keyed_by_id() -> Trained:
    """Weights are found by the ``id()`` of the feature's name."""
    return _KeyedById(), INPUTS


class _OrderOfSet:
    def __init__(self) -> None:
        self.features = {f"feature{number}" for number in range(20)}
        self.weights = [float(name.removeprefix("feature")) for name in self.features]

    def predict(self, rows: list[dict[str, float]]) -> list[float]:
        return [
            sum(row[n] * w for n, w in zip(self.features, self.weights, strict=True))
            for row in rows
        ]


def order_of_a_set() -> Trained:
    """Weights are listed in the order in which a set of names happens to be read."""
    return _OrderOfSet(), [{f"feature{number}": number / 7 for number in range(20)}]


_settings = {"scale": 1.0}


class _ReadsGlobal(Linear):
    def predict(self, rows: list[list[float]]) -> list[float]:
        return [each * _settings["scale"] for each in super().predict(rows)]


def global_that_training_sets() -> Trained:
    """Training sets a global that predictions read."""
    _settings["scale"] = 2.0
    return _ReadsGlobal(), INPUTS


class _ReadsClass(Linear):
    scale = 1.0

    def predict(self, rows: list[list[float]]) -> list[float]:
        return [each * self.scale for each in super().predict(rows)]


def class_attribute_that_training_sets() -> Trained:
    """Training sets an attribute of the class."""
    _ReadsClass.scale = 2.0
    return _ReadsClass(), INPUTS


class _Singleton(Linear):
    def __reduce__(self) -> tuple[Any, tuple[()]]:
        return _everyone, ()


_EVERYONE = _Singleton()


def _everyone() -> _Singleton:
    return _EVERYONE


def singleton_of_the_process() -> Trained:
    """``__reduce__`` returns the one object that the process has."""
    return _EVERYONE, INPUTS


class _SharesPart(Linear):
    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.weights = _shared.setdefault("weights", self.weights)


_shared: dict[str, list[float]] = {}


def part_is_shared_by_all() -> Trained:
    """All models that are loaded share one list."""
    return _SharesPart(), INPUTS


class _StateOfClass(Linear):
    latest: ClassVar[dict[str, Any]] = {}

    def __getstate__(self) -> dict[str, Any]:
        type(self).latest = dict(vars(self))
        return {"of": "the class"}

    def __setstate__(self, _state: dict[str, Any]) -> None:
        vars(self).update(type(self).latest)


def state_kept_in_the_class() -> Trained:
    """Pickling leaves the state in the class, so that the last one saved is what loads."""
    return _StateOfClass(), INPUTS


def _defined_in(module: types.ModuleType) -> type:
    kind = type("Churn", (Linear,), {"__module__": module.__name__})
    vars(module)["Churn"] = kind
    return kind


def module_of_the_training_process() -> Trained:
    """Its class is in a module that only this process has."""
    module = sys.modules["churn_in_memory"] = types.ModuleType("churn_in_memory")
    return _defined_in(module)(), INPUTS


def class_in_a_test_module() -> Trained:
    """Its class is in a test file, as pytest imports it with the mode importlib."""
    file = Path.cwd() / "test_churn.py"
    file.write_text("from zoo.linear import Linear\n\n\nclass Churn(Linear):\n    pass\n")
    spec = importlib.util.spec_from_file_location("test_churn", file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["test_churn"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Churn(), INPUTS


class _ReadsEnvironment(Linear):
    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.weights = [float(os.environ["CHURN_SCALE"]) * 0.25, 0.5]


def environment_variable_that_training_sets() -> Trained:
    """Loading reads a variable that only training has set."""
    os.environ["CHURN_SCALE"] = "1"
    return _ReadsEnvironment(), INPUTS


class _ReadsFile(Linear):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        Path(path).write_text(json.dumps(self.weights))

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.path = state["path"]
        self.weights = json.loads(Path(self.path).read_text())


def relative_path() -> Trained:
    """Loading reads a file in the working directory."""
    return _ReadsFile("weights.json"), INPUTS


def path_in_the_temporary_folder() -> Trained:
    """Loading reads a file that training has left where it ran, in the temporary folder."""
    return _ReadsFile(str(Path.cwd() / "weights.json")), INPUTS


def class_in_main_over_a_lock() -> Trained:
    """Its class is in ``__main__``, and goes along with a lock that a method of it uses."""
    main = sys.modules["__main__"]
    source = (
        "import threading\n"
        "churn_lock = threading.Lock()\n"
        "class Churn:\n"
        "    def predict(self, rows):\n"
        "        with churn_lock:\n"
        "            return [sum(row) for row in rows]\n"
    )
    exec(source, vars(main))  # noqa: S102 - as a script does
    return vars(main)["Churn"](), INPUTS


def training_raises() -> Trained:
    """The function that trains cannot."""
    raise LookupError("no such table: customers")
