"""A folder that looks like a run up to `link`, with the rows in scope only, and what is known of
the rest: by it the ordinary stage `resolve` answers as it would over the whole register."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tangga.engine import tables
from tangga.engine.adding.batch import Batch
from tangga.engine.adding.references import kinds_of
from tangga.engine.context import Adjust, Context, Scan
from tangga.engine.resolve.statements import statement
from tangga.engine.runner import Steps

ELSEWHERE = "elsewhere"
"""The state of an id in the ledger that belongs to somebody out of scope: it is not retired, nor
given again."""


def write_scoped(steps: Steps, batch: Batch, now: Path, has: set[str]) -> Context:
    """Write the folder and the run before it; returns the context of `resolve` over it.

    now: the folder of the run that is made, with its tables up to `link`.
    """
    home = batch.ctx.run_dir.parent / "scoped"
    run, before = home / batch.ctx.run_dir.name, home / "before"

    def write(table: Path, sql: str) -> None:
        tables.write(steps.con, sql, table)

    _write_standardised(steps, batch, run, now, has)
    rids = f"SELECT rid FROM {tables.scan(run / 'standardise' / 'records')}"
    clusters = tables.scan(now / "link" / "clusters")
    write(run / "link" / "clusters", f"SELECT * FROM {clusters} SEMI JOIN ({rids}) USING (rid)")
    if "status" in has:
        links = tables.scan(now / "link" / "links")
        review = f"SELECT * FROM {links} WHERE decision = 'review'"
        ends = f"left_rid IN ({rids}) AND right_rid IN ({rids})"
        write(run / "link" / "links", f"{review} AND {ends}")
    for table, sql in _before(steps, batch).items():
        write(before / "resolve" / table, sql)
    return replace(
        batch.ctx, workspace=batch.whole, run_dir=run, previous=before, adjust=_adjust(steps, batch)
    )


def _write_standardised(steps: Steps, batch: Batch, run: Path, now: Path, has: set[str]) -> None:
    def write(table: str, sql: str) -> None:
        tables.write(steps.con, sql, run / "standardise" / table)

    old, new = batch.old("standardise", "records"), batch.new("standardise", "records")
    inside, asked = steps.scan("inside"), steps.scan("asked")
    write(
        "records",
        f"SELECT * FROM {old} SEMI JOIN {inside} AS other USING (rid) "
        f"UNION ALL BY NAME SELECT * FROM {new} WHERE latest",
    )
    kinds, fresh = kinds_of(steps, batch.before), kinds_of(steps, batch.ctx.run_dir)
    for kind in kinds:
        rows = (
            f"SELECT * FROM {batch.old('standardise', kind)} SEMI JOIN {asked} AS other USING (rid)"
        )
        if kind in fresh:
            rows += f" UNION ALL BY NAME SELECT * FROM {batch.new('standardise', kind)}"
        write(kind, rows)
    names = f"SELECT * FROM {tables.scan(now / 'standardise' / 'names')}"
    wanted = {"records": has, **kinds} if _compares_names(batch, has) else {}
    named = " UNION ".join(
        f"SELECT name FROM {tables.scan(run / 'standardise' / table)}"
        for table, columns in wanted.items()
        if "name" in columns
    )
    only = f"SEMI JOIN ({named}) AS other USING (name)" if named else "WHERE FALSE"
    write("names", f"{names} {only}")


def _compares_names(batch: Batch, has: set[str]) -> bool:
    """Whether `resolve` looks at names: those of other kinds, of the civil registry, of a base."""
    plain = all(s.kind == "people" and s.role is None for s in batch.whole.sources)
    return "status" in has or not plain


def _before(steps: Steps, batch: Batch) -> dict[str, str]:
    """What `resolve` reads of the run before, as far as it is in scope."""
    inside = steps.scan("inside")
    spine = f"SELECT rid, pid FROM standing SEMI JOIN {inside} AS other USING (rid)"
    steps.whole("old_spine", spine, scratch=True)
    kin = f"SELECT * FROM {batch.old('resolve', 'kin')} SEMI JOIN old_spine AS other USING (pid)"
    steps.whole("old_kin", kin, scratch=True)
    units = "SELECT unnest([unit, found_unit, official_unit]) AS grp FROM old_kin"
    families = f"SELECT * FROM {batch.old('resolve', 'family_ids')} SEMI JOIN ({units}) USING (grp)"
    steps.whole("old_family_ids", families, scratch=True)
    return {
        "spine": "FROM old_spine",
        "kin": "FROM old_kin",
        "family_ids": "FROM old_family_ids",
        "ledger": _ledger_sql(steps, batch),
        "lineage": f"FROM {batch.old('resolve', 'lineage')}",
    }


def _ledger_sql(steps: Steps, batch: Batch) -> str:
    """Ids in scope, and ids made of the same keys before: those are taken."""
    keys = (
        "SELECT rid AS key FROM old_spine UNION SELECT rid FROM own "
        "UNION SELECT -rid FROM old_spine UNION SELECT -rid FROM own"
    )
    here = (
        "SELECT pid AS id, 'person' AS entity FROM old_spine "
        "UNION SELECT id, 'family' FROM old_family_ids"
    )
    return f"""
