"""Whether everybody can read a page: by axe, and by its width."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


def violations(page: Any) -> list[dict[str, Any]]:
    """What axe finds against a page that has come in whole: after a click it may be on its way."""
    page.wait_for_load_state()
    options = {"runOnly": {"type": "tag", "values": list(AA)}, "resultTypes": ["violations"]}
    return list(Axe().run(page, options=options).response["violations"])


def good(page: Any) -> None:
    """Nothing keeps anybody from reading the page, and nothing stands out of it to the side."""
    wrong = [(one["id"], [node["html"][:90] for node in one["nodes"]]) for one in violations(page)]
    assert not wrong, f"{page.url}: {wrong}"
    assert page.locator("h1").count() == 1
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{page.url} is {wide} too wide"
