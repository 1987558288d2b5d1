"""The stage `resolve` for whom the new rows concern; everybody else stays as they were."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tangga.engine import resolve, tables
from tangga.engine.adding.batch import Batch
from tangga.engine.adding.merge import Merge
from tangga.engine.adding.rebuild import Rebuild
from tangga.engine.adding.references import kinds_of
from tangga.engine.adding.scope import find_scope
from tangga.engine.adding.scoped import ELSEWHERE, write_scoped
from tangga.engine.resolve import attach, ids
from tangga.engine.resolve.stage import NUMBER
from tangga.engine.runner import Steps

AS_BEFORE = ("field_sources", "survivorship")
"""Tables that speak of sources and columns, not of persons."""
OF_PERSONS = (
    "base_differences",
    "civil_matches",
    "death_review",
    "deaths",
    "memberships",
    "persons",
    "proposals",
    "without_papers",
)
"""Tables whose rows belong to one `person_id`."""


@dataclass(frozen=True)
class Outcome:
    """What `resolve` made of the rows in scope, and whose rows of it count.

    steps: where `close`, `moving` and the tables below are. folder: what it wrote.
    """

    steps: Steps
    batch: Batch
    merge: Merge
    folder: Path

    def scan(self, table: str) -> str:
        """A table that was written over the scope."""
        return tables.scan(self.folder / "resolve" / table)

    def has(self, table: str) -> bool:
        """Whether it was written."""
        return tables.exists(self.folder / "resolve" / table)

    def replace(self, table: str, gone: str, condition: str | None, *, each: bool = False) -> None:
        """Bring a table up to date. gone: SELECT of keys; condition: on the rows that count, None
        for all. each: each key names one row that is there."""
        con, name = self.steps.con, f"resolve/{table}"
        self.merge.keep(name)
        if tables.exists(self.merge.table(name)):
            self.merge.withdraw(con, name, gone, each=each)
        if condition is None:
            self.merge.append_files(name, sorted((self.folder / name).glob("part-*.parquet")))
        elif self.has(table):
            self.merge.append(con, name, f"SELECT * FROM {self.scan(table)} WHERE {condition}")


def resolve_batch(batch: Batch, merge: Merge) -> None:
    """Resolve whom the new rows concern, and bring the register's tables up to date."""
    with Steps(batch.ctx, "scope") as steps:
        records = batch.old("standardise", "records")
        has = {row[0] for row in steps.fetch(f"DESCRIBE SELECT * FROM {records}")}
        find_scope(steps, batch, has, NUMBER if NUMBER in has else None)
        scoped = write_scoped(steps, batch, merge.ctx.run_dir, has)
        resolve.run(scoped)
        outcome = Outcome(steps, batch, merge, scoped.run_dir)
        _who_counts(outcome)
        for table in AS_BEFORE:
            merge.keep(f"resolve/{table}")
        _persons(outcome)
        _families(outcome)
        _ledger(outcome)
        _attached(outcome)


def _who_counts(o: Outcome) -> None:
    """Write `moved` (nodes of families that may have changed, by now), `moved_units` (the families
    of before and of now on them), `old_mine` (rid, pid) and `people` (pid): whose rows count."""
    units, spine, kin = o.scan("unit_of_node"), o.scan("spine"), o.scan("kin")
    known, moving = o.batch.old("resolve", "unit_of_node"), o.steps.scan("moving")
    whole = o.steps.whole
    families = f"SELECT family FROM {units} SEMI JOIN {moving} AS other USING (node)"
    whole("moved", f"SELECT node, unit FROM {units} WHERE family IN ({families})", scratch=True)
    changed = o.steps.ctx.scan("link", "changed")
    official = (
        f"SELECT official_unit AS unit FROM {kin} SEMI JOIN "
        f"(SELECT pid FROM {spine} SEMI JOIN {changed} AS other USING (rid)) USING (pid)"
    )
    # An official family stands on no node of its own. Where a row of another kind names one of its
    # people it was withdrawn with the others, and so has to come back with them.
    whole(
        "moved_units",
        f"SELECT unit FROM moved UNION {official} WHERE official_unit IS NOT NULL "
        "UNION FROM moving_units",
        scratch=True,
    )
    whole(
        "old_units",
        f"SELECT unit FROM {known} SEMI JOIN moved AS other USING (node) UNION FROM moving_units",
        scratch=True,
    )
    around = o.steps.scan("around")
    mine = f"SELECT rid, pid FROM old_spine SEMI JOIN {around} AS other USING (pid)"
    whole("old_mine", mine, scratch=True)
    own = f"SELECT rid FROM {o.batch.new('standardise', 'records')}"
    rids = f"SELECT rid FROM old_mine UNION ALL {own}"
    people = f"SELECT DISTINCT pid FROM {spine} SEMI JOIN ({rids}) AS other USING (rid)"
    whole("people", people, scratch=True)