WITH here AS ({here}), keys AS ({keys})
SELECT l.* REPLACE (
  CASE WHEN l.state = 'active' AND h.id IS NULL THEN '{ELSEWHERE}' ELSE l.state END AS state)
FROM {batch.old("resolve", "ledger")} AS l
LEFT JOIN here AS h ON l.id = h.id AND l.entity = h.entity
WHERE h.id IS NOT NULL OR l.key IN (SELECT key FROM keys)
"""


def _adjust(steps: Steps, batch: Batch) -> dict[str, Adjust]:
    """Steps that would see too little here, and what the run before knows instead."""
    known, moving, bound = (
        batch.old("resolve", "unit_of_node"), steps.scan("moving"), steps.scan("bound"),
    )  # fmt: skip
    around = steps.scan("around")

    def field_sources(_: str, __: Scan) -> str:
        return f"SELECT * FROM {batch.old('resolve', 'field_sources')}"

    def nodes(_: str, scan: Scan) -> str:
        whole = f"(SELECT * FROM {scan('sightings')} SEMI JOIN {bound} AS other USING (node))"
        return statement("nodes", sightings=whole)

    def node_families(sql: str, scan: Scan) -> str:
        rest = (
            f"SELECT DISTINCT node FROM {scan('sightings')} ANTI JOIN {bound} AS other USING (node)"
        )
        return f"{sql} UNION ALL SELECT node, family FROM {known} SEMI JOIN ({rest}) USING (node)"

    def unit_of_found(sql: str, scan: Scan) -> str:
        families = f"SELECT DISTINCT family FROM {scan('node_families')}"
        moved = (
            f"SELECT family FROM {scan('node_families')} SEMI JOIN {moving} AS other USING (node)"
        )
        rest = f"SELECT * FROM ({families}) WHERE family NOT IN ({moved})"
        stays = f"SELECT DISTINCT family, unit FROM {known} SEMI JOIN ({rest}) USING (family)"
        return f"""
WITH stays AS ({stays})
SELECT family, unit FROM ({sql}) WHERE family NOT IN (SELECT family FROM stays)
UNION ALL FROM stays"""

    def kin(sql: str, scan: Scan) -> str:
        people = f"SELECT pid FROM {scan('spine')} WHERE rid IN (SELECT rid FROM {own})"
        mine = f"SELECT pid FROM {around} UNION ({people})"
        old = batch.old("resolve", "kin")
        stays = f"SELECT * FROM {old} SEMI JOIN {scan('spine')} AS other USING (pid)"
        return f"""
SELECT * FROM ({sql}) WHERE pid IN ({mine})
UNION ALL SELECT * FROM ({stays}) WHERE pid NOT IN ({mine}) ORDER BY pid"""

    def family_ids(sql: str, scan: Scan) -> str:
        moved = (
            f"SELECT family FROM {scan('node_families')} SEMI JOIN {moving} AS other USING (node)"
        )
        units = f"SELECT unit FROM {scan('unit_of_family')} WHERE family IN ({moved})"
        now = mine_now(scan)
        touched = f"SELECT official_unit FROM {scan('kin')} SEMI JOIN {now} AS other USING (pid)"
        here = (
            f"SELECT unit AS grp FROM {scan('unit_of_family')} UNION SELECT unnest([unit, "
            f"found_unit, official_unit]) FROM {scan('kin')}"
        )
        old = batch.old("resolve", "family_ids")
        return f"""
WITH moved AS (SELECT unit FROM ({units}) UNION SELECT official_unit FROM ({touched})),
stays AS (
  SELECT grp, key, id, n FROM {old} SEMI JOIN ({here}) USING (grp)
  WHERE grp NOT IN (SELECT unit FROM moved WHERE unit IS NOT NULL)
)
SELECT grp, key, id, n FROM ({sql}) WHERE grp NOT IN (SELECT grp FROM stays)
UNION ALL FROM stays ORDER BY grp"""

    own = batch.ctx.scan("standardise", "records")

    def mine_now(scan: Scan) -> str:
        changed = batch.ctx.scan("link", "changed")
        return (
            f"(SELECT DISTINCT pid FROM {scan('spine')} SEMI JOIN {changed} AS other USING (rid))"
        )

    return {
        "resolve/field_sources": field_sources,
        "resolve/nodes": nodes,
        "resolve/node_families": node_families,
        "resolve/unit_of_found": unit_of_found,
        "resolve/kin": kin,
        "resolve/family_ids": family_ids,
    }
