"""Pictures in the guides: each is small, shown somewhere, and told in words where it is shown."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST_BYTES = 150_000
FEWEST_LETTERS = 40
SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)]+\.png)\)")


def _shown() -> list[tuple[Path, str, Path]]:
    """Where a picture is shown, in which words, and its file."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [
        (page, words, (page.parent / to).resolve())
        for page in pages
        for words, to in SHOWN.findall(page.read_text(encoding="utf-8"))
    ]


def test_each_picture_is_told_in_words() -> None:
    shown = _shown()
    assert len(shown) > 10
    assert [str(page) for page, words, _ in shown if len(words) < FEWEST_LETTERS] == []
    assert [str(file) for _, _, file in shown if not file.is_file()] == []


def test_each_picture_is_small_and_shown() -> None:
    files = set((ROOT / "docs" / "images").iterdir())
    assert {file for _, _, file in _shown()} == files
    assert [file.name for file in files if file.stat().st_size >= MOST_BYTES] == []
