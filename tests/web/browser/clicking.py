"""What somebody does on a page with the mouse."""

from __future__ import annotations

from typing import Any


def press(page: Any, name: str) -> None:
    """A button, and the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()
