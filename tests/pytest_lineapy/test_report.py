"""The page of --lineapy-report: what is in it, what is not, and where it is written."""

from __future__ import annotations

import datetime as dt
import html.parser
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_lineapy._outcomes import STATUSES, Outcome
from pytest_lineapy.report import write_report

if TYPE_CHECKING:
    from tests.plugins.inner_pytest import InnerPytest
    from tests.plugins.outcomes import (
        FAILURE,
        HOSTILE,
        WritePage,
        of_every_kind,
        outcome,
        outcomes_of,
    )
else:
    from outcomes import FAILURE, HOSTILE, of_every_kind, outcome, outcomes_of

_VOID = {"link", "meta"}


class Page(html.parser.HTMLParser):
    """A page, read as a browser would: its elements, and the text in each.

    Raises:
        AssertionError: An element is not closed, or is closed where it is not open.
    """

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Add text to the innermost element."""
        if self._open:
            self.texts[self._open[-1]][-1] += data

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of each element of a name."""
        return [attributes for name, attributes in self.elements if name == tag]


def test_every_model_and_check_is_in_the_matrix(write_page: WritePage) -> None:
    """There is a row for each model, and in it a cell for each check that occurs."""
    outcomes = of_every_kind()
    page = Page(write_page(outcomes).read_text())
    rows = {each["data-sort"] for each in page.attributes("th") if each.get("scope") == "row"}
    assert rows == {each.model for each in outcomes}
    cells = [each["data-label"] for each in page.attributes("td")]
    labels = {f"{each.backend} {each.check}" for each in outcomes} | {"failed", "seconds"}
    assert {label: cells.count(label) for label in labels} == dict.fromkeys(labels, len(rows))


def test_failures_and_reasons_are_there_in_full(write_page: WritePage) -> None:
    """The page has all of each failure's text, and why others did not run."""
    page = Page(write_page(of_every_kind()).read_text())
    shown = FAILURE.replace("\x1b", "\\x1b").replace("\ud800", "\\ud800")
    assert page.texts["pre"].count(shown) == 2
    summaries = " ".join(page.texts["summary"])
    assert "no inputs" in summaries
    assert "mlflow is asked for, and has the flavor sklearn" in summaries
    assert "pyfunc rounds" in page.texts["span"]


def test_says_what_ran_where(write_page: WritePage) -> None:
    """When, how long, and with which versions is part of the page."""
    facts = Page(write_page([]).read_text()).texts
    told = dict(zip(facts["dt"][-11:], facts["dd"][-11:], strict=True))
    assert told["pytest"] == "8.3.7"
    assert told["started"] == "2026-01-31 12:30:05 +0000"
    assert told["took"] == "75.2 s"
    assert {"Python", "platform", "pytest-lineapy", "MLflow", "scikit-learn", "XGBoost"} < set(told)


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ([], "no checks in this run"),
        (outcomes_of("a"), "no check fails"),
        (outcomes_of("a", {"mlflow-value": outcome("failed", "x")}), "1 of 17 checks fail"),
        ([Outcome("a", "lineapy", "code", "skipped", detail="none")], "no check has run"),
    ],
)
def test_the_title_is_the_verdict(
    write_page: WritePage, outcomes: list[Outcome], verdict: str
) -> None:
    """What matters most can be read from the tab."""
    assert Page(write_page(outcomes).read_text()).texts["title"] == [
        f"Round-trip checks: {verdict}"
    ]


def test_a_run_that_was_stopped_says_so(write_page: WritePage) -> None:
    """Nobody takes the page of half a run for that of a whole one."""
    assert "stopped before its end" in write_page(outcomes_of("a"), is_complete=False).read_text()
    assert "stopped before its end" not in write_page(outcomes_of("a")).read_text()


_TEXT = st.text() | st.sampled_from([HOSTILE, "<!--", "]]>", "</style>", "\0", "\ud800", "$x"])


@given(
    names=st.lists(_TEXT, min_size=1, max_size=3, unique=True),
    detail=_TEXT,
    reason=_TEXT,
    status=st.sampled_from(STATUSES),
)
def test_no_text_becomes_part_of_the_page(
    tmp_path_factory: pytest.TempPathFactory,
    names: list[str],
    detail: str,
    reason: str,
    status: str,
) -> None:
    """Whatever names and failures hold, the page has the same elements as with plain ones."""

    def elements(texts: list[str], detail: str, reason: str) -> list[tuple[str, set[str]]]:
        outcomes = [
            Outcome(text, "lineapy", "value", status, detail=detail, reason=reason, test=text)
            for text in texts
        ]
        path = tmp_path_factory.getbasetemp() / "hostile.html"
        now = dt.datetime.now(dt.UTC)
        write_report(path, outcomes, pytest_version=reason, started=now, seconds=0)
        found = Page(path.read_text(encoding="utf-8")).elements
        return [(tag, set(attributes)) for tag, attributes in found]

    plain = [f"model {number}" for number in range(len(names))]
    assert elements(names, detail, reason) == elements(
        plain, "text" if detail else "", "text" if reason else ""
    )


