"""Whom rows of other kinds name: events, enrolments, payments, visits and the rest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tangga.engine import tables
from tangga.engine.adding.batch import Batch
from tangga.engine.resolve import attach, ids
from tangga.engine.resolve.statements import statement
from tangga.engine.runner import Steps

PLAIN = "rid, number, ref_source, person_source_id, card, home"
NONE = (
    "SELECT NULL::BIGINT AS rid, NULL::VARCHAR AS number, NULL::VARCHAR AS ref_source, "
    "NULL::VARCHAR AS person_source_id, NULL::BIGINT AS card, NULL::BIGINT AS home"
)
NOBODY = ", NULL::BIGINT AS pid, NULL::BIGINT AS unit"
GIVEN = ("person_id", "family_id")


def kinds_of(steps: Steps, run: Path) -> dict[str, list[str]]:
    """Each other kind of which a run has a table, with its columns."""
    folder = run / "standardise"
    return {
        kind: [
            row[0] for row in steps.fetch(f"DESCRIBE SELECT * FROM {tables.scan(folder / kind)}")
        ]
        for kind in attach.OTHER_KINDS
        if tables.exists(folder / kind)
    }


def _references(steps: Steps, batch: Batch, run: Path, number: str | None) -> str:
    kinds = kinds_of(steps, run)
    if not kinds:
        return f"{NONE} WHERE FALSE"
    rows = attach.refs_sql(replace(batch.ctx, run_dir=run), kinds, number or "nik")
    return f"SELECT {PLAIN} FROM ({rows})"


def old_references(steps: Steps, batch: Batch, number: str | None) -> str:
    """SELECT of what the old rows name: `rid, number, ref_source, person_source_id, card, home`."""
    return f"SELECT *{NOBODY} FROM ({_references(steps, batch, batch.before, number)})"


def new_references(steps: Steps, batch: Batch, number: str | None) -> str:
    """The same of the new rows, and the persons (`pid`) and families (`unit`) that they name by
    the register's own ids, as those were in the run before."""
    rows = _references(steps, batch, batch.ctx.run_dir, number)
    found = [f"SELECT *{NOBODY} FROM ({rows})"]
    for kind, columns in kinds_of(steps, batch.ctx.run_dir).items():
        found += [_given(batch, kind, column) for column in GIVEN if column in columns]
    return " UNION ALL ".join(found)


def _given(batch: Batch, kind: str, column: str) -> str:
    """An id that was merged into another stands for that one."""
    successors = statement("successors", lineage=batch.old("resolve", "lineage"))
    id = f"TRY_CAST('0x' || coalesce(s.new_id, r.{column})[2:] AS BIGINT)"
    named = (
        f"SELECT r.rid, {id} AS id FROM {batch.new('standardise', kind)} AS r "
        f"LEFT JOIN ({successors}) AS s ON r.{column} = s.old_id WHERE r.{column} IS NOT NULL"
    )
    if column == "person_id":
        return f"SELECT n.*, w.id AS pid, NULL::BIGINT AS unit FROM ({NONE}) AS n, ({named}) AS w"
    families = batch.old("resolve", "family_ids")
    units = f"SELECT i.grp FROM {families} AS i JOIN ({named}) AS w USING (id)"
    return f"SELECT n.*, NULL::BIGINT AS pid, w.grp AS unit FROM ({NONE}) AS n, ({units}) AS w"


def attached_sql(batch: Batch, kinds: dict[str, list[str]], units: str) -> str:
    """SELECT of `rid`: old rows attached to people in `around` or to families of these units, and
    all corrections, of which the last for a value counts."""
    people = f"SELECT {ids.shown(ids.PERSON, 'pid')} FROM {batch.ctx.scan('scope', 'around')}"
    families = (
        f"SELECT {ids.shown(ids.FAMILY, 'id')} FROM {batch.old('resolve', 'family_ids')} "
        f"WHERE grp IN (SELECT unit FROM {units})"
    )
    found = []
    for kind in kinds:
        name = attach.attached_name(kind)
        if not tables.exists(batch.before / "resolve" / name):
            continue
        every = kind == "corrections"
        found.append(
            f"SELECT rid FROM {batch.old('resolve', name)}"
            + ("" if every else f" WHERE person_id IN ({people}) OR family_id IN ({families})")
        )
    if tables.exists(batch.before / "resolve" / "person_refs"):
        refs, around = batch.old("resolve", "person_refs"), batch.ctx.scan("scope", "around")
        found.append(f"SELECT rid FROM {refs} SEMI JOIN {around} AS other USING (pid)")
    return " UNION ".join(found) or "SELECT rid FROM own WHERE FALSE"
