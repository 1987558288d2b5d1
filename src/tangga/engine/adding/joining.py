"""Persons of the register and new records as the nodes of one small graph of links."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tangga.engine.adding.batch import Batch
from tangga.engine.link import best, components
from tangga.engine.link.model import Model
from tangga.engine.link.sides import CONFIRMED
from tangga.engine.link.stage import candidates
from tangga.engine.runner import Steps


def join(steps: Steps, batch: Batch, model: Model) -> None:
    """From `placed`, `fresh`, `near` and `weighed`, write `labels` (`node, label`), `decided`
    (links with their decision) and what they rest on."""
    _nodes(steps, batch)
    steps.whole("scored", scored_sql(), scratch=True)
    steps.whole("ruled", _ruled_sql(batch), scratch=True)
    _best(steps, batch, model)
    groups = _groups(steps)
    links, rows = candidates(steps, groups, model, _same_by_number(), components.NUMBERED)
    outcome = components.join(groups, links, threshold=round(100 * model.link), cap=model.cluster)
    labels = {"node": groups.gid, "label": groups.gid[outcome.label]}
    _hold(steps, "labels", pa.table(labels))
    decided = rows.append_column("decision", pa.array(outcome.decision, pa.string()))
    _hold(steps, "decided", decided.append_column("why", pa.array(outcome.reason, pa.string())))


def _hold(steps: Steps, name: str, table: pa.Table) -> None:
    steps.con.register(f"{name}_in", table)
    steps.whole(name, f"SELECT * FROM {name}_in", scratch=True)
    steps.con.unregister(f"{name}_in")


def _nodes(steps: Steps, batch: Batch) -> None:
    """Write `node_of` (gid or old rid -> node: the cluster it is in, or itself), `members` (every
    record of the nodes met) and `nodes` (`gid, records, number`)."""
    clusters = batch.old("link", "clusters")
    wanted = (
        "SELECT lg AS rid FROM weighed UNION SELECT rg FROM weighed UNION "
        "SELECT seat FROM placed WHERE news "
        f"UNION SELECT low FROM {batch.old('link', 'ruled')} "
        f"UNION SELECT high FROM {batch.old('link', 'ruled')}"
    )
    steps.whole(
        "node_of",
        f"SELECT w.rid, coalesce(c.cluster, w.rid) AS node FROM ({wanted}) AS w "
        f"LEFT JOIN {clusters} AS c ON w.rid = c.rid",
        scratch=True,
    )
    steps.whole(
        "members",
        f"SELECT c.rid, c.cluster AS node, FALSE AS fresh FROM {clusters} AS c "
        "SEMI JOIN node_of AS n ON c.cluster = n.node UNION ALL "
        "SELECT p.rid, n.node, TRUE FROM placed AS p JOIN node_of AS n ON p.gid = n.rid "
        "WHERE p.fresh",
        scratch=True,
    )
    steps.whole("nodes", _nodes_sql(batch), scratch=True)


def _nodes_sql(batch: Batch) -> str:
    return f"""
WITH sided AS (
  SELECT m.node, s.num
  FROM {batch.old("link", "sides")} AS s JOIN members AS m ON s.vid = m.rid
  WHERE {CONFIRMED} AND s.gid NOT IN (SELECT gid FROM placed WHERE fresh)
  UNION ALL
  SELECT n.node, s.num FROM fresh AS s JOIN node_of AS n ON s.gid = n.rid WHERE {CONFIRMED}
),
held AS (
  SELECT node, max(CAST(md5_number_lower(num) >> 1 AS BIGINT)) AS number
  FROM sided GROUP BY node
)
SELECT m.node AS gid, count(*) AS records, coalesce(max(h.number), 0) AS number
FROM members AS m LEFT JOIN held AS h ON m.node = h.node GROUP BY m.node ORDER BY m.node
"""


def scored_sql() -> str:
    """Pairs by node, `l` unsure. An old side is so only while its person is that one group: who
    was linked before is not asked again."""
    ends = """
  SELECT s.vid, n.node, s.unsure AND s.records = k.records AS unsure
  FROM near AS s JOIN node_of AS n ON s.gid = n.rid JOIN nodes AS k ON n.node = k.gid
  UNION ALL SELECT s.vid, n.node, s.unsure FROM fresh AS s JOIN node_of AS n ON s.gid = n.rid"""
    return f"""