def test_needs_nothing_else(write_page: WritePage) -> None:
    """No element loads anything, and the policy forbids what might."""
    page = Page(write_page(of_every_kind()).read_text())
    sources = [
        value
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in {"src", "href", "data", "action"} and not str(value).startswith("#")
    ]
    assert sources == ["data:,"]
    (policy,) = [each["content"] for each in page.attributes("meta") if "http-equiv" in each]
    assert str(policy).startswith("default-src 'none'; ")
    assert "unsafe" not in str(policy)
    assert "http" not in str(policy)


def test_links_lead_to_what_is_there(write_page: WritePage) -> None:
    """Each cell with a story links to it."""
    page = Page(write_page(of_every_kind()).read_text())
    targets = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    links = {str(each["href"]).removeprefix("#") for each in page.attributes("a")}
    assert links == set(targets)
    assert len(targets) == len(set(targets))


def write_to(path: Path, *outcomes: Outcome, **arguments: Any) -> None:
    """Write a page."""
    now = dt.datetime.now(dt.UTC)
    write_report(path, outcomes, pytest_version="8.3.7", started=now, seconds=0, **arguments)


def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    """A page goes into build/reports of a fresh clone."""
    write_to(tmp_path / "build" / "reports" / "page.html")
    assert (tmp_path / "build" / "reports" / "page.html").is_file()


def test_the_page_is_replaced_whole_and_can_be_read_by_others(tmp_path: Path) -> None:
    """Nothing but the page is left in the folder, with the rights of any new file."""
    path = tmp_path / "page.html"
    path.write_text("of the last run")
    write_to(path)
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]
    (tmp_path / "other").touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)


def test_a_page_that_cannot_be_written_leaves_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk the page of the last run stays, and nothing beside it."""

    def full(self: Path, *_arguments: object, **_keywords: object) -> int:
        self.touch()
        raise OSError(28, "No space left on device")

    path = tmp_path / "page.html"
    path.write_text("of the last run")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        with pytest.raises(OSError, match="No space"):
            write_to(path)
    assert path.read_text() == "of the last run"
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """A page that is published through a symbolic link is written where that leads."""
    (tmp_path / "link.html").symlink_to(tmp_path / "page.html")
    write_to(tmp_path / "link.html")
    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "page.html").is_file()


REAL = """
from pytest_lineapy import ModelCase, parametrize_with_roundtrips


class Mean:
    def fit(self, values):
        self.mean = sum(values) / len(values)
        return self

    def predict(self, values):
        return [self.mean for _ in values]


class Forgetful(Mean):
    def __getstate__(self):
        return {"mean": round(self.mean)}


VALUES = [1.0, 2.5]
CASES = [
    ModelCase(Mean().fit(VALUES), inputs=VALUES, name="mean"),
    ModelCase(Forgetful().fit(VALUES), inputs=VALUES, name="forgetful"),
]


@parametrize_with_roundtrips(CASES)
def test_roundtrip(check):
    if check.name not in {"fresh_process", "requirements"}:  # which take seconds
        check()
"""


def test_a_real_run_writes_one_page_about_all_workers(inner: InnerPytest) -> None:
    """The page has each model, and the path to what was lost; the README's test needs no worker."""
    pytest.importorskip("mlflow", reason="a backend that is not there is skipped")
    inner.write(REAL)
    result = inner.run("--lineapy-report=out/report.html", "-n", "2")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    path = inner.path / "out" / "report.html"
    assert f"round-trip report: {path}" in result.stdout.str()
    page = Page(path.read_text())
    rows = [each["data-sort"] for each in page.attributes("th") if each.get("scope") == "row"]
    assert rows == ["forgetful", "mean"]
    assert any(re.search(r"\.mean: .*1\.75 and 2", text) for text in page.texts["pre"])


def test_the_ini_file_names_a_page_beside_itself(inner: InnerPytest) -> None:
    """The page is where the ini-file says, wherever pytest was started."""
    inner.ini(lineapy_report="report.html")
    inner.write("def test_other():\n    pass\n")
    inner.path.joinpath("folder").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(inner.path / "folder")
        inner.passes("..")
    assert inner.path.joinpath("report.html").is_file()


def test_collecting_tests_writes_no_page(inner: InnerPytest) -> None:
    """The page of the last run is not replaced by one about nothing."""
    inner.write("def test_other():\n    pass\n")
    inner.run("--lineapy-report=report.html", "--collect-only")
    assert not inner.path.joinpath("report.html").exists()


@pytest.mark.parametrize(
    ("path", "why"), [("file/report.html", "Not a directory|File exists"), (".", "it is no file")]
)
def test_a_page_that_cannot_be_written_fails_nothing(
    inner: InnerPytest, path: str, why: str
) -> None:
    """The summary says which page could not be written, and why; the run passes."""
    inner.path.joinpath("file").touch()
    inner.write("def test_other():\n    pass\n")
    output = inner.passes(f"--lineapy-report={path}")
    assert re.search(rf"round-trip report: \S+ cannot be written: ({why})", output)
