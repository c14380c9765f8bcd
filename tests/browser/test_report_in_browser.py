"""The page of --lineapy-report in a real browser: Chromium, without a window.

Chromium comes from the system, such as Debian's package of that name; the environment variable
CHROMIUM names another one. These tests run with ``tox -e browser``.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.plugins.outcomes import WritePage, of_every_kind
else:
    from outcomes import of_every_kind

pytestmark = pytest.mark.browser

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_WIDE = {"width": 1400, "height": 900}
_PHONE = {"width": 360, "height": 740}
_SIZES = pytest.mark.parametrize("size", [_WIDE, _PHONE], ids=["wide", "phone"])
_SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])

# The lowest contrast, by WCAG 2, of any text that is shown with what is behind it, and that text.
_LOWEST_CONTRAST = """() => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = numbers(color).slice(0, 3).map((each) => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = getComputedStyle(each).backgroundColor;
      if ((numbers(color)[3] ?? 1) > 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  let lowest = [21, ""];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
    const both = [getComputedStyle(element).color, behind(element)].map(luminance);
    const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    if (ratio < lowest[0]) lowest = [ratio, texts.currentNode.data];
  }
  return lowest;
}"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip("no Chromium here: apt-get install chromium, or set CHROMIUM to its path")
    # Chromium has no sandbox for root, as whom CI runs.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def show(browser: Browser, write_page: WritePage) -> Iterator[Callable[..., Page]]:
    """A function that opens the page; at the end nothing may have been complained of or loaded."""
    address = write_page(of_every_kind()).as_uri()
    contexts, heard = [], []

    def show(size: dict[str, int] = _WIDE, **options: Any) -> Page:
        context = browser.new_context(viewport=size, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: heard.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.on("dialog", lambda dialog: heard.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: heard.append(f"request: {request.url}"))
        page.goto(address)
        return page

    yield show
    for context in contexts:
        context.close()
    assert heard == [f"request: {address}"] * len(contexts)


def models(page: Page) -> list[str]:
    """Return the names of the models, as they are shown from top to bottom."""
    return [text.partition("\n")[0][:6] for text in page.locator("tbody th").all_inner_texts()]


def sorted_by(page: Page) -> list[str | None]:
    """Return by which column the table says that it is sorted, and how."""
    header = page.locator("[aria-sort]")
    return [header.get_attribute("data-name"), header.get_attribute("aria-sort")]


@_SIZES
@_SCHEMES
def test_opens_from_a_file(show: Callable[..., Page], size: dict[str, int], scheme: str) -> None:
    """The page opens without a server, loads nothing and has nothing to complain of."""
    page = show(size, color_scheme=scheme)
    assert page.title() == "Round-trip checks: 2 of 85 checks fail"
    assert page.locator("img").count() == 0
    assert models(page)[0] == "prices"


def test_sorts_by_click(show: Callable[..., Page]) -> None:
    """A click on a column sorts by it, worst or slowest first, and another one turns it round."""
    page = show()
    page.get_by_role("button", name="seconds").click()
    assert models(page)[:3] == ["demand", "churn", "prices"]
    assert sorted_by(page) == ["seconds", "descending"]
    page.get_by_role("button", name="seconds").click()
    assert models(page)[2:] == ["prices", "churn", "demand"]
    assert sorted_by(page) == ["seconds", "ascending"]


def test_sorts_by_keyboard(show: Callable[..., Page]) -> None:
    """The columns can be reached with the tab key, and sort with enter and space."""
    page = show()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert models(page)[1:] == ["churn", "demand", "idle", "prices"]
    page.keyboard.press("Space")
    assert models(page)[:4] == ["prices", "idle", "demand", "churn"]
    assert sorted_by(page) == ["model", "descending"]
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert sorted_by(page) == ["seconds", "descending"]


def test_sorts_on_a_phone(show: Callable[..., Page]) -> None:
    """Where there are no columns, a list of them sorts."""
    page = show(_PHONE)
    page.get_by_label("Sort by").select_option("lineapy value")
    assert models(page)[:2] == ["prices", "demand"]
    assert page.get_by_text("Sorted by lineapy value, descending").count() == 1


def test_a_failure_unfolds_by_click_and_by_keyboard(show: Callable[..., Page]) -> None:
    """Its text is hidden at first, and shown when it is asked for."""
    page = show()
    summaries, texts = page.locator("summary"), page.locator("pre")
    assert not texts.first.is_visible()
    summaries.first.click()
    assert texts.first.is_visible()
    assert ".steps[1][1].coef_[0, 3]: 0.5 != 0.25" in texts.first.inner_text()
    summaries.nth(1).focus()
    page.keyboard.press("Enter")
    assert texts.nth(1).is_visible()


def test_a_cell_leads_to_what_it_stands_for(show: Callable[..., Page]) -> None:
    """Following a failure in the table unfolds its text, again after it has been folded."""
    page = show()
    link = page.get_by_role("cell", name="failed").get_by_role("link").first
    for _ in range(2):
        link.click()
        page.locator("pre").first.wait_for(state="visible")
        page.keyboard.press("Enter")  # the summary has the focus
        page.locator("pre").first.wait_for(state="hidden")


@_SIZES
def test_nothing_is_wider_than_the_screen(show: Callable[..., Page], size: dict[str, int]) -> None:
    """No name and no failure makes anyone scroll sideways, with everything unfolded."""
    page = show(size)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    widest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('body *')].map("
        "(each) => each.getBoundingClientRect().right))"
    )
    assert widest <= size["width"]


@_SIZES
@_SCHEMES
def test_all_text_can_be_read(show: Callable[..., Page], size: dict[str, int], scheme: str) -> None:
    """Contrast is at least 4.5, as WCAG asks for, in light and in dark."""
    page = show(size, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")
    ratio, text = page.evaluate(_LOWEST_CONTRAST)
    assert ratio >= 4.5, text


@_SIZES
def test_what_a_check_came_to_is_said_in_words(
    show: Callable[..., Page], size: dict[str, int]
) -> None:
    """Assistive technology finds rows and cells in the table and in the cards, and a status."""
    page = show(size)
    assert page.locator("tbody").get_by_role("row").count() == 5
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="prices"))
    assert row.get_by_role("cell", name="passed").count() == 15
    assert row.get_by_role("cell", name="failed").filter(has_text="✗").count() == 2


def test_reads_the_same_without_a_script(show: Callable[..., Page]) -> None:
    """Without JavaScript there is nothing to sort with, and failures unfold all the same."""
    page = show(java_script_enabled=False)
    assert models(page)[0] == "prices"
    assert page.get_by_role("button").count() == 0
    assert page.get_by_role("combobox").count() == 0
    page.locator("summary").first.click()
    assert page.locator("pre").first.is_visible()


def test_the_browser_enforces_the_policy(show: Callable[..., Page], browser: Browser) -> None:
    """What is put into the page can neither load anything nor run."""
    address = show().url
    page = browser.new_page()  # whose complaints are those that are wanted
    page.goto(address)
    blocked = page.evaluate("""() => new Promise((done) => {
      const found = [];
      addEventListener("securitypolicyviolation", (event) => {
        found.push(event.effectiveDirective);
        if (found.length === 3) done(found.sort());
      });
      const script = document.createElement("script");
      script.textContent = "window.hasRun = true";
      document.body.append(script);
      new Image().src = "http://127.0.0.1:9/image.png";
      fetch("http://127.0.0.1:9/").catch(() => {});
    })""")
    assert blocked == ["connect-src", "img-src", "script-src-elem"]
    assert page.evaluate("window.hasRun") is None
    page.close()
