"""The guides of the roles, and what they name: pages, buttons, pictures."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "guides" / "peran"
INDEX = FOLDER / "README.md"
GUIDES = sorted(file for file in FOLDER.glob("*.md") if file != INDEX)
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
PATH = re.compile(r"`(/[a-z0-9_/-]*)`")
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")


def quoted(guide: Path) -> list[str]:
    """What is written in bold: words of a page."""
    return [" ".join(words.split()) for words in BOLD.findall(guide.read_text("utf-8"))]


def paths_of(guide: Path) -> list[str]:
    """Addresses that the guide sends its reader to."""
    return list(dict.fromkeys(PATH.findall(guide.read_text("utf-8"))))


def pictures_of(guide: Path) -> list[Path]:
    """Files of its pictures."""
    return [(guide.parent / to).resolve() for to in PICTURE.findall(guide.read_text("utf-8"))]
