"""What tests of facts share: the Indonesian book, and a few invented people as rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from tangga.registry import Pack, load_pack
from tangga.registry.mistakes import Mistakes
from tangga.rules.fact_files import read_facts
from tangga.rules.facts import FactBook
from tangga.rules.toml_file import read_toml

ON = date(2026, 1, 31)
PACK = load_pack("indonesia")
Row = dict[str, Any]


def read(path: Path, pack: Pack = PACK, base: FactBook | None = None) -> FactBook:
    """The book of a facts.toml; BadPack where it has mistakes."""
    mistakes = Mistakes(path.parent)
    file = read_toml(path, mistakes)
    assert file is not None
    book = read_facts(file, pack, base)
    mistakes.raise_if_any()
    return book


BOOK = read(PACK.dir / "policy" / "facts.toml")

DIFFICULTIES = [
    "seeing",
    "hearing",
    "walking",
    "hands",
    "learning",
    "behaviour",
    "speaking",
    "self_care",
    "remembering",
]
ADULT: Row = {
    "birth_date": date(1985, 3, 1),
    "sex": "male",
    "relation": "head",
    "status": "active",
    "school_status": "left",
    "school_level": "primary",
    "illness": "none",
    "carer_of": "nobody",
    "pregnant": False,
    "worked_last_week": True,
    "work_position": "own_account",
    "has_business": False,
    "orphanhood": "none",
    **{f"difficulty_{item}": "none" for item in DIFFICULTIES},
    # The past, as the stage `plan` gives it.
    "assessed_disabled": False,
    "exempt_claimed": False,
    "case_open": False,
    "group_member": False,
}
WOMAN = {**ADULT, "sex": "female", "relation": "spouse", "birth_date": date(1990, 4, 12)}
PUPIL = {
    **ADULT,
    "birth_date": date(2015, 6, 1),
    "relation": "child",
    "school_status": "attending",
    "worked_last_week": False,
}
BABY = {**PUPIL, "birth_date": date(2025, 6, 1), "school_status": "never", "school_level": None}