WITH ends AS ({ends}),
turned AS (
  SELECT w.*, a.node AS ln, b.node AS rn, b.unsure AS r_unsure,
         NOT a.unsure OR (b.unsure AND b.node < a.node) AS turn
  FROM weighed AS w JOIN ends AS a ON w.l = a.vid JOIN ends AS b ON w.r = b.vid
  WHERE a.node <> b.node AND (a.unsure OR b.unsure)
)
SELECT * EXCLUDE (l, r, lg, rg, ln, rn, turn, r_unsure),
       CASE WHEN turn THEN r ELSE l END AS l, CASE WHEN turn THEN l ELSE r END AS r,
       CASE WHEN turn THEN rn ELSE ln END AS lg, CASE WHEN turn THEN ln ELSE rn END AS rg,
       r_unsure
FROM turned
"""


def _ruled_sql(batch: Batch) -> str:
    return f"""
SELECT DISTINCT least(a.node, b.node) AS low, greatest(a.node, b.node) AS high
FROM {batch.old("link", "ruled")} AS r JOIN node_of AS a ON r.low = a.rid
JOIN node_of AS b ON r.high = b.rid WHERE a.node <> b.node
"""


def _best(steps: Steps, batch: Batch, model: Model) -> None:
    met = (
        "(SELECT * FROM members WHERE node IN (SELECT lg FROM scored UNION SELECT rg FROM scored))"
    )
    records = " UNION ALL ".join(
        f"SELECT rid, source, source_family_id FROM {scan} SEMI JOIN {met} AS m USING (rid)"
        for scan in (batch.old("standardise", "records"), batch.new("standardise", "records"))
    )
    groups = "(SELECT rid, node AS gid FROM members)"
    visits = best.visits_sql(f"({records})", groups, "scored", "TRUE")
    steps.whole("visits", visits, scratch=True)
    unsure = (
        "(SELECT n.node AS gid, s.unsure FROM fresh AS s JOIN node_of AS n ON s.gid = n.rid "
        "UNION ALL SELECT n.node, s.unsure AND s.records = k.records FROM near AS s "
        "JOIN node_of AS n ON s.gid = n.rid JOIN nodes AS k ON n.node = k.gid)"
    )
    pairs = best.group_pairs_sql("scored", "visits", unsure, "ruled", model, "TRUE")
    steps.whole("group_pairs", pairs, scratch=True)
    steps.whole("best", best.best_sql("group_pairs", model, "TRUE"), scratch=True)


def _same_by_number() -> str:
    """Old persons whose number a new record shows to be one person's: `gid, other, l, r`."""
    return """
SELECT a.node AS gid, b.node AS other, p.rid AS l, p.anchor AS r
FROM placed AS p JOIN placed AS q ON p.anchor = q.rid
JOIN node_of AS a ON p.seat = a.rid JOIN node_of AS b ON q.seat = b.rid
WHERE p.news AND a.node <> b.node"""


def _groups(steps: Steps) -> components.Groups:
    found = steps.con.execute("SELECT gid, records, number FROM nodes ORDER BY gid")
    table = found.to_arrow_table()
    groups = components.Groups(**{name: table[name].to_numpy() for name in table.column_names})
    ruled = steps.fetch("SELECT low, high FROM ruled ORDER BY low, high")
    ends = groups.position(np.array(ruled, dtype=np.int64).reshape(-1, 2))
    groups.different.extend((int(low), int(high)) for low, high in ends)
    return groups
