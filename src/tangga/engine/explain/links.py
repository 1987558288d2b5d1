"""The links of a person's records: those that made it one, and those that may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tangga.engine.explain import evidence
from tangga.engine.explain.data import End, Evidence, Link
from tangga.engine.explain.records import rows_of
from tangga.engine.explain.register import Register, Row, listed
from tangga.engine.explain.words import Words, bits, code_words, words


@dataclass(frozen=True)
class Around:
    """What the links touch: rows by key, the person of each record, thresholds, rulings."""

    records: dict[int, Row]
    persons: dict[int, str]
    thresholds: Row
    rulings: dict[tuple[int, int], Row]


def touching(register: Register, rids: Sequence[int]) -> list[Row]:
    """The links of these records, the surest first."""
    if not register.has("link", "links"):
        return []
    links, keys = register.run.scan("link", "links"), listed(rids)
    return register.ask(
        f"SELECT * FROM (SELECT * FROM {links} WHERE left_rid IN ({keys}) UNION "
        f"SELECT * FROM {links} WHERE right_rid IN ({keys})) "
        "ORDER BY step = 'number' DESC, weight DESC NULLS FIRST, left_rid, right_rid"
    )


def ends_of(rows: Sequence[Row]) -> set[int]:
    """The records that links name."""
    return {row[end] for row in rows for end in ("left_rid", "right_rid")}


def describe(
    register: Register, rows: Sequence[Row], mine: set[int]
) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """(links between a person's records, links of these records with others)."""
    around = _around(register, rows)
    found = evidence.found(register, rows, around.records, around.thresholds)
    inside, others = [], []
    for row in rows:
        within = {row["left_rid"], row["right_rid"]} <= mine
        (inside if within else others).append(_link(row, around, found))
    return tuple(inside), tuple(others)


def _around(register: Register, rows: Sequence[Row]) -> Around:
    rids = ends_of(rows)
    owners = register.ask(f"SELECT * FROM {register.picked('resolve', 'crosswalk', 'rid', rids)}")
    ruled = register.rows("link", "rulings", "low IS NOT NULL")
    return Around(
        records=rows_of(register, rids),
        persons={row["rid"]: row["person_id"] for row in owners},
        thresholds=evidence.thresholds(register),
        rulings={(row["low"], row["high"]): row for row in ruled},
    )


def _link(row: Row, around: Around, found: dict[tuple[int, int], tuple[Evidence, ...]]) -> Link:
    pair = (row["left_rid"], row["right_rid"])
    ends = [_end(around, rid) for rid in pair]
    return Link(
        left=ends[0],
        right=ends[1],
        decision=row["decision"],
        step=row["step"],
        weight=None if row["weight"] is None else row["weight"] / 100,
        words=tuple(_words(row, around, [end.person_id for end in ends])),
        evidence=found.get(pair, ()),
    )


def _end(around: Around, rid: int) -> End:
    record = around.records[rid]
    name = record.get("name")
    return End(record["source"], record["source_id"], around.persons.get(rid), name)


def _words(row: Row, around: Around, persons: list[str | None]) -> list[Words]:
    """How a link was decided."""
    decision = row["decision"]
    if decision == "link" and row["step"] == "number":
        decision = "number"
    if decision == "review" and persons[0] == persons[1]:
        decision = "settled"  # other links joined them, so that nobody need decide this one
    said = [words(f"decision_{decision}")]
    ruling = around.rulings.get(tuple(sorted((row["left_rid"], row["right_rid"]))))
    if ruling is not None:
        said.append(_ruling(ruling))
    if row["weight"] is not None:
        limits = {name: bits(around.thresholds[name]) for name in ("link", "review")}
        said.append(words("weight", weight=bits(row["weight"]), **limits))
    if row["why"]:
        said.append(code_words("why", row["why"]))
    return said


def _ruling(ruling: Row) -> Words:
    known = {name: ruling[name] or "-" for name in ("by", "at", "reason")}
    return words("ruling", ruling=code_words("ruling", ruling["ruling"]), **known)
