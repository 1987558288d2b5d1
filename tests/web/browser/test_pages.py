"""Every page in both languages: for everybody, on a telephone, light, under the strict policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pictures
import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import Page, pages

pytestmark = pytest.mark.slow

AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
MOST_BYTES = 150_000
PHONE = {"width": 320, "height": 640}
REFUSED = {404}


class Watched:
    """A window that counts what came over the line and remembers every complaint."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.bytes = 0
        self.complaints: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.setCacheDisabled", {"cacheDisabled": True})
        line.on("Network.loadingFinished", self._came)

    def go(self, path: str) -> Any:
        """Open a page; returns the response."""
        self.bytes, self.complaints = 0, []
        return self.page.goto(path, wait_until="load")

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning") and "404" not in message.text:
            self.complaints.append(message.text)

    def _came(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])


def _each(service: Any, language: str, **how: Any) -> Any:
    """Each page in a window of who opens it; windows are kept, one a role."""
    windows: dict[tuple[str, str], Watched] = {}
    for page in pages(service.web):
        key = (page.role, page.area)
        if key not in windows:
            opened = (
                service.open(page.role, page.area, language, **how)
                if page.role
                else service.visit(language, **how)
            )
            windows[key] = Watched(opened)
        yield page, windows[key]


def _named(page: Page, language: str) -> str:
    return f"{page.path} ({page.role or 'anybody'}, {language})"


@pytest.mark.parametrize("language", ["id", "en"])
def test_each_page_is_for_everybody_light_and_without_a_complaint(
    service: Any, language: str
) -> None:
    axe, wrong = Axe(), []
    options = {"runOnly": {"type": "tag", "values": list(AA)}, "resultTypes": ["violations"]}
    for page, window in _each(service, language):
        named = _named(page, language)
        answer = window.go(page.path)
        if answer.status >= 400 and answer.status not in REFUSED:
            wrong.append(f"{named}: {answer.status}")
            continue
        weight, complaints = window.bytes, list(window.complaints)
        if weight > MOST_BYTES:
            wrong.append(f"{named}: {weight} bytes")
        wrong += [f"{named}: {said}" for said in complaints]
        if window.page.locator("html").get_attribute("lang") != language:
            wrong.append(f"{named}: not in {language}")
        if window.page.locator("h1").count() != 1:
            wrong.append(f"{named}: {window.page.locator('h1').count()} headings of level 1")
        found = axe.run(window.page, options=options).response["violations"]
        wrong += [f"{named}: {_said(one)}" for one in found]
        if page.name and pictures.WANTED:
            pictures.take(window.page, f"{page.name}.{language}")
    assert not wrong, "\n".join(wrong)


def _said(violation: dict[str, Any]) -> str:
    where = "; ".join(
        str(node["target"]) + " " + node["html"][:90] for node in violation["nodes"][:3]
    )
    return f"{violation['id']}: {violation['help']}: {where}"


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_page_scrolls_sideways_on_a_small_telephone(service: Any, language: str) -> None:
    wrong = []
    for page, window in _each(service, language, viewport=PHONE):
        window.go(page.path)
        wide = window.page.evaluate("document.documentElement.scrollWidth")
        if wide > PHONE["width"]:
            wrong.append(f"{_named(page, language)}: {wide} px: {_widest(window.page)}")
    assert not wrong, "\n".join(wrong)


def _widest(page: Any) -> str:
    """Elements that reach beyond the right edge, outside of what scrolls by itself."""
    found = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(e => {
            if (e.getBoundingClientRect().right <= 321) return false;
            for (let up = e.parentElement; up; up = up.parentElement)
                if (/auto|scroll|hidden/.test(getComputedStyle(up).overflowX)) return false;
            return true;
        }).slice(0, 3).map(e => e.outerHTML.slice(0, 90))"""
    )
    return str(found)


def test_each_page_says_as_much_without_script(service: Any) -> None:
    def said(**how: Any) -> dict[str, int]:
        return {
            page.path + page.role: len(window.page.inner_text("main"))
            for page, window in _each(service, "id", **how)
            if window.go(page.path)
        }

    # Without script comes second: trail and accounts only grow.
    with_script = said()
    without = said(java_script_enabled=False)
    assert [path for path, length in with_script.items() if without[path] < 0.9 * length] == []


def test_pictures_are_small(tmp_path: Path) -> None:
    for file in pictures.FOLDER.glob("*.png"):
        assert file.stat().st_size < pictures.MOST_BYTES, file.name
