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
from tangga.engine.resolve.statements import statement
from tangga.engine.runner import Steps

PER_FIELD = 500
"""A source whose families share at least one card in so many goes by the field, not by cards."""


def find_families(steps: Steps, stated: str) -> None:
    """From `spine`, write `kin` (each person's families) and `unit_of_family`.

    stated: relation of what events say, `pid, node, is_card, field, on_date, relation`.
    """
    scan = steps.scan
    steps.whole(
        "field_sources", statement("field_sources", spine=scan("spine"), per_field=PER_FIELD)
    )
    steps.parts(
        "sightings",
        lambda part: statement(
            "sightings",
            spine=scan("spine"),
            field_sources=scan("field_sources"),
            stated=stated,
            part=part.cut("pid"),
        ),
    )
    _graph(steps)
    _choose(steps)


def _graph(steps: Steps) -> None:
    scan = steps.scan
    steps.whole("nodes", statement("nodes", sightings=scan("sightings")))
    steps.parts(
        "people_of_nodes",
        lambda part: statement(
            "people_of_nodes",
            sightings=scan("sightings"),
            nodes=scan("nodes"),
            part=part.cut("s.pid"),
        ),
    )
    steps.parts(
        "shared",
        lambda part: statement("shared", people=scan("people_of_nodes"), part=part.cut("a.node")),
    )
    nodes, families = join_nodes(_pairs(steps.con, steps), _field(steps.con, steps))
    _write(steps, "joined", pa.table({"node": nodes, "family": families}))
    steps.whole(
        "node_families", statement("node_families", nodes=scan("nodes"), joined=scan("joined"))
    )


def _choose(steps: Steps) -> None:
    scan = steps.scan
    steps.parts(
        "seen_in",
        lambda part: statement(
            "seen_in",
            sightings=scan("sightings"),
            node_families=scan("node_families"),
            part=part.cut("s.pid"),
        ),
    )
    steps.parts(
        "found", lambda part: statement("found", seen_in=scan("seen_in"), part=part.cut("pid"))
    )
    steps.parts(
        "official", lambda part: statement("official", spine=scan("spine"), part=part.cut("pid"))
    )
    found, official = scan("found"), scan("official")
    steps.whole("unit_of_found", statement("unit_of_found", found=found, official=official))
    units = scan("unit_of_found")
    steps.whole("kin", statement("kin", found=found, official=official, units=units))
    steps.whole(
        "unit_of_family",
        statement("unit_of_family", seen_in=scan("seen_in"), units=units, kin=scan("kin")),
    )


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