def _persons(o: Outcome) -> None:
    """Everybody around counts: all that they stand on was looked at. Those whom a row of another
    kind might have meant do not, where there are any."""
    everybody = o.steps.rows["old_mine"] == o.steps.rows["old_spine"]

    def counts(condition: str) -> str | None:
        return None if everybody else condition

    shown = ids.shown(ids.PERSON, "pid")
    pids = "SELECT DISTINCT pid FROM old_mine ORDER BY pid"
    gone = f"SELECT {shown} AS person_id FROM ({pids})"
    for table in OF_PERSONS:
        mine = counts(f"person_id IN (SELECT {shown} FROM people)")
        o.replace(table, gone, mine, each=table == "persons")
    o.replace("won", pids, counts("pid IN (FROM people)"), each=True)
    kin = f"SELECT pid FROM old_kin SEMI JOIN ({pids}) AS other USING (pid)"
    o.replace("kin", kin, counts("pid IN (FROM people)"), each=True)
    rids = "SELECT rid FROM old_mine ORDER BY rid"
    o.replace("spine", rids, counts("pid IN (FROM people)"), each=True)
    theirs = f"person_id IN (SELECT {shown} FROM people)"
    o.replace("crosswalk", rids, counts(theirs), each=True)


def _families(o: Outcome) -> None:
    family_ids = o.scan("family_ids")
    old = o.batch.old("resolve", "family_ids")
    now = f"SELECT id FROM {family_ids} SEMI JOIN moved_units ON grp = unit"
    touched = "(FROM moved_units UNION FROM old_units) AS touched"
    before = f"SELECT id FROM {old} SEMI JOIN {touched} ON grp = unit"
    shown = ids.shown(ids.FAMILY, "id")
    o.replace(
        "families",
        f"SELECT {shown} AS family_id FROM ({now} UNION {before}) ORDER BY ALL",
        f"family_id IN (SELECT {shown} FROM ({now}))",
    )
    every = f"SELECT unit AS grp FROM {touched} ORDER BY grp"
    o.replace("family_ids", every, "grp IN (FROM moved_units)")
    o.replace(
        "family_believed",
        f"SELECT unit FROM {touched} ORDER BY unit",
        "unit IN (FROM moved_units)",
    )
    o.replace(
        "unit_of_node", "SELECT node FROM moved ORDER BY node", "node IN (SELECT node FROM moved)"
    )


def _ledger(o: Outcome) -> None:
    """Ids in scope with their state now; none that is new may have been issued to anybody."""
    now, before = o.scan("ledger"), o.batch.old("resolve", "ledger")
    here = f"SELECT entity, id FROM {now} WHERE state <> '{ELSEWHERE}'"
    issued = (
        f"SELECT 1 FROM {before} AS b JOIN {now} AS n ON n.entity = b.entity AND n.id = b.id "
        "WHERE n.key <> b.key OR n.n <> b.n LIMIT 1"
    )
    if o.steps.fetch(issued):
        raise Rebuild("issued")
    o.replace("ledger", f"{here} ORDER BY entity, id", f"state <> '{ELSEWHERE}'")
    o.merge.keep("resolve/lineage")
    own = f"SELECT * FROM {o.scan('lineage')} WHERE run = '{o.merge.run}'"
    o.merge.append(o.steps.con, "resolve/lineage", own)


def _attached(o: Outcome) -> None:
    """Rows of other kinds, and what was made of them."""
    asked = f"SELECT rid FROM {o.steps.scan('asked')} ORDER BY rid"
    kinds = kinds_of(o.steps, o.batch.before)
    for table in ("person_refs", "event_review", *map(attach.attached_name, kinds)):
        o.replace(table, asked, None)
    o.merge.append(
        o.steps.con, "resolve/applied_corrections", f"FROM {o.scan('applied_corrections')}"
    )
