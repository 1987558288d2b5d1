"""Who is in a service of rehabilitation now, and nothing else of it, for who may see the family."""

from __future__ import annotations

from collections.abc import Iterable

from tangga.web.database import prepared
from tangga.web.database.rows import rows, value

FILES = "SELECT person_id, runs, sentra FROM public.care_files_of(%s)"
THERE = "SELECT to_regprocedure('in_service(text)') IS NOT NULL"
RELEASED = "SELECT s AS person_id FROM in_service(%s) AS s"


def held(family_id: str) -> frozenset[str]:
    """Persons whose rehabilitation holds back their own empowerment: by the release, and since."""
    released = rows(RELEASED, [family_id]) if value(THERE) else []
    return now(family_id, [row["person_id"] for row in released])


def now(family_id: str, released: Iterable[str]) -> frozenset[str]:
    """Whose case runs. released: of whom the release in force says so; what a file of ours says of
    a person is newer."""
    files = {person: runs for person, runs, _ in prepared.table(FILES, [family_id])}
    running = {person for person, runs in files.items() if runs}
    return frozenset(running.union(one for one in released if one not in files))


def at_a_sentra(family_id: str) -> bool:
    """Whether anybody of a family was referred to a Sentra from here."""
    return any(sentra for *_, sentra in prepared.table(FILES, [family_id]))
