"""The first rows of a file as a viewer may see them, and what each of its columns becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tangga.registry.model import Column
from tangga.registry.privacy import masked
from tangga.web.intake.matching import AS_PROPOSED, Matching
from tangga.web.viewer import Viewer

NUMBER = re.compile(r"[0-9]{8,}")
LONGEST = 40


@dataclass(frozen=True)
class Shown:
    """A column of the file: its name, what it becomes, its cells as the viewer may see them."""

    name: str
    becomes: str
    cells: tuple[str, ...]


def preview(matching: Matching, viewer: Viewer) -> list[Shown]:
    """Each column of the file; those that become something first, in the order of the file."""
    becomes = _becomes(matching)
    found = []
    for place, name in enumerate(matching.columns):
        line, column = becomes.get(name, ("", None))
        cells = tuple(_cell(row[place], column, viewer) for row in matching.seen["rows"])
        found.append(Shown(name, line, cells))
    return sorted(found, key=lambda one: not one.becomes)


def _becomes(matching: Matching) -> dict[str, tuple[str, Column]]:
    found: dict[str, tuple[str, Column]] = {}
    for line in matching.lines:
        for name in _columns(matching, line.name, line.choice):
            found.setdefault(name, (line.label, matching.registry[line.name]))
    return found


def _columns(matching: Matching, name: str, choice: str) -> list[str]:
    if choice.startswith("="):
        return [matching.columns[int(choice[1:])]]
    entry: Mapping[str, Any] = matching.proposal["columns"].get(name, {})
    if choice != AS_PROPOSED:
        return []
    parts = [entry.get(key) for key in ("column", "year", "month", "day")]
    return [part for part in (*parts, *entry.get("columns", ())) if part]


def _cell(text: str, column: Column | None, viewer: Viewer) -> str:
    """A number of identity shows its end only, to everybody; of what nobody has matched, nobody
    knows what it is."""
    text = text.strip()
    if not text:
        return ""
    privacy = column.privacy if column is not None else "identity"
    sight = viewer.sight(privacy)
    if sight == "hidden":
        return "–"
    if (column is not None and column.type == "identifier") or NUMBER.search(text):
        return NUMBER.sub(lambda found: masked("last4", found[0]) or "", text)
    if sight == "masked":
        return masked("initials", text) or "–"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
