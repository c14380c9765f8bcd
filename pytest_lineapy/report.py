"""The page of ``--lineapy-report``: what the checks of every model came to, in one file."""

from __future__ import annotations

import base64
import collections
import contextlib
import dataclasses
import hashlib
import html
import importlib.metadata
import importlib.resources
import os
import platform
import re
import string
import sys
from typing import TYPE_CHECKING

from pytest_lineapy._outcomes import STATUSES, Model, by_model, told

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pytest_lineapy._outcomes import Outcome

_MARKS = {"passed": "✓", "failed": "✗", "expected to fail": "!", "skipped": "○", "not run": "?"}
_PACKAGES = {
    "pytest-lineapy": ("pytest-lineapy",),
    "MLflow": ("mlflow", "mlflow-skinny"),
    "scikit-learn": ("scikit-learn",),
    "XGBoost": ("xgboost", "xgboost-cpu"),
    "Prophet": ("prophet",),
    "statsmodels": ("statsmodels",),
}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def write_report(  # noqa: PLR0913 - all but two are keywords
    path: Path,
    outcomes: Sequence[Outcome],
    *,
    pytest_version: str,
    started: dt.datetime,
    seconds: float,
    is_complete: bool = True,
) -> None:
    """Write the page, which replaces what was there only when it is complete.

    Args:
        path: The file; its folder is made if it is missing.
        outcomes: What the checks came to.
        pytest_version: Of the pytest that ran them.
        started: When the run began.
        seconds: How long it took.
        is_complete: Whether it came to its end.

    Raises:
        OSError: It cannot be written there.
    """
    environment = _environment(pytest_version, started, seconds)
    page = _page(by_model(outcomes), environment, is_complete=is_complete)
    if path.exists() and not path.is_file():
        raise OSError("it is no file")
    path = path.parent / os.path.realpath(path)  # of a link, where it leads
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(page, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


class _Html(str):
    """Text that is HTML already; every other text is escaped."""

    __slots__ = ()


def _element(name: str, *children: str | None, **attributes: str | bool | None) -> _Html:
    """Return an element; ``class_`` is the attribute ``class``, ``data_label`` ``data-label``."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{_escape(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    inner = "".join(_escape(child) for child in children if child is not None)
    return _Html(f"<{name}{written}>{inner}</{name}>")


def _escape(text: str) -> str:
    if isinstance(text, _Html):
        return text
    return html.escape(_UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text))


def _join(parts: Iterable[str]) -> _Html:
    return _Html("\n".join(map(_escape, parts)))


def _page(models: list[Model], environment: dict[str, str], *, is_complete: bool) -> str:
    files = importlib.resources.files("pytest_lineapy") / "_page"
    template, style, script = (
        (files / f"page.{suffix}").read_text(encoding="utf-8") for suffix in ("html", "css", "js")
    )
    counts: collections.Counter[str] = collections.Counter()
    for model in models:
        counts += model.counts
    sections = [*_sections(models), _section("Environment", _facts(environment))]
    verdict = _verdict(models, counts)
    incomplete = "The run was stopped before its end: there may be more to know."
    return string.Template(template).substitute(
        policy=_escape(_policy(style, script)),
        title=_escape(f"Round-trip checks: {verdict}"),
        style=style,
        script=script,
        verdict=_element(
            "p",
            _element("strong", f"{verdict[0].upper()}{verdict[1:]}."),
            None if is_complete else incomplete,
            class_="verdict",
        ),
        counts=_counts(models, counts),
        sections=_join(sections),
    )


def _policy(style: str, script: str) -> str:
    """Return what the page may load: nothing but the style and the script that are in it."""

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    return (
        f"default-src 'none'; style-src 'sha256-{digest(style)}'; "
        f"script-src 'sha256-{digest(script)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _verdict(models: list[Model], counts: collections.Counter[str]) -> str:
    if not models:
        return "no checks in this run"
    if counts["failed"]:
        return f"{counts['failed']} of {counts.total()} checks fail"
    if any(model.is_unchecked for model in models):
        return "a model is not checked"
    return "no check fails" if sum(model.ran for model in models) else "no check has run"


def _counts(models: list[Model], counts: collections.Counter[str]) -> _Html:
    numbers = [("models", "", len(models)), ("checks", "", counts.total())]
    numbers += [(each, _class(each), counts[each]) for each in reversed(STATUSES)]
    return _element(
        "dl",
        *(
            _element(
                "div",
                _element("dt", name),
                _element("dd", str(number), class_=class_ if number else None),
            )
            for name, class_, number in numbers
            if number or not class_ or name in {"passed", "failed"}
        ),
        class_="counts",
    )


def _class(status: str) -> str:
    return f"is-{status.replace(' ', '-')}"


def _section(title: str, *content: str) -> _Html:
    return _element("section", _element("h2", title), _join(content))


def _facts(facts: dict[str, str]) -> _Html:
    pairs = (_Html(_element("dt", key) + _element("dd", value)) for key, value in facts.items())
    return _element("dl", *pairs, class_="environment")


@dataclasses.dataclass(frozen=True)
class _Entry:
    """Something that can be unfolded.

    Attributes:
        identifier: Where links lead.
        heading: What is shown while it is folded.
        content: What is shown beneath.
        outcomes: Those that it tells about.
    """

    identifier: str
    heading: _Html
    content: _Html
    outcomes: list[Outcome]

    def html(self) -> _Html:
        """Return it folded; browsers unfold it for a link to what is in it, without a script."""
        content = _element("div", self.content, id=self.identifier)
        return _element("details", _element("summary", self.heading), content)


def _sections(models: list[Model]) -> Iterator[_Html]:
    """Return the matrix, and what there is to read of its cells, what is worst first."""
    if not models:
        return
    outcomes = [outcome for model in models for outcome in model.outcomes]
    titles = {
        "failed": "What fails",
        "not run": "What did not run",
        "expected to fail": "What was expected to fail",
        "skipped": "What was skipped, and why",
        "passed": "Notes on checks that passed",
    }
    entries: dict[str, list[_Entry]] = {}
    for status in STATUSES:
        those = [each for each in outcomes if each.status == status and each.detail]
        make = _one_by_one if status in {"failed", "expected to fail"} else _by_reason
        entries[status] = list(make(those, _class(status)))
    links = {
        id(outcome): entry.identifier
        for entry in (entry for group in entries.values() for entry in group)
        for outcome in entry.outcomes
    }
    yield _section("Models", _legend(outcomes), _sort_control(), _matrix(models, links))
    for status, group in entries.items():
        if group:
            yield _section(titles[status], *(entry.html() for entry in group))


def _one_by_one(outcomes: list[Outcome], prefix: str) -> Iterator[_Entry]:
    for number, outcome in enumerate(outcomes):
        first = outcome.reason or outcome.detail.partition("\n")[0]
        heading = _Html(
            _element("span", f"{_MARKS[outcome.status]} ", class_=f"mark {prefix}")
            + _element("bdi", outcome.model)
            + _escape(f": {outcome.backend} {outcome.check} ")
            + _element("span", first, class_="first")
        )
        content = _Html(
            _element("pre", outcome.detail)
            + _element("p", f"{outcome.test}, {_seconds(outcome.seconds)} s", class_="muted")
        )
        yield _Entry(f"{prefix}-{number}", heading, content, [outcome])


def _by_reason(outcomes: list[Outcome], prefix: str) -> Iterator[_Entry]:
    reasons: dict[str, list[Outcome]] = collections.defaultdict(list)
    for outcome in outcomes:
        reasons[outcome.detail].append(outcome)
    for number, (reason, those) in enumerate(reasons.items()):
        heading = _Html(_escape(reason) + _element("span", _times(len(those)), class_="first"))
        items = (
            _element(
                "li",
                _element("bdi", outcome.model),
                f": {outcome.backend} {outcome.check}",
            )
            for outcome in those
        )
        yield _Entry(f"{prefix}-{number}", heading, _element("ul", *items), those)


def _times(number: int) -> str:
    return "1 check" if number == 1 else f"{number} checks"


def _legend(outcomes: Iterable[Outcome]) -> _Html:
    seen = {outcome.status for outcome in outcomes}
    items = [
        _element("li", _element("span", _MARKS[each], class_=f"mark {_class(each)}"), f" {each}")
        for each in reversed(STATUSES)
        if each in seen
    ]
    return _element("ul", *items, _element("li", "below each: seconds"), class_="legend")


def _sort_control() -> _Html:
    label = _element("label", "Sort by ", _element("select"), class_="sort-by", hidden=True)
    return _Html(label + _element("p", aria_live="polite", class_="hidden"))


def _matrix(models: list[Model], links: dict[int, str]) -> _Html:
    """Return a row for each model, those with most failures first."""
    columns = _columns(models)
    order = sorted(models, key=lambda model: -model.counts["failed"])
    head = [
        _header("model", 0, rowspan="2"),
        _header("failed", 1, rowspan="2", aria_sort="descending"),
        _header("seconds", 2, rowspan="2"),
    ]
    backends = collections.Counter(backend for backend, _ in columns)
    groups = (
        _element("th", backend, scope="colgroup", role="columnheader", colspan=str(span))
        for backend, span in backends.items()
    )
    checks = (
        _header(check, number, title=purpose, backend=backend, class_="check")
        for number, ((backend, check), purpose) in enumerate(columns.items(), start=3)
    )
    rows = (_row(model, columns, links) for model in order)
    return _element(
        "table",
        _element("caption", "What each check came to, model by model", class_="hidden"),
        _element(
            "thead",
            _element("tr", *head, *groups, role="row"),
            _element("tr", *checks, role="row"),
            role="rowgroup",
        ),
        _element("tbody", _join(rows), role="rowgroup"),
        role="table",  # which it stays where it is laid out as cards
    )


def _header(name: str, number: int, *, backend: str = "", **attributes: str | None) -> _Html:
    return _element(
        "th",
        _element("span", name, class_="name"),
        scope="col",
        role="columnheader",
        data_column=str(number),
        data_name=f"{backend} {name}".strip(),
        **attributes,
    )


def _columns(models: list[Model]) -> dict[tuple[str, str], str]:
    """Return the checks that occur, with what each is for, in the order in which they are run."""
    from pytest_lineapy.checks import BACKENDS, CHECKS, names_of  # noqa: PLC0415 - needs the store

    seen = {(each.backend, each.check) for model in models for each in model.outcomes}
    known = [(backend, name) for backend in BACKENDS for name in names_of(backend)]
    return {key: CHECKS[key[1]].purpose for key in known if key in seen}


def _row(model: Model, columns: Iterable[tuple[str, str]], links: dict[int, str]) -> _Html:
    cells: dict[tuple[str, str], list[Outcome]] = collections.defaultdict(list)
    for outcome in model.outcomes:
        cells[outcome.backend, outcome.check].append(outcome)
    seconds = sum(outcome.seconds for outcome in model.outcomes)
    failed = model.counts["failed"]
    summary = f"{model.ran} of {len(model.outcomes)} ran: {told(model.counts)}"
    return _element(
        "tr",
        _element(
            "th",
            _element("bdi", model.name),
            _element("small", "no check has run", class_="is-failed") if not model.ran else None,
            _element("small", summary),
            _element("small", model.test),
            scope="row",
            role="rowheader",
            data_sort=model.name,
        ),
        _element(
            "td",
            str(failed),
            role="cell",
            class_="is-failed" if failed else None,
            data_label="failed",
            data_sort=str(failed),
        ),
        _element(
            "td",
            _seconds(seconds),
            role="cell",
            data_label="seconds",
            data_sort=f"{seconds:.6f}",
        ),
        *(_cell(key, cells[key], links) for key in columns),
        role="row",
    )


def _cell(key: tuple[str, str], outcomes: list[Outcome], links: dict[int, str]) -> _Html:
    """Return what a check came to; where it ran more than once, the worst of it."""
    label = " ".join(key)
    if not outcomes:
        text = _element("span", "not in this run", class_="hidden")
        return _element(
            "td", text, role="cell", class_="is-absent", data_label=label, data_sort="0"
        )
    worst = min(outcomes, key=lambda outcome: STATUSES.index(outcome.status))
    mark = _Html(
        _element("span", _MARKS[worst.status], class_="mark", aria_hidden="true")
        + _element("span", worst.status, class_="hidden")
    )
    link = links.get(id(worst))
    return _element(
        "td",
        mark if link is None else _element("a", mark, href=f"#{link}"),
        _element("small", _seconds(sum(outcome.seconds for outcome in outcomes))),
        role="cell",
        title=f"{label}: {worst.status}",
        class_=_class(worst.status),
        data_label=label,
        data_sort=str(len(STATUSES) - STATUSES.index(worst.status)),
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds < 10 else f"{seconds:.0f}"  # noqa: PLR2004 - three digits


def _environment(pytest_version: str, started: dt.datetime, seconds: float) -> dict[str, str]:
    facts = {
        "started": f"{started:%Y-%m-%d %H:%M:%S %z}",
        "took": f"{seconds:.1f} s",
        "Python": f"{platform.python_version()} ({sys.implementation.name})",
        "platform": platform.platform(),
        "pytest": pytest_version,
    }
    return facts | {name: _version(names) for name, names in _PACKAGES.items()}


def _version(distributions: Iterable[str]) -> str:
    for name in distributions:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            return importlib.metadata.version(name)
    return "not installed"
