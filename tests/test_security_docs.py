"""The pages of docs/security say nothing that is not there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs" / "security").glob("*.md"))
ROW = re.compile(
    r"^\| v5\.0\.0-(\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE
)

# Requirements of level 1, and of levels 1 and 2, in each chapter of ASVS 5.0.0.
OF_LEVEL_1 = (8, 4, 8, 2, 4, 13, 6, 4, 4, 5, 3, 3, 1, 2, 3, 0, 0)
IN_ALL = (27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7)


def _rows() -> list[tuple[str, ...]]:
    return ROW.findall((ROOT / "docs" / "security" / "asvs.md").read_text())


def _chapters(ids: list[str]) -> list[int]:
    counted = Counter(int(one.partition(".")[0]) for one in ids)
    return [counted[n] for n in range(1, 18)]


def test_each_requirement_stands_once_in_its_order() -> None:
    ids = [row[0] for row in _rows()]
    assert len(ids) == len(set(ids)) == sum(IN_ALL) == 253
    assert ids == sorted(ids, key=lambda one: [int(part) for part in one.split(".")])
    assert tuple(_chapters(ids)) == IN_ALL
    assert tuple(_chapters([row[0] for row in _rows() if row[1] == "1"])) == OF_LEVEL_1


def test_each_row_is_met_with_evidence_or_says_why_not() -> None:
    for number, _, _, state, said in _rows():
        assert state in ("met", "n/a", "open"), number
        assert len(said) > 5, number
        if state == "met":
            assert re.search(r"`[^`]+/[^`]+`|`SECURITY\.md`", said), f"{number}: no file, no test"


def test_the_sum_above_the_table_is_that_of_its_rows() -> None:
    text = (ROOT / "docs" / "security" / "asvs.md").read_text()
    counted = Counter(row[3] for row in _rows())
    told = re.search(r"^\| (\d+) \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    assert told and tuple(map(int, told.groups())) == tuple(
        counted[state] for state in ("met", "n/a", "open")
    )


def _evidence() -> list[tuple[str, str, str]]:
    """(page, file, test or empty) of everything that a page names as evidence."""
    named = re.compile(
        r"`((?:src|tests|docs|deploy|requirements|bench|scripts)/[\w./-]+|SECURITY\.md|pyproject\.toml)"
        r"(?:::(\w+))?`"
    )
    return [
        (page.name, path, test)
        for page in [*PAGES, ROOT / "SECURITY.md"]
        for path, test in named.findall(page.read_text())
    ]


def test_what_is_named_as_evidence_is_there() -> None:
    found = _evidence()
    assert len(found) > 200
    assert [(page, path) for page, path, _ in found if not (ROOT / path).exists()] == []
    missing = [
        (page, f"{path}::{test}")
        for page, path, test in found
        if test and not re.search(rf"^def {test}\(", (ROOT / path).read_text(), re.MULTILINE)
    ]
    assert missing == []


def test_the_look_would_notice() -> None:
    assert ROW.findall("| v5.0.0-1.1.1 | 2 | a | met | b |")
    assert not ROW.findall("| 1.1.1 | 2 | a | met | b |")


def test_every_page_of_security_is_led_to() -> None:
    text = (ROOT / "SECURITY.md").read_text()
    assert [page.name for page in PAGES if f"docs/security/{page.name}" not in text] == []
