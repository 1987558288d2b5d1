"""Families (rule 5): nodes, people they share, components, one family a person.

A node is a family card or a source's own family. The base's families are not joined with
anything: they stand as they are, and the family found in the other sources stands beside them.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tangga.engine import tables
from tangga.engine.resolve.family_graph import Field, Pairs, join_nodes, likeness
from tangga.engine.resolve.statements import run_statement
from tangga.engine.runner import Steps

PER_FIELD = 500
"""A source whose families share at least one card in so many goes by the field, not by cards."""


def find_families(steps: Steps, stated: str) -> None:
    """From `spine`, write `kin` (each person's families) and `unit_of_family`.

    stated: relation of what events say, `pid, node, is_card, field, on_date, relation`.
    """
    run_statement(steps, "field_sources", per_field=PER_FIELD, scratch=False)
    run_statement(steps, "sightings", "pid", stated=stated)
    _graph(steps)
    _choose(steps)


def _graph(steps: Steps) -> None:
    run_statement(steps, "nodes")
    run_statement(steps, "people_of_nodes", "s.pid")
    run_statement(steps, "shared", "a.node", people=steps.scan("people_of_nodes"))
    nodes, families = join_nodes(_pairs(steps.con, steps), _field(steps.con, steps))
    _write(steps, "joined", pa.table({"node": nodes, "family": families}))
    run_statement(steps, "node_families")
    steps.drop("people_of_nodes", "shared", "nodes")


def _choose(steps: Steps) -> None:
    run_statement(steps, "seen_in", "s.pid")
    run_statement(steps, "found", "pid")
    run_statement(steps, "official", "pid")
    units = run_statement(steps, "unit_of_found")
    run_statement(steps, "kin", units=units, scratch=False)
    run_statement(steps, "unit_of_family", units=units)
    steps.drop("found", "unit_of_found")


def _pairs(con: duckdb.DuckDBPyConnection, steps: Steps) -> Pairs:
    found = con.execute(f"SELECT * FROM {steps.scan('shared')} ORDER BY low, high").to_arrow_table()
    arrays = {name: found[name].to_numpy() for name in found.column_names}
    alike = likeness(arrays["low_people"], arrays["high_people"], arrays["both"])
    return Pairs(arrays["low"], arrays["high"], alike)


def _field(con: duckdb.DuckDBPyConnection, steps: Steps) -> Field:
    """The nodes of families found in the field, each as the node that stands for it."""
    found = con.execute(f"""
        WITH sources AS (
          SELECT source, row_number() OVER (ORDER BY source) AS number
          FROM {steps.scan("field_sources")}
        )
        SELECT DISTINCT n.twin AS node, f.number AS source
        FROM {steps.scan("spine")} AS s JOIN sources AS f ON s.source = f.source
        JOIN {steps.scan("nodes")} AS n ON s.home = n.node
        WHERE NOT s.base ORDER BY ALL
        """).to_arrow_table()
    return Field(found["node"].to_numpy(), found["source"].to_numpy().astype(np.int64))


def _write(steps: Steps, name: str, table: pa.Table) -> None:
    folder = steps.table(name)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pq.write_table(table, tables.part_file(folder, 0))
    steps.rows[name] = table.num_rows
