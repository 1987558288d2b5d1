"""What the register believes about each person: for each column, the record that won.

Nearly everyone stands in three records or fewer: those lie side by side, and a value is a choice
among three. The few with more go through an aggregate that gives the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tangga.engine.resolve.spine import rank_column

SIDE_BY_SIDE = 3
SLOT = "slot"


def won_column(column: str) -> str:
    """The column that holds which of a person's records (`slot` of the spine) gave the value."""
    return f"won_{column}"


def people_sql(records: str, spine: str, columns: Sequence[str], ranks: Sequence[str]) -> str:
    """One row per record in force: `rid, source, source_id`, these columns of it, and of the spine
    `pid, spine_slot, spine_as_of, in_card` and the ranks (`spine_RANK`)."""
    listed = "".join(f", r.{column}" for column in columns)
    ranked = "".join(f", s.{rank} AS spine_{rank}" for rank in ranks)
    return (
        f"SELECT r.rid, r.source, r.source_id{listed}, s.pid, s.slot AS spine_slot, "
        f"s.as_of AS spine_as_of, s.card AS in_card{ranked} "
        f"FROM {records} AS r JOIN {spine} AS s ON r.rid = s.rid"
    )


def believed_sql(people: str, rules: dict[str, str]) -> str:
    """One row per person: `pid, first_seen`, each active column and its `won_` column.

    people: see `people_sql`, of a part. rules: active column -> the rank column it follows
    (`slot`, or `rank_RULE`).
    """
    many = f"(SELECT pid FROM {people} WHERE spine_slot = {SIDE_BY_SIDE + 1})"
    return f"{_beside(people, rules, many)} UNION ALL {_aggregated(people, rules, many)}"


def ranks_in(rules: dict[str, str]) -> list[str]:
    """The rank columns that some rule follows, beside `slot`."""
    return sorted({rank for rank in rules.values() if rank != SLOT})


def _beside(people: str, rules: dict[str, str], many: str) -> str:
    ranks = "".join(f", spine_{rank} AS {rank}" for rank in ranks_in(rules))
    columns = "".join(f", {column}" for column in rules)
    sides = [
        f"(SELECT pid, spine_as_of{ranks}{columns} FROM {people} WHERE spine_slot = {slot}) "
        f"AS r{slot}"
        for slot in range(1, SIDE_BY_SIDE + 1)
    ]
    joined = sides[0] + "".join(
        f" LEFT JOIN {side} ON r1.pid = r{slot}.pid" for slot, side in enumerate(sides[1:], 2)
    )
    values = ", ".join(_choice(column, rank) for column, rank in rules.items())
    seen = ", ".join(f"r{slot}.spine_as_of" for slot in range(1, SIDE_BY_SIDE + 1))
    return (
        f"SELECT r1.pid, least({seen}) AS first_seen{', ' if values else ''}{values} "
        f"FROM {joined} ANTI JOIN {many} AS m ON r1.pid = m.pid"
    )


def _choice(column: str, rank: str) -> str:
    """The slot that wins and its value, among the records side by side."""
    slots = range(1, SIDE_BY_SIDE + 1)
    won = won_column(column)
    if rank == SLOT:
        first = " ".join(f"WHEN r{s}.{column} IS NOT NULL THEN {s}" for s in slots)
        slot, value = f"CASE {first} END", ", ".join(f"r{s}.{column}" for s in slots)
        return f"CAST({slot} AS USMALLINT) AS {won}, coalesce({value}) AS {column}"
    known = ", ".join(f"CASE WHEN r{s}.{column} IS NOT NULL THEN r{s}.{rank} END" for s in slots)
    slot = " ".join(f"WHEN r{s}.{rank} THEN {s}" for s in slots)
    value = " ".join(f"WHEN {s} THEN r{s}.{column}" for s in slots)
    return (
        f"CAST(CASE least({known}) {slot} END AS USMALLINT) AS {won}, "
        f"CASE {won} {value} END AS {column}"
    )


def _aggregated(people: str, rules: dict[str, str], many: str) -> str:
    values = "".join(
        f", arg_min(r.spine_slot, r.spine_{rank}) FILTER (WHERE r.{column} IS NOT NULL) "
        f"AS {won_column(column)}"
        f", arg_min(r.{column}, r.spine_{rank}) FILTER (WHERE r.{column} IS NOT NULL) AS {column}"
        for column, rank in rules.items()
    )
    return (
        f"SELECT r.pid, min(r.spine_as_of) AS first_seen{values} FROM {people} AS r "
        f"SEMI JOIN {many} AS m ON r.pid = m.pid GROUP BY r.pid"
    )


@dataclass(frozen=True)
class Around:
    """What stands beside `believed` in a person's row: relations of the stage.

    status: (pid, status, valid_to) of those not simply active. corrected: (relation, fields) of
    accepted corrections.
    """

    kin: str
    family_ids: str
    status: str
    corrected: tuple[str, list[str]] = ("", [])


def persons_sql(
    believed: str, around: Around, columns: Sequence[str], person_id: str, family_id: str
) -> str:
    """One row per person: ids, status, period, and what is believed, in order of id.

    person_id, family_id: SQL over `pid` and `fid`.
    """
    relation, fields = around.corrected
    every = list(dict.fromkeys([*columns, *fields]))
    values = "".join(f", {_corrected(c, columns, fields)} AS {c}" for c in every)
    joins = f" LEFT JOIN {relation} AS k ON b.pid = k.id" if fields else ""
    listed = "".join(f", {column}" for column in every)
    return f"""
SELECT {person_id} AS person_id, {family_id} AS family_id, status, valid_from, valid_to{listed}
FROM (
  SELECT b.pid, f.id AS fid, coalesce(t.status, 'active') AS status, b.first_seen AS valid_from,
         t.valid_to{values}
  FROM {believed} AS b LEFT JOIN {around.kin} AS n ON b.pid = n.pid
  LEFT JOIN {around.family_ids} AS f ON n.unit = f.grp
  LEFT JOIN {around.status} AS t ON b.pid = t.pid{joins}
  ORDER BY b.pid
)
"""


def _corrected(column: str, columns: Sequence[str], fields: list[str]) -> str:
    plain = f"b.{column}" if column in columns else "NULL"
    if column not in fields:
        return plain
    return f"CASE WHEN k.has_{column} THEN k.{column} ELSE {plain} END"


def ranks_of(rules: dict[str, str], plain: set[str]) -> dict[str, str]:
    """Column -> rank column. plain: rules whose order is that of `slot`."""
    return {c: SLOT if rule in plain else rank_column(rule) for c, rule in rules.items()}
