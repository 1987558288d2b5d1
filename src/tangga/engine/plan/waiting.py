"""Who waits for a place, in which order: a public list for each programme and area.

The order follows the keys of the programme's version: `decile` (the official one, lowest first),
`protected` (protected groups first), `severity` (highest first), `since` (who waits longest first)
and `draw` (a public tie-break). Where the order asks for a decile and there is none, the family
stands in a queue of its own, `unknown_rank`, whether it fits or only its rank stands in the way: it
is to be visited, and never last.

The draw is `md5("PROGRAMME:YEAR:FAMILY")` in hexadecimal, the lowest first; FAMILY is the id of the
family (of the person, where a programme is for persons), YEAR that of the day of the decision.
Anybody can work it out again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tangga.engine.plan.decisions import answers, quoted, whole
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Names
from tangga.rules.on_date import OnDate
from tangga.rules.policy import IN_FORCE, Dated, Programme, ProgrammeRule
from tangga.rules.to_sql import LOW

RANKED, UNKNOWN_RANK = "ranked", "unknown_rank"
ORDER = {
    "decile": "decile",
    "protected": "CASE protected WHEN TRUE THEN 0 WHEN FALSE THEN 2 ELSE 1 END",
    "severity": "severity DESC NULLS LAST",
    "since": "since",
    "draw": "draw",
}
"""Key of a waiting order -> how it sorts. What is not known never comes first."""
AREA_DIGITS = {"nation": 0, "province": 2, "regency": 4, "district": 6, "village": 10}
"""Level of an area -> how many signs of a village's code name it."""

Waiting = tuple[Programme, Dated[ProgrammeRule]]


def waiting_lists(today: OnDate) -> list[Waiting]:
    """The programmes that have a waiting list on the day."""
    return [
        (programme, version)
        for programme, version in today.programmes.values()
        if version.says.waiting and version.period.status == IN_FORCE
    ]


def what(programme: Programme) -> str:
    """What the ledger calls waiting for a programme."""
    return f"waiting/{programme.id}"


def candidates_sql(
    of: Waiting, verdicts: str, facts: str, determined: str, names: Names, cut: str
) -> str:
    """SELECT of everybody who waits for a programme, not yet in order.

    verdicts, facts, determined: relations; `verdicts` of persons where the programme is for them.
    cut: a condition on `v.family_id`.
    """
    programme, version = of
    stored = answers(programme.id, version.says.requires, "v")
    verdict = whole(stored)
    of_person = programme.unit == PERSON_TABLE
    subject = "v.person_id" if of_person else "v.family_id"
    key = "person_id" if of_person else "family_id"
    unknown = "f.decile IS NULL" if "decile" in version.says.waiting else "FALSE"
    possible = " AND ".join(f"({one.column} IS NOT FALSE)" for one in stored) or "TRUE"
    return f"""
SELECT {quoted(programme.id)} AS programme, {area_sql(programme.area)} AS area,
       CASE WHEN {unknown} THEN '{UNKNOWN_RANK}' ELSE '{RANKED}' END AS queue, v.family_id,
       {"v.person_id" if of_person else "NULL::VARCHAR AS person_id"}, {subject} AS subject,
       f.decile, {_fact("protected", names)} AS protected, {_fact("severity", names)} AS severity
FROM {verdicts} AS v JOIN {facts} AS f ON f.family_id = v.family_id
ANTI JOIN (SELECT * FROM {determined} WHERE programme = {quoted(programme.id)}) AS d
  ON d.{key} = v.{key}
WHERE {cut} AND (({verdict}) OR ({unknown} AND {possible}))"""


def area_sql(level: str, village: str = "f.village") -> str:
    """The code of the area of a level in which a village lies; NULL where that is not known."""
    digits = AREA_DIGITS[level]
    if not digits:
        return "''"
    return f"CASE WHEN length({village}) >= {digits} THEN {village}[:{digits}] END"


def _fact(name: str, names: Names) -> str:
    """A fact of the family; of a range what is proven; NULL where the pack knows no such fact."""
    kind = names.find(name, FAMILY_TABLE)
    if kind is None:
        return "NULL::BOOLEAN" if name == "protected" else "NULL::BIGINT"
    return f'f."{name}{LOW if kind.ranged else ""}"'


def ordered_sql(of: Waiting, candidates: str, since: str, on: date) -> str:
    """SELECT of a programme's waiting list in its order. since: the ledger's `standing_now`."""
    programme, version = of
    keys = _keys(version.says.waiting)
    draw = f"md5({quoted(f'{programme.id}:{on.year}:')} || c.subject)"
    return f"""
SELECT programme, area, queue,
       row_number() OVER (PARTITION BY area, queue ORDER BY {keys}) AS position,
       family_id, person_id, decile, protected, severity, since, draw
FROM (
  SELECT c.*, s.since, {draw} AS draw
  FROM {candidates} AS c
  JOIN {since} AS s ON s.subject = c.subject AND s.what = {quoted(what(programme))}
  WHERE c.programme = {quoted(programme.id)}
)
ORDER BY area, queue, position"""


def _keys(order: Sequence[str]) -> str:
    """The order; in the end by id, so that no two are alike."""
    return ", ".join([*(ORDER[key] for key in order), "subject"])
