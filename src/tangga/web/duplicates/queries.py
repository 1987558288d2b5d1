"""Pairs that wait for a clerk, what each side says, and what was ruled."""

from __future__ import annotations

from typing import Any

from tangga.web.database.rows import one, rows, value
from tangga.web.duplicates.models import Ruling

A_PAGE = 25
WAITING, DOUBTFUL = "waiting", "unsure"

THERE = "SELECT to_regclass('review_queue') IS NOT NULL"
# A record by its source and its id there; sorted, so that a pair is one whoever is named first.
LEFT = "(q.left_source || E'\\x1f' || q.left_id) COLLATE \"C\""
RIGHT = "(q.right_source || E'\\x1f' || q.right_id) COLLATE \"C\""
SIDES = f"least({LEFT}, {RIGHT}) || E'\\x1e' || greatest({LEFT}, {RIGHT})"
PAIR = f"encode(sha256(convert_to({SIDES}, 'UTF8')), 'hex')"
QUEUE = f"""
FROM (SELECT q.*, {PAIR} AS pair FROM review_queue AS q) AS q
LEFT JOIN LATERAL (
    SELECT r.ruling, r.n FROM duplicates_ruling AS r WHERE r.pair = q.pair
    ORDER BY r.n DESC LIMIT 1
) AS ruled ON true
"""
WHICH = {WAITING: "ruled.ruling IS NULL", DOUBTFUL: "ruled.ruling = 'unsure'"}
PERSON = """
LEFT JOIN LATERAL (
    SELECT p.name, p.village, p.area, p.family_id FROM persons AS p
    WHERE p.person_id = q.{side}_person_id OFFSET 0
) AS {alias} ON true
"""
BOTH = PERSON.format(side="left", alias="l") + PERSON.format(side="right", alias="r")
LIST = (
    """
SELECT q.pair, q.stake, q.weight, q.why, q.left_person_id, q.right_person_id,
       l.name AS left_named, l.village AS left_place,
       r.name AS right_named, r.village AS right_place,
       q.left_name, q.right_name, q.left_village, q.right_village
"""
    + QUEUE
    + BOTH
)
FAMILIES_OF = """
SELECT DISTINCT family_id FROM persons
WHERE person_id = ANY(%s) AND family_id IS NOT NULL ORDER BY 1
"""
ORDER = " ORDER BY q.stake DESC, q.weight DESC NULLS LAST, q.pair "
COUNT = "SELECT count(*) " + QUEUE
ONE = (
    "SELECT q.*, ruled.ruling AS ruled, coalesce(ruled.n, 0) AS n "
    + QUEUE
    + " WHERE q.pair = %(pair)s"
)
NEXT = "SELECT q.pair " + QUEUE + " WHERE {which} AND q.pair <> %(pair)s" + ORDER + "LIMIT 1"
# What is known of one person, their family, and the records behind them.
SIDE = """
SELECT to_json(p.*) AS person,
    (SELECT json_agg(to_json(m.*) ORDER BY m.birth_date NULLS LAST, m.person_id)
     FROM persons AS m WHERE m.family_id = p.family_id AND m.person_id <> p.person_id) AS members,
    (SELECT json_agg(DISTINCT s.programme) FROM spells AS s
     WHERE s.family_id = p.family_id AND s.open) AS programmes,
    (SELECT json_agg(json_build_object('source', c.source, 'id', c.source_id, 'day', c.as_of)
                     ORDER BY c.slot, c.source, c.source_id)
     FROM crosswalk AS c WHERE c.person_id = p.person_id) AS records
FROM persons AS p WHERE p.person_id = %(person)s
"""
OF_PERSON = """
SELECT source, source_id FROM crosswalk WHERE person_id = %(person)s
ORDER BY starts_with(source, 'web_'), slot NULLS LAST, source, source_id LIMIT 1
"""
AREA = "SELECT area FROM persons WHERE person_id = %(person)s"


def ready() -> bool:
    """Whether the release in force has a queue at all."""
    return bool(value(THERE))


def waiting(which: str, page: int) -> list[dict[str, Any]]:
    """A page of pairs, those first on which most depends; one more than fits where there are
    more."""
    query = f"{LIST} WHERE {WHICH[which]} {ORDER} LIMIT %s OFFSET %s"
    return rows(query, [A_PAGE + 1, A_PAGE * (page - 1)])


def count(which: str) -> int:
    """How many pairs."""
    return int(value(f"{COUNT} WHERE {WHICH[which]}"))


def pair(key: str) -> dict[str, Any] | None:
    """One pair of the queue; None where it is not there, or not in the viewer's area."""
    return one(ONE, {"pair": key})


def next_pair(after: str, which: str = WAITING) -> str | None:
    """The pair that a clerk judges next."""
    found = one(NEXT.format(which=WHICH[which]), {"pair": after})
    return None if found is None else str(found["pair"])


def side(person_id: str) -> dict[str, Any] | None:
    """What is known of the person of one record; None for one of another area."""
    return one(SIDE, {"person": person_id})


def record_of(person_id: str) -> tuple[str, str] | None:
    """(source, id there) of the record that says most of a person."""
    found = one(OF_PERSON, {"person": person_id})
    return None if found is None else (found["source"], found["source_id"])


def area_of(person_id: str) -> str:
    """Where the person belongs; '' where that is not the viewer's to know."""
    found = one(AREA, {"person": person_id})
    return "" if found is None else str(found["area"])


def history(key: str) -> list[Ruling]:
    """All that was ruled of a pair, the last first."""
    return list(Ruling.objects.filter(pair=key).order_by("-n"))


def ruled(page: int) -> list[Ruling]:
    """What was ruled in the viewer's area, the latest first; one more than fits where there are
    more."""
    return list(Ruling.objects.order_by("-at", "-id")[A_PAGE * (page - 1) : A_PAGE * page + 1])


def families_of(people: list[str]) -> list[str]:
    """The families of these people, as far as the viewer's area reaches."""
    found = rows(FAMILIES_OF, [[one for one in people if one]])
    return [row["family_id"] for row in found]
