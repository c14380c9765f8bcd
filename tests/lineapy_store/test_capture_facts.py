"""What is noted of live objects: plain data, which no object can spoil."""

from __future__ import annotations

import ast
import collections
import functools
import json
import sys
import types
from typing import Any

import pytest

from lineapy_store.slicing._facts import facts, identifiers, literals, names_in


def frame_of(**arguments: Any) -> types.FrameType:
    """Return a frame of a function with these arguments."""
    frame = sys._getframe()  # noqa: SLF001 - what is tested takes frames
    assert arguments is not None
    return frame


def test_types_modules_and_objects_are_named() -> None:
    """Each name has its value's class; modules, functions and classes also what they are."""

    def split(x: object, *, random_state: int | None = None) -> None:
        """Do nothing."""

    namespace = {
        "json": json,
        "pytest": pytest,
        "made": types.ModuleType("made_here"),
        "Counter": collections.Counter,
        "split": split,
        "wrapped": functools.wraps(split)(lambda *_, **__: None),
        "number": 1,
        "lines": iter([1]),
        "unmentioned": 2,
    }
    found = facts(namespace, set(namespace) - {"unmentioned"})
    assert json.loads(json.dumps(found)) == found
    assert found["types"]["number"] == "builtins.int"
    assert "unmentioned" not in found["types"]
    assert found["modules"]["json"] == {"name": "json", "version": None, "origin": "stdlib"}
    assert found["modules"]["pytest"]["origin"] == "installed"
    assert (
        found["modules"]["pytest"]["version"] == found["packages"]["pytest"] == pytest.__version__
    )
    assert found["modules"]["made"]["origin"] == "user"
    assert found["objects"]["Counter"] == "collections.Counter"
    assert found["random_state"] == ["split", "wrapped"]
    assert found["iterators"] == ["lines"]


def test_objects_that_answer_with_errors_spoil_nothing() -> None:
    """What cannot be asked is left out, and the rest is there."""

    class Angry(type):
        @property
        def __module__(cls) -> str:  # type: ignore[override]  # that is the point
            raise RuntimeError("do not ask")

    class Value(metaclass=Angry):
        __slots__ = ()

    lazy = types.ModuleType("lazy")
    lazy.__getattr__ = lambda _: 1 / 0  # type: ignore[method-assign]  # as libraries do
    found = facts({"value": Value(), "Value": Value, "lazy": lazy, "number": 1}, {"lazy", "number"})
    assert found["types"] == {"lazy": "builtins.module", "number": "builtins.int"}
    names = {"value", "Value", "number"}
    assert facts({"value": Value(), "Value": Value, "number": 1}, names)["types"]["number"]


def test_names_are_bounded() -> None:
    """Of very many names not all are kept."""
    namespace = {f"x{number}": number for number in range(6_000)}
    assert len(facts(namespace, set(namespace))["types"]) == 5_000


def test_what_code_mentions_is_found_in_its_text_and_in_itself() -> None:
    """Names in functions count, which may be called at the top level."""
    text = "import a.b as c\ndef f(x):\n    return [g(x) for _ in ä]\nf(1)"
    assert {"c", "f", "g", "ä"} <= identifiers(text)
    assert {"c", "f", "g", "ä"} <= names_in(compile(text, "text", "exec"))


@pytest.mark.parametrize(
    "value",
    [1, -2.5, True, None, "text", b"bytes", (1, [2, {"a": None, 3: (4,)}]), {"b": 1}, 10**50],
    ids=repr,
)
def test_plain_arguments_are_literals(value: object) -> None:
    """They come back as they were."""
    literal = literals(frame_of(value=value))["arguments"]
    assert ast.literal_eval(literal) == {"value": value}


@pytest.mark.parametrize(
    "arguments",
    [
        {"value": float("nan")},
        {"value": float("inf")},
        {"value": object()},
        {"value": "x" * 2000},
        {"value": collections.OrderedDict()},
        {"value": [[[[[[[[1]]]]]]]]},
        {"value": 10**1000},
        {"value": {"my_password": "hidden"}},
        {"api_key": "hidden"},
    ],
    ids=lambda arguments: str(arguments)[:30],
)
def test_other_arguments_are_left_out(arguments: dict[str, Any]) -> None:
    """What has no exact, short and plain text, or sounds like a secret, is not kept."""
    assert literals(frame_of(**arguments)) == {}


def test_secrets_are_left_out_by_the_name_of_the_argument() -> None:
    """However plain they are."""

    def connect(user: str, db_password: str, token: str) -> types.FrameType:
        assert user != db_password != token
        return sys._getframe()  # noqa: SLF001 - as above

    assert literals(connect("me", "secret", "more")) == {"user": "'me'"}


def test_the_top_level_has_no_arguments() -> None:
    """Only functions do."""
    names: dict[str, Any] = {"sys": sys}
    exec("frame = sys._getframe()", names)  # noqa: S102 - a module's top level
    assert literals(names["frame"]) == {}
