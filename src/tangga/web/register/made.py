"""Tables that are made of a release's own while it is loaded, and that no manifest speaks of.

    MADE["gone_people"]["died_on"]      # ("DATE", "personal"): type and class of what it is made of
    as_loaded(families)                 # the same, less what this release records of no family

What makes them stands in `loading.derived`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Columns = Mapping[str, tuple[str, str]]

INDEX = "family_index"

MADE: Mapping[str, Columns] = {
    INDEX: {
        "family_id": ("VARCHAR", "personal"),
        "head_name": ("VARCHAR", "identity"),
        "members": ("INTEGER", "personal"),
        "rung": ("VARCHAR", "personal"),
        "due_move": ("VARCHAR", "personal"),
        "decile": ("INTEGER", "personal"),
        "months_protected": ("INTEGER", "personal"),
        "months_left": ("INTEGER", "personal"),
        "visit_deadline": ("DATE", "personal"),
        "place_kind": ("VARCHAR", "personal"),
        "rt_rw": ("VARCHAR", "personal"),
    },
    "person_index": {
        "person_id": ("VARCHAR", "personal"),
        "family_id": ("VARCHAR", "personal"),
        "name": ("VARCHAR", "identity"),
    },
    "gone_people": {
        "person_id": ("VARCHAR", "personal"),
        "family_id": ("VARCHAR", "personal"),
        "status": ("VARCHAR", "personal"),
        "died_on": ("DATE", "personal"),
        "by_registry": ("BOOLEAN", "personal"),
        "receives": ("BOOLEAN", "personal"),
    },
}
"""Table -> those of its columns that lists show -> (type, privacy class)."""

OF_FAMILIES = {"place_kind": ("place_kind",), "rt_rw": ("rt", "rw")}
"""Columns of the index made of columns that not every release records."""


def as_loaded(families: Iterable[str]) -> dict[str, Columns]:
    """MADE of a release. families: the columns of its table of families."""
    known = set(families)
    empty = {name for name, of in OF_FAMILIES.items() if known.isdisjoint(of)}
    index = {name: said for name, said in MADE[INDEX].items() if name not in empty}
    return {**MADE, INDEX: index}
