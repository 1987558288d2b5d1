"""A round of distribution in a browser: three people, and what its list says of a family.

    address = round_through(operator, verifier, head, "pkh", "2026-01-01/2026-03-31", "Tahap 1")
    rows_at(operator, address, "pay")          # what stands in one part of the list, row by row

Works with the windows of any harness: they are pages of Playwright.
"""

from __future__ import annotations

import re
from typing import Any


def rupiah(text: str) -> int:
    """`Rp1.575.000` as a number; 0 of a dash."""
    sign = -1 if re.search(r"[-−]", text) else 1
    return sign * int(re.sub(r"[^0-9]", "", text) or 0)


def press(page: Any, name: str) -> None:
    """A button, and the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def prepared(operator: Any, programme: str, time: str, called: str, early: str = "") -> str:
    """A round of the operator's own area is worked out; its address. time: `first/last` day. early:
    why now, of a time that has not begun: without it the form is handed back."""
    operator.goto(f"/program/{programme}/tahap-baru/")
    operator.locator("select[name=time]").select_option(time)
    operator.locator("input[name=called]").fill(called)
    press(operator, "Hitung daftarnya")
    if early:
        assert "Masa ini baru mulai" in operator.inner_text("main")
        operator.locator("textarea[name=early]").fill(early)
        press(operator, "Hitung daftarnya")
    assert re.search(r"/program/tahap/[0-9a-f-]{36}/$", operator.url), operator.inner_text("main")
    return str(operator.url)


def round_through(
    operator: Any, verifier: Any, head: Any, programme: str, time: str, called: str
) -> str:
    """Worked out, checked and signed by three people; the address of the round."""
    address = prepared(operator, programme, time, called)
    press(operator, "Ajukan untuk diperiksa")
    for page, button in ((verifier, "Daftar sudah diperiksa"), (head, "Tetapkan daftar")):
        page.goto(address)
        press(page, button)
    assert "Ditetapkan" in head.inner_text("main")
    return address


def rows_at(page: Any, address: str, part: str) -> list[dict[str, str]]:
    """Rows of one part of the list (pay, held, out, instead, beda), by the heading of each cell."""
    page.goto(f"{address}?lihat={part}")
    table = page.locator("#daftar ~ .table").first
    if not table.count():
        return []
    heads = [one.strip() for one in table.locator("thead th").all_inner_texts()]
    return [
        dict(zip(heads, row.locator("th, td").all_inner_texts(), strict=True))
        for row in table.locator("tbody tr").all()
    ]


def of_family(rows: list[dict[str, str]], name: str) -> list[dict[str, str]]:
    """Those of a family, by the name of its head (or its number)."""
    return [row for row in rows if name in " ".join(row.values())]
