"""Pages of long lists, as the pager of the components wants them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

PAGE = "hal"
"""The word of the address that says which page."""


def pager(page: Any, **asked: str) -> dict[str, Any]:
    """page: of Django's Paginator. asked: what the address says besides the number of the page;
    empty values are left out."""

    def to(number: int) -> str:
        said = {key: value for key, value in asked.items() if value and key != PAGE}
        return "?" + urlencode({**said, PAGE: number})

    return {
        "number": page.number,
        "before": to(page.previous_page_number()) if page.has_previous() else None,
        "after": to(page.next_page_number()) if page.has_next() else None,
        "of": page.paginator.num_pages,
    }
