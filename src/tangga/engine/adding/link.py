"""The stage `link` for new records: against each other and the register, not the register anew."""

from __future__ import annotations

from tangga.engine.adding.batch import Batch
from tangga.engine.adding.joining import join
from tangga.engine.adding.meeting import meet
from tangga.engine.adding.merge import Merge
from tangga.engine.adding.numbers import place_by_number
from tangga.engine.adding.rebuild import Rebuild
from tangga.engine.link.components import NUMBERED
from tangga.engine.link.model import Model, load_model
from tangga.engine.runner import Steps

KEPT = (
    "alone",
    "clusters",
    "date_counts",
    "groups",
    "links",
    "name_counts",
    "place_counts",
    "ruled",
    "rulings",
    "rulings_check",
    "sides",
    "thresholds",
    "token_counts",
    "total",
)
"""The tables that a run of adding takes over; the others say how a full run came to its links."""


def link_batch(batch: Batch, merge: Merge) -> None:
    """Link the new records, and bring `clusters`, `groups`, `sides` and `links` up to date.

    Also writes `batch.ctx`'s `link/changed`: `rid, cluster` of each person that is new or has
    changed.
    """
    with Steps(batch.ctx, "link") as steps:
        columns = _columns(steps, batch)
        pack = batch.ctx.workspace.pack.dir
        model = load_model(pack / "models" / "linkage.toml").usable(columns)
        _check_rulings(steps, batch)
        place_by_number(steps, batch, model, columns)
        meet(steps, batch, model)
        join(steps, batch, model)
        steps.whole("changed", _changed_sql(batch))
        _write(steps, batch, merge, model)


def _columns(steps: Steps, batch: Batch) -> set[str]:
    described = steps.fetch(f"DESCRIBE SELECT * FROM {batch.old('standardise', 'records')}")
    return {row[0] for row in described}


def _check_rulings(steps: Steps, batch: Batch) -> None:
    """A ruling that waited for one of the new records speaks of all evidence between the two."""
    sides = (("left_source", "left_id"), ("right_source", "right_id"))
    named = " UNION ALL ".join(
        f"SELECT {source} AS source, {id} AS source_id FROM {batch.old('link', 'rulings')} "
        "WHERE low IS NULL"
        for source, id in sides
    )
    waiting = (
        f"SELECT 1 FROM {batch.new('standardise', 'records')} "
        f"SEMI JOIN ({named}) USING (source, source_id) LIMIT 1"
    )
    if steps.fetch(waiting):
        raise Rebuild("ruling")


def _changed_sql(batch: Batch) -> str:
    """One row per record of a person that is new or has changed; key: rid."""
    return """
WITH labelled AS (
  SELECT m.rid, m.fresh, m.node, j.label FROM members AS m JOIN labels AS j ON m.node = j.node
),
named AS (
  SELECT label, min(rid) AS cluster FROM labelled GROUP BY label
  HAVING bool_or(fresh) OR min(node) <> max(node)
)
SELECT l.rid, n.cluster FROM labelled AS l JOIN named AS n ON l.label = n.label
ORDER BY n.cluster, l.rid
"""


def _write(steps: Steps, batch: Batch, merge: Merge, model: Model) -> None:
    changed = steps.scan("changed")
    old = f"SELECT rid FROM {changed} ANTI JOIN (FROM members WHERE fresh) AS m USING (rid)"
    merge.replace(
        steps.con,
        "link/clusters",
        f"{old} ORDER BY rid",
        f"SELECT rid, cluster FROM {changed} ORDER BY cluster, rid",
        each=True,
    )
    groups = "SELECT rid, gid, rid <> gid AS confirmed, similarity FROM placed WHERE fresh"
    merge.append(steps.con, "link/groups", f"{groups} ORDER BY rid")
    merge.replace(
        steps.con, "link/sides", "SELECT DISTINCT gid FROM placed WHERE fresh ORDER BY gid",
        "SELECT * FROM fresh ORDER BY gid, vid",
    )  # fmt: skip
    settled = _settled_sql(batch, changed)
    merge.replace(steps.con, "link/links", settled, _links_sql(steps, model))


def _settled_sql(batch: Batch, changed: str) -> str:
    """Links that hold no longer; key: both ends and the step.

    Those that waited for a clerk, between records that are one person now; and what is judged
    again because a new record joined a group: an equal number that was cut, evidence between the
    same two sides.
    """
    old = batch.old("link", "links")
    return f"""
SELECT k.left_rid, k.right_rid, k.step FROM {old} AS k
JOIN {changed} AS a ON k.left_rid = a.rid
JOIN {changed} AS b ON k.right_rid = b.rid AND a.cluster = b.cluster
WHERE k.decision = 'review'
UNION
SELECT k.left_rid, k.right_rid, k.step FROM {old} AS k
JOIN decided AS d ON k.left_rid = d.l AND d.weight = {NUMBERED}
WHERE k.step = 'number' AND k.decision <> 'link'
UNION
SELECT k.left_rid, k.right_rid, k.step FROM {old} AS k
JOIN decided AS d ON least(k.left_rid, k.right_rid) = least(d.l, d.r)
  AND greatest(k.left_rid, k.right_rid) = greatest(d.l, d.r) AND d.weight < {NUMBERED}
WHERE k.step = 'evidence' ORDER BY ALL
"""


def _links_sql(steps: Steps, model: Model) -> str:
    """One row per link with a new record in it, as the table `links` of a full run has them.

    Where a new record became the anchor of an old group, one link tells of it: the others of that
    group have theirs already.
    """
    weighed = [f"w_{c.slug}" for c in model.comparisons if c.kind != "visit"]
    evidence = "".join(f", s.{w}" for w in weighed)
    nothing = "".join(f", NULL::INTEGER AS {w}" for w in weighed)
    return f"""
SELECT p.rid AS left_rid, p.anchor AS right_rid, NULL::INTEGER AS weight,
       coalesce(d.decision, 'link') AS decision, 'number' AS step, coalesce(d.why, '') AS why,
       p.similarity, NULL::INTEGER AS w_same_visit{nothing}
FROM (
  SELECT *, min(rid) OVER (PARTITION BY anchor, gid, fresh) AS first FROM placed WHERE confirmed
) AS p JOIN placed AS q ON p.anchor = q.rid
LEFT JOIN (FROM decided WHERE weight = {NUMBERED}) AS d ON p.rid = d.l AND p.anchor = d.r
WHERE p.fresh OR (q.fresh AND p.rid = p.first) OR d.l IS NOT NULL
UNION ALL
SELECT d.l, d.r, d.weight, d.decision, 'evidence', d.why, NULL, g.w_same_visit{evidence}
FROM decided AS d
JOIN scored AS s ON d.l = s.l AND d.r = s.r
JOIN group_pairs AS g ON s.lg = g.lg AND s.rg = g.rg
WHERE d.weight < {NUMBERED}
ORDER BY left_rid, right_rid, step
"""
