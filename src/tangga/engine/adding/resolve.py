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

    def replace(self, table: str, gone: str, condition: str, *, each: bool = False) -> None:
        """Bring a table up to date. gone: SELECT of keys; condition: on the rows that count.
        each: each key names one row that is there."""
        con, name = self.steps.con, f"resolve/{table}"
        rows = f"SELECT * FROM {self.scan(table)} WHERE {condition}" if self.has(table) else None
        self.merge.keep(name)
        if tables.exists(self.merge.table(name)):
            self.merge.replace(con, name, gone, rows, each=each)
        elif rows is not None:
            self.merge.append(con, name, rows)


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
    of before and of now on them), `mine` (rid), `old_people` and `people` (pid)."""
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
    whole(
        "moved_units",
        f"SELECT unit FROM moved UNION {official} WHERE official_unit IS NOT NULL",
        scratch=True,
    )
    whole(
        "old_units",
        f"SELECT unit FROM {known} SEMI JOIN moved AS other USING (node) UNION FROM moving_units",
        scratch=True,
    )
    living = " OR ".join(
        f"{unit} IN (SELECT unit FROM moved_units)"
        for unit in ("unit", "found_unit", "official_unit")
    )
    own = f"SELECT rid FROM {o.batch.new('standardise', 'records')}"
    whole(
        "now_mine",
        f"SELECT pid FROM {kin} WHERE {living} UNION SELECT pid FROM "
        f"(SELECT pid, unnest([card, home]) AS node FROM {spine}) AS placed "
        "SEMI JOIN moved AS other USING (node)",
        scratch=True,
    )
    whole(
        "mine",
        f"SELECT rid FROM {spine} SEMI JOIN now_mine AS other USING (pid) "
        f"UNION SELECT rid FROM old_spine SEMI JOIN {o.steps.scan('close')} AS other USING (pid) "
        f"UNION {own}",
        scratch=True,
    )
    whole(
        "people",
        f"SELECT DISTINCT pid FROM {spine} SEMI JOIN mine AS other USING (rid)",
        scratch=True,
    )
    whole("old_people", "SELECT DISTINCT pid FROM old_spine SEMI JOIN mine AS other USING (rid)",
          scratch=True)  # fmt: skip


def _persons(o: Outcome) -> None:
    shown = ids.shown(ids.PERSON, "pid")
    gone = f"SELECT {shown} AS person_id FROM old_people ORDER BY ALL"
    counts = f"person_id IN (SELECT {shown} FROM people)"
    for table in OF_PERSONS:
        o.replace(table, gone, counts, each=table == "persons")
    o.replace("won", "SELECT pid FROM old_people ORDER BY pid", "pid IN (FROM people)", each=True)
    kin = "SELECT pid FROM old_kin SEMI JOIN old_people AS other USING (pid) ORDER BY pid"
    o.replace("kin", kin, "pid IN (FROM people)", each=True)
    records = "SELECT rid FROM old_spine SEMI JOIN mine AS other USING (rid) ORDER BY rid"
    for table in ("spine", "crosswalk"):
        o.replace(table, records, "rid IN (FROM mine)", each=True)


def _families(o: Outcome) -> None:
    family_ids = o.scan("family_ids")
    old = o.batch.old("resolve", "family_ids")
    now = f"SELECT id FROM {family_ids} SEMI JOIN moved_units ON grp = unit"
    before = f"SELECT id FROM {old} SEMI JOIN old_units ON grp = unit"
    shown = ids.shown(ids.FAMILY, "id")
    o.replace(
        "families",
        f"SELECT {shown} AS family_id FROM ({now} UNION {before}) ORDER BY ALL",
        f"family_id IN (SELECT {shown} FROM ({now}))",
    )
    every = "SELECT unit AS grp FROM (FROM moved_units UNION FROM old_units) ORDER BY grp"
    o.replace("family_ids", every, "grp IN (FROM moved_units)")
    o.replace(
        "family_believed",
        "SELECT unit FROM (FROM moved_units UNION FROM old_units) ORDER BY unit",
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
        o.replace(table, asked, "TRUE")
    o.merge.append(
        o.steps.con, "resolve/applied_corrections", f"FROM {o.scan('applied_corrections')}"
    )
