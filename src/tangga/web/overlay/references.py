"""Whom a row means, so that the engine finds them: a record of theirs at a source, by its id."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from psycopg import sql

from tangga.web.database.rows import one, rows
from tangga.web.secrets import of_the_service, unseal

NEW = "new-"
SOURCE = "web_"
"""How the sources are named that we write; another record of a person says more."""
PEOPLE_SOURCE = f"{SOURCE}people"
LONGEST = 20
"""Merges in a row that are followed."""

IN_FORCE = "SELECT 'r_' || number AS schema FROM public.register_current WHERE number IS NOT NULL"
THERE = "SELECT to_regclass(%s) IS NOT NULL AS there"
RECORDS = """
SELECT DISTINCT ON (person_id) person_id, source, source_id FROM {crosswalk}
WHERE person_id = ANY(%(ids)s)
ORDER BY person_id, starts_with(source, %(own)s), slot NULLS LAST, source, source_id
"""
FOLLOWING = """
SELECT old_id, max(new_id) AS new_id FROM {lineage}
WHERE kind = 'merge' AND old_id = ANY(%(ids)s) GROUP BY old_id
"""
CARDS = "SELECT family_id, kk FROM {families} WHERE family_id = ANY(%(ids)s) AND kk IS NOT NULL"
NAMES = "SELECT person_id, name FROM {persons} WHERE person_id = ANY(%(ids)s) AND name IS NOT NULL"
NUMBERS = "SELECT person_id, nik FROM {persons} WHERE person_id = ANY(%(ids)s) AND nik IS NOT NULL"


@dataclass(frozen=True)
class Table:
    """A table of the release in force."""

    schema: str
    name: str

    def text(self, query: str, as_: str) -> sql.Composed:
        """The query with `{as_}` as the table."""
        return sql.SQL(query).format(**{as_: sql.Identifier(self.schema, self.name)})


def register(name: str) -> Table | None:
    """A table of the release in force; None where it has none, or no release is in force.

    For the owner's commands: a request has the release's schema on its path already.
    """
    found = one(IN_FORCE)
    if found is None:
        return None
    there = one(THERE, [f"{found['schema']}.{name}"])
    return Table(found["schema"], name) if there and there["there"] else None


@dataclass(frozen=True)
class References:
    """records: person -> (source, id there). followed: a merged id -> the one it became."""

    records: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    followed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, people: Collection[str]) -> References:
        """For all these people at once."""
        known = sorted(one for one in people if not one.startswith(NEW))
        crosswalk = register("crosswalk")
        if crosswalk is None or not known:
            return cls()
        followed = _followed(known)
        ids = sorted({followed.get(one, one) for one in known})
        found = rows(crosswalk.text(RECORDS, "crosswalk"), {"ids": ids, "own": SOURCE})
        plain = of_the_service().stood_for
        records = {row["person_id"]: (row["source"], plain(row["source_id"])) for row in found}
        return cls(records, followed)

    def record_of(self, person: object) -> tuple[str | None, str | None]:
        """(source, id there); of somebody new the row that we send of them."""
        if not person:
            return None, None
        if str(person).startswith(NEW):
            return PEOPLE_SOURCE, str(person)
        return self.records.get(self.followed.get(str(person), str(person)), (None, None))

    @staticmethod
    def numbers(people: Collection[str]) -> dict[str, str]:
        """The national numbers of people who have one."""
        persons = register("persons")
        if persons is None or not people:
            return {}
        found = rows(persons.text(NUMBERS, "persons"), {"ids": sorted(people)})
        return {row["person_id"]: unseal(bytes(row["nik"])) for row in found}

    @staticmethod
    def cards(families: Iterable[str]) -> dict[str, str]:
        """The number of the card of each family that has one."""
        held, ids = register("families"), sorted(set(families))
        if held is None or not ids:
            return {}
        found = rows(held.text(CARDS, "families"), {"ids": ids})
        return {row["family_id"]: unseal(bytes(row["kk"])) for row in found}

    @staticmethod
    def names(people: Collection[str]) -> dict[str, str]:
        """The names of people of the register."""
        persons = register("persons")
        if persons is None or not people:
            return {}
        found = rows(persons.text(NAMES, "persons"), {"ids": sorted(people)})
        return {row["person_id"]: row["name"] for row in found}


def _followed(ids: list[str]) -> dict[str, str]:
    """Ids that were merged since -> what they are now."""
    lineage = register("lineage")
    if lineage is None:
        return {}
    now = {one: one for one in ids}
    for _ in range(LONGEST):
        found = rows(lineage.text(FOLLOWING, "lineage"), {"ids": sorted(set(now.values()))})
        next_ = {row["old_id"]: row["new_id"] for row in found if row["new_id"] != row["old_id"]}
        if not next_:
            break
        now = {one: next_.get(at, at) for one, at in now.items()}
    return {one: at for one, at in now.items() if one != at}
