"""Who waits for a place, in which order: a public list for each programme and area.

Stored is only who waits, in which queue and since when (`waits`); the lists in their order are a
view over it and the facts.

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

from collections.abc import Mapping, Sequence
from datetime import date

from tangga.engine.plan.cut import of_family
from tangga.engine.plan.decisions import answers, quoted, table, whole
from tangga.engine.plan.standing import Ledger, waiting_since
from tangga.engine.runner import Part, Steps
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

COLUMNS = ("programme", "area", "queue", "position", "family_id", "person_id", "decile",
           "protected", "severity", "since", "draw")  # fmt: skip
NO_ONE = (
    "SELECT NULL::VARCHAR AS programme, NULL::VARCHAR AS family_id, NULL::VARCHAR AS person_id, "
    "NULL::VARCHAR AS queue WHERE FALSE"
)

Waiting = tuple[Programme, Dated[ProgrammeRule]]


def waiting_lists(today: OnDate) -> list[Waiting]:
    """The programmes that have a waiting list on the day."""
    return [
        (programme, version)
        for programme, version in today.programmes.values()
        if version.says.waiting and version.period.status == IN_FORCE
    ]


def write_waits(steps: Steps, today: OnDate, ledger: Ledger) -> None:
    """Write `waits`: programme, family_id, person_id, queue, since; in no order."""
    lists, scan = waiting_lists(today), steps.scan
    verdicts = {FAMILY_TABLE: scan("verdicts"), PERSON_TABLE: scan("person_verdicts")}

    def sql(part: Part) -> str:
        cut = of_family(part, "v.family_id")
        return waiting_since(
            waits_sql(lists, verdicts, scan("facts"), scan("determined"), cut), ledger
        )

    steps.parts("waits", sql)


def waits_sql(
    lists: Sequence[Waiting], verdicts: Mapping[str, str], facts: str, determined: str, cut: str
) -> str:
    """SELECT of everybody who waits: programme, family_id, person_id, queue; in no order.

    verdicts: unit of a programme -> the relation with its answers. facts, determined: relations.
    cut: a condition on `v.family_id`.
    """
    looks, selects = [], []
    for unit in (FAMILY_TABLE, PERSON_TABLE):
        of_unit = [one for one in lists if one[0].unit == unit]
        if of_unit:
            looks.append(_look(of_unit, unit, verdicts[unit], facts, cut))
            selects += [_waits(one, n, determined) for n, one in enumerate(of_unit)]
    if not selects:
        return NO_ONE
    return f"WITH {', '.join(looks)}{' UNION ALL'.join(selects)}"


def _look(lists: Sequence[Waiting], unit: str, verdicts: str, facts: str, cut: str) -> str:
    """All answers of a unit in one look: a column a programme, TRUE where somebody has a rank (or
    needs none) and waits, FALSE where they wait without one."""
    columns = "".join(f", {_waits_for(one)} AS q{n}" for n, one in enumerate(lists))
    person = "v.person_id" if unit == PERSON_TABLE else "NULL::VARCHAR AS person_id"
    unranked = f"(SELECT family_id FROM {facts} WHERE decile IS NULL)"
    return (
        f"of_{unit} AS MATERIALIZED (\n  SELECT v.family_id, {person}{columns}\n"
        f"  FROM {verdicts} AS v LEFT JOIN {unranked} AS u ON u.family_id = v.family_id\n"
        f"  WHERE {cut}\n)"
    )


def _waits_for(of: Waiting) -> str:
    programme, version = of
    stored = answers(programme.id, version.says.requires, "v")
    fits = f"CASE WHEN {whole(stored)} THEN TRUE END"
    if "decile" not in version.says.waiting:
        return fits
    possible = " AND ".join(f"({one.column} IS NOT FALSE)" for one in stored) or "TRUE"
    return f"CASE WHEN u.family_id IS NULL THEN {fits} WHEN {possible} THEN FALSE END"


def _waits(of: Waiting, number: int, determined: str) -> str:
    """Those who wait for one programme and were not determined for it."""
    programme, _ = of
    key = "person_id" if programme.unit == PERSON_TABLE else "family_id"
    id_ = quoted(programme.id)
    return f"""
SELECT {id_} AS programme, v.family_id, v.person_id,
       CASE WHEN q{number} THEN '{RANKED}' ELSE '{UNKNOWN_RANK}' END AS queue
FROM of_{programme.unit} AS v
ANTI JOIN (SELECT * FROM {determined} WHERE programme = {id_}) AS d ON d.{key} = v.{key}
WHERE q{number} IS NOT NULL"""


def area_sql(level: str, village: str = "f.village") -> str:
    """The code of the area of a level in which a village lies; NULL where that is not known."""
    digits = AREA_DIGITS[level]
    if not digits:
        return "''"
    return f"CASE WHEN length({village}) >= {digits} THEN {village}[:{digits}] END"


def area_of(level: str, village: str | None) -> str | None:
    """The same of one village: the code of its area, None where that is not known."""
    digits = AREA_DIGITS[level]
    if not digits:
        return ""
    return village[:digits] if village is not None and len(village) >= digits else None


def _fact(name: str, names: Names) -> str:
    """A fact of the family; of a range what is proven; NULL where the pack knows no such fact."""
    kind = names.find(name, FAMILY_TABLE)
    if kind is None:
        return "NULL::BOOLEAN" if name == "protected" else "NULL::BIGINT"
    return f'f."{name}{LOW if kind.ranged else ""}"'


def waiting_view(today: OnDate) -> str:
    """The kept SELECT of `waiting`: every list in its order, made when somebody asks.

    A look at one programme and one area puts no other list in order.
    """
    names = today.facts.names
    waits, facts = table("waits"), table("facts")
    ordered = [ordered_sql(one, waits, facts, names, today.day) for one in waiting_lists(today)]
    if not ordered:
        return f"SELECT {', '.join(f'NULL AS {name}' for name in COLUMNS)} WHERE FALSE"
    rows = " UNION ALL ".join(ordered)
    return f"SELECT * FROM ({rows}\n) ORDER BY programme, area, queue, position"


def ordered_sql(of: Waiting, waits: str, facts: str, names: Names, on: date) -> str:
    """SELECT of a programme's waiting list with everybody's position. waits, facts: relations."""
    programme, version = of
    keys, id_ = _keys(version.says.waiting), quoted(programme.id)
    subject = "w.person_id" if programme.unit == PERSON_TABLE else "w.family_id"
    return f"""
SELECT {id_} AS programme, area, queue,
       row_number() OVER (PARTITION BY area, queue ORDER BY {keys}) AS position,
       family_id, person_id, decile, protected, severity, since, draw
FROM (
  SELECT {area_sql(programme.area)} AS area, w.queue, w.family_id, w.person_id,
         {subject} AS subject, f.decile, {_fact("protected", names)} AS protected,
         {_fact("severity", names)} AS severity, w.since,
         md5({quoted(f"{programme.id}:{on.year}:")} || {subject}) AS draw
  FROM {waits} AS w JOIN {facts} AS f ON f.family_id = w.family_id
  WHERE w.programme = {id_}
)"""


def _keys(order: Sequence[str]) -> str:
    """The order; in the end by id, so that no two are alike."""
    return ", ".join([*(ORDER[key] for key in order), "subject"])
