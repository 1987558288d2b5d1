"""Whom a matter is about: names and addresses from the register, not kept in the matter itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tangga.texts import Language
from tangga.web.appeals.models import Appeal
from tangga.web.database.rows import one, rows
from tangga.web.pack import code_label
from tangga.web.secrets import seal, unseal
from tangga.web.work.models import Item

PERSON = """
SELECT p.person_id, p.family_id, p.area, p.name, p.nik, f.village,
       nullif(concat_ws(', ', {address}), '') AS address
FROM persons AS p LEFT JOIN families AS f ON f.family_id = p.family_id
WHERE p.person_id = %s LIMIT 1
"""
HEAD = (
    "SELECT head_person_id AS person_id, area, village FROM families WHERE family_id = %s LIMIT 1"
)
MEMBERS = """
SELECT person_id, name, birth_date, birth_year, relation FROM persons
WHERE family_id = %s AND status = 'active'
ORDER BY (relation = 'head') DESC NULLS LAST, birth_date NULLS LAST, person_id
"""


@dataclass(frozen=True)
class Whom:
    """A person, or somebody whom no register knows yet (without ids)."""

    name: str
    address: str = ""
    person_id: str = ""
    family_id: str = ""
    area: str = ""
    nik: str = ""


def person(person_id: str) -> Whom | None:
    """Of the register, as far as the viewer's area reaches."""
    found = one(PERSON.replace("{address}", "f.address, 'RT ' || f.rt, 'RW ' || f.rw"), [person_id])
    if found is None:
        return None
    nik = unseal(bytes(found["nik"])) if found["nik"] else ""
    return Whom(
        name=found["name"] or "",
        address=found["address"] or "",
        person_id=person_id,
        family_id=found["family_id"] or "",
        area=found["village"] or found["area"],
        nik=nik,
    )


def head(family_id: str) -> Whom | None:
    """The head of a family; None for a family that the viewer does not see."""
    found = one(HEAD, [family_id])
    if found is None:
        return None
    known = person(found["person_id"]) if found["person_id"] else None
    return known or Whom("", family_id=family_id, area=found["village"] or found["area"])


def members(family_id: str) -> list[dict[str, Any]]:
    """The living members of a family, the head first."""
    return rows(MEMBERS, [family_id])


def choices(family_id: str, language: Language) -> list[tuple[str, str]]:
    """The members of a family as a list to choose from: two may bear one name."""
    return [(one["person_id"], described(one, language)) for one in members(family_id)]


def described(member: Mapping[str, Any], language: Language) -> str:
    """A member by name, year of birth and place in the family."""
    relation = code_label("relation", member["relation"], language) if member["relation"] else ""
    said = (member["name"] or "–", str(member["birth_year"] or ""), relation)
    return ", ".join(one for one in said if one)


def of(item: Item, appeal: Appeal | None = None) -> Whom:
    """Whom an item is about."""
    if appeal is not None and appeal.whom:
        said = json.loads(unseal(bytes(appeal.whom)))
        return Whom(said["name"], said.get("address", ""), area=item.area)
    known = person(item.person_id) if item.person_id else None
    known = known or (head(item.family_id) if item.family_id else None)
    return known or Whom("", area=item.area)


def sealed(said: Mapping[str, str]) -> bytes:
    """Somebody whom no register knows yet, as it is kept."""
    return seal(json.dumps(dict(said), ensure_ascii=False))
