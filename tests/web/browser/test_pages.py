"""Every page in both languages: for everybody, on a telephone, light, under the strict policy."""

from __future__ import annotations

from typing import Any

import pytest
from furnished import Furnished
from pages import HERE, OFFICER, Page, pages
from readable import violations

pytestmark = pytest.mark.slow

MOST_BYTES = 150_000
PHONE = {"width": 320, "height": 640}
MOST_HEAD = 0.45
"""Of a small screen, what heading and menu may take."""


class Watched:
    """A window that counts what came over the line and remembers every complaint."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.bytes = 0
        self.complaints: list[str] = []
        self.expected = "200"
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.setCacheDisabled", {"cacheDisabled": True})
        line.on("Network.loadingFinished", self._came)

    def go(self, page: Page) -> Any:
        """Open a page; returns the response, which after a search is that of the form."""
        self.bytes, self.complaints = 0, []
        self.expected = str(page.status)
        answer = self.page.goto(page.path, wait_until="load")
        if not page.typed:
            return answer
        self.bytes = 0
        self.page.locator("input[name=q]").fill(page.typed)
        with self.page.expect_navigation(wait_until="load") as coming:
            self.page.locator("input[name=q]").press("Enter")
        return coming.value

    def _said(self, message: Any) -> None:
        # The browser tells of each answer that is a refusal, of the expected ones too.
        told = self.expected != "200" and self.expected in message.text
        if message.type in ("error", "warning") and not told:
            self.complaints.append(message.text)

    def _came(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])


def _each(service: Any, furnished: Furnished, language: str, **how: Any) -> Any:
    """Each page in a window of who opens it; windows are kept, one a role."""
    windows: dict[tuple[str, str], Watched] = {}
    for page in pages(service.web, furnished):
        key = (page.role, page.area)
        if key not in windows:
            opened = (
                service.open(page.role, page.area, language, **how)
                if page.role
                else service.visit(language, **how)
            )
            windows[key] = Watched(opened)
        yield page, windows[key]


@pytest.mark.parametrize("language", ["id", "en"])
def test_each_page_is_for_everybody_light_and_without_a_complaint(
    service: Any, furnished: Furnished, language: str
) -> None:
    wrong = []
    for page, window in _each(service, furnished, language):
        answer = window.go(page)
        weight, complaints = window.bytes, list(window.complaints)
        found = [f"answered with {answer.status}"] if answer.status != page.status else []
        found += [f"{weight} bytes"] if weight > MOST_BYTES else []
        found += [*complaints, *_of_everybody(window.page, language)]
        wrong += [f"{page.named(language)}: {one}" for one in found]
    assert not wrong, "\n".join(wrong)


def _of_everybody(page: Any, language: str) -> list[str]:
    """What keeps some people from reading a page."""
    wrong = [_said(one) for one in violations(page)]
    if page.locator("html").get_attribute("lang") != language:
        wrong.append(f"not in {language}")
    if page.locator("h1").count() != 1:
        wrong.append(f"{page.locator('h1').count()} headings of level 1")
    return wrong


def _said(violation: dict[str, Any]) -> str:
    where = "; ".join(
        str(node["target"]) + " " + node["html"][:90] for node in violation["nodes"][:3]
    )
    return f"{violation['id']}: {violation['help']}: {where}"


@pytest.mark.parametrize("width", [320, 768])
@pytest.mark.parametrize("language", ["id", "en"])
def test_no_page_scrolls_sideways_on_a_small_screen(
    service: Any, furnished: Furnished, language: str, width: int
) -> None:
    wrong = []
    for page, window in _each(service, furnished, language, viewport={**PHONE, "width": width}):
        window.go(page)
        wide = window.page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            wrong.append(f"{page.named(language)}: {wide} px: {_widest(window.page, width)}")
        top = window.page.locator("main").bounding_box()["y"]
        if width == PHONE["width"] and top > PHONE["height"] * MOST_HEAD:
            wrong.append(f"{page.named(language)}: its content begins at {top:.0f} px only")
    assert not wrong, "\n".join(wrong)


def _widest(page: Any, width: int) -> str:
    """Elements that reach beyond the right edge, outside of what scrolls by itself."""
    found = page.evaluate(
        """width => [...document.querySelectorAll('body *')].filter(e => {
            if (e.getBoundingClientRect().right <= width + 1) return false;
            for (let up = e.parentElement; up; up = up.parentElement)
                if (/auto|scroll|hidden/.test(getComputedStyle(up).overflowX)) return false;
            return true;
        }).slice(0, 3).map(e => e.outerHTML.slice(0, 90))""",
        width,
    )
    return str(found)


@pytest.mark.parametrize("status", [400, 413, 429, 500, 503])
@pytest.mark.parametrize("language", ["id", "en"])
def test_what_went_wrong_is_told_to_everybody(service: Any, language: str, status: int) -> None:
    """The page that asks nothing of the database, dressed as the others are."""
    from django.test import RequestFactory

    from tangga.web.errors import page as error_page

    request = RequestFactory().get("/")
    request.COOKIES["bahasa"] = language
    body = error_page(request, status).content.decode()
    window = service.visit(language, viewport=PHONE)
    window.route("**/wrong/", lambda route: route.fulfill(content_type="text/html", body=body))
    window.goto("/wrong/")
    assert not _of_everybody(window, language)
    assert window.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert window.locator("header .top").bounding_box()["width"] == PHONE["width"]


def test_each_page_says_as_much_without_script(service: Any, furnished: Furnished) -> None:
    def said(**how: Any) -> dict[str, int]:
        return {
            page.named("id"): len(window.page.inner_text("main"))
            for page, window in _each(service, furnished, "id", **how)
            if window.go(page)
        }

    # Without script comes second: trail and accounts only grow.
    with_script = said()
    without = said(java_script_enabled=False)
    assert [path for path, length in with_script.items() if without[path] < 0.9 * length] == []


def test_a_long_page_is_a_table_of_contents_on_a_telephone(service: Any) -> None:
    page = service.open(OFFICER, HERE, viewport=PHONE)
    page.goto(f"/wilayah/{HERE}/")
    assert page.locator("details.folds").count() > 5
    assert page.locator("details.folds[open]").count() == 0
    assert page.evaluate("document.documentElement.scrollHeight") < 5 * PHONE["height"]
    # A link to what is inside opens it.
    page.goto(f"/wilayah/{HERE}/#anggaran")
    page.wait_for_selector("details#anggaran[open]")


def test_a_long_page_is_whole_without_script_and_on_a_wide_screen(service: Any) -> None:
    for how in ({"viewport": PHONE, "java_script_enabled": False}, {}):
        page = service.open(OFFICER, HERE, **how)
        page.goto(f"/wilayah/{HERE}/")
        assert page.locator("details.folds[open]").count() > 5
        assert page.locator("details.folds:not([open])").count() == 0
