"""One guide a role: each exists, and what it quotes, shows and sends to is there for that role."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from role_guides import FOLDER, GUIDES, INDEX, ROOT, paths_of, pictures_of, quoted

MOST_WORDS = 1100
"""Two sheets of A4."""
PARTS = ("Hari pertama", "Pekerjaan Anda", "Yang bukan wewenang Anda", "Jangan pernah")
SECOND_FACTOR = "/saya/kode/"


def _roles() -> dict[str, dict[str, object]]:
    file = ROOT / "src/tangga/packs/indonesia/access/roles.toml"
    return dict(tomllib.loads(file.read_text("utf-8"))["roles"])


@cache
def _words() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Every text of the catalogue and of the pack, and those with something filled in."""
    found: set[str] = set()

    def walk(data: object) -> None:
        if isinstance(data, dict):
            found.update(
                " ".join(str(text).split())
                for key, text in data.items()
                if (key == "id" or str(key).endswith("_id")) and isinstance(text, str)
            )
            for one in data.values():
                walk(one)
        elif isinstance(data, list):
            for one in data:
                walk(one)

    folders = (ROOT / "src/tangga/web", ROOT / "src/tangga/packs/indonesia")
    for folder in folders:
        for file in folder.rglob("*.toml"):
            walk(tomllib.loads(file.read_text("utf-8")))
    whole = frozenset(text for text in found if "{" not in text)
    filled = (re.sub(r"\\\{[a-z_]+\\\}", ".+", re.escape(text)) for text in found if "{" in text)
    return whole, tuple(re.compile(one) for one in filled if len(one) > 6)


def _is_said(text: str) -> bool:
    whole, filled = _words()
    return text in whole or any(one.fullmatch(text) for one in filled)


def test_every_role_has_a_guide_and_no_other() -> None:
    assert [guide.stem for guide in GUIDES] == sorted(_roles())
    index = INDEX.read_text("utf-8")
    assert [guide.name for guide in GUIDES if f"({guide.name})" not in index] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide_is_short_and_has_its_parts(guide: Path) -> None:
    text = guide.read_text("utf-8")
    role = _roles()[guide.stem]
    assert text.startswith(f"# {role['id']}\n")
    assert len(text.split()) <= MOST_WORDS
    headings = re.findall(r"^## (.+)", text, flags=re.MULTILINE)
    assert [part for part in PARTS if part not in headings] == []
    assert (SECOND_FACTOR in text) == bool(role["second_factor"])


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_what_a_guide_quotes_stands_on_a_page(guide: Path) -> None:
    said = quoted(guide)
    assert len(said) >= 5
    assert [text for text in said if not _is_said(text)] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_picture_of_a_guide_is_made_by_a_test(guide: Path) -> None:
    made_by = "\n".join(
        file.read_text("utf-8") for file in (ROOT / "tests/web/browser").glob("test_*.py")
    )
    shown = pictures_of(guide)
    assert shown, "at least one picture"
    assert [file.name for file in shown if not file.is_file()] == []
    assert [one.stem for one in shown if not re.search(rf'"{one.stem}(\.png)?"', made_by)] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_where_a_guide_sends_its_reader_is_open_to_the_role(guide: Path) -> None:
    from django.urls import resolve

    from tangga.web.access import access
    from tangga.web.viewer import ACCOUNT, ANYONE

    verbs = access().roles[guide.stem].verbs
    named = paths_of(guide)
    assert len(named) >= 3
    closed = []
    for path in named:
        needed = resolve(path).func.needed
        if needed not in (ANYONE, ACCOUNT) and not verbs & set(needed.split("|")):
            closed.append((path, needed))
    assert closed == []


def test_no_guide_is_forgotten_in_the_folder() -> None:
    assert [file.name for file in FOLDER.iterdir() if file.suffix != ".md"] == []
