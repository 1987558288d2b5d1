"""Who is meant: persons and families of the release in force, as the viewer may see them.

Rows come as JSON, since a release need not have every column of the pack.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tangga.registry.privacy import masked
from tangga.web.database.rows import value
from tangga.web.viewer import Viewer

PERSON = """
SELECT json_build_object('id', p.person_id, 'family_id', p.family_id, 'name', p.name,
                         'area', f.area, 'village', f.village)::text
FROM persons AS p JOIN families AS f ON f.family_id = p.family_id
WHERE p.person_id = %s
"""
MEMBERS = """
SELECT coalesce(json_agg(to_jsonb(p) - '{nik,kk,nik_index,kk_index}'::text[]
                         ORDER BY p.person_id), '[]')::text
FROM persons AS p WHERE p.family_id = %s
"""
FAMILY = """
SELECT (to_jsonb(f) - '{kk,kk_index}'::text[])::text FROM families AS f WHERE f.family_id = %s
"""
NAMES = """
SELECT coalesce(json_object_agg(p.person_id, p.name), '{}')::text
FROM persons AS p WHERE p.person_id = ANY(%s)
"""
HEADS = """
SELECT coalesce(json_object_agg(f.family_id, h.name), '{}')::text
FROM families AS f JOIN persons AS h ON h.person_id = f.head_person_id
WHERE f.family_id = ANY(%s)
"""
WHOLE = "SELECT to_jsonb(p)::text FROM persons AS p WHERE p.person_id = %s"
DEAD = "dead"
LONGEST_ID = 40


@dataclass(frozen=True)
class Person:
    """One person in their family. area: of the family."""

    id: str
    family_id: str
    name: str | None
    area: str
    village: str


def person(person_id: str) -> Person | None:
    """None where the viewer sees nobody of this id, or they are in no family."""
    found = _json(PERSON, [person_id]) if len(person_id) <= LONGEST_ID else None
    if not found or not found["area"]:
        return None
    return Person(**{**found, "village": found["village"] or found["area"]})


def whole(person_id: str) -> dict[str, Any] | None:
    """A person's own row with what is sealed in it, for a paper; None where none is seen."""
    found: dict[str, Any] | None = _json(WHOLE, [person_id])
    return found


def family(family_id: str) -> dict[str, Any] | None:
    """A family's own row; None where the viewer sees none."""
    return _json(FAMILY, [family_id]) if len(family_id) <= LONGEST_ID else None


def members(family_id: str, *, living: bool = True) -> list[dict[str, Any]]:
    """Rows of the members, the eldest first."""
    found = sorted(
        _json(MEMBERS, [family_id]) or (),
        key=lambda row: (
            str(row.get("birth_date") or row.get("birth_year") or "9"),
            row["person_id"],
        ),
    )
    return [row for row in found if row.get("status") != DEAD] if living else found


def names(person_ids: list[str], viewer: Viewer) -> dict[str, str]:
    """Names of persons as the viewer may read them; nothing of who is out of sight."""
    return _shown(NAMES, person_ids, viewer)


def heads(family_ids: list[str], viewer: Viewer) -> dict[str, str]:
    """Of families: the name of each head, as the viewer may read it."""
    return _shown(HEADS, family_ids, viewer)


def _shown(query: str, ids: list[str], viewer: Viewer) -> dict[str, str]:
    wanted = [one for one in ids if one]
    found = _json(query, [wanted]) if wanted else {}
    return {key: shown(name, viewer) for key, name in (found or {}).items()}


def shown(name: str | None, viewer: Viewer) -> str:
    """A name whole, masked, or a dash."""
    sight = viewer.sight("identity")
    if not name or sight == "hidden":
        return "–"
    return name if sight == "full" else masked("initials", name) or "–"


def _json(query: str, params: list[Any]) -> Any:
    found = value(query, params)
    return None if found is None else json.loads(found)
